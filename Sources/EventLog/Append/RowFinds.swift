import EventModel

/// Something that a row of a batch has: which row, and where it stands.
struct Find: BitwiseCopyable {
    var row: UInt32
    var place: UInt32

    init(_ row: Int, _ place: Int) {
        self.row = UInt32(truncatingIfNeeded: row)
        self.place = UInt32(truncatingIfNeeded: place)
    }
}

/// What a look at every row of a batch finds of what only some rows have, in the order of the rows.
final class RowFinds: @unchecked Sendable {
    // Sendable because each chunk of rows has its own while they are looked at.

    /// Whether there is a row of a type whose events are admitted one by one.
    var needsCare = false
    /// Whether a row has an order of its source.
    var hasOrder = false
    /// Whether a row says that it comes from the log itself.
    var hasOwnSource = false
    /// Personal texts that need a token: names whose token is not at hand, and all that are no names.
    let personal = Buffer<Find>()
    /// Cases whose ids are not at hand.
    let cases = Buffer<Find>()
    /// Rows with a case that an earlier row of the chunk has, whose place among the rows stands beside
    /// them, and whose id is not at hand: most events of a new case come soon after its first.
    let sameCases = Buffer<Find>()
    /// Names in columns whose ids are not at hand, by their pair of slots.
    let names = Buffer<Find>()
    /// By fingerprint of the subject, the latest row of `cases`, plus one.
    private let latest = Buffer<UInt32>()
    private static let latestMask = 4095

    func removeAll() {
        needsCare = false
        hasOrder = false
        hasOwnSource = false
        for finds in [personal, cases, sameCases, names] { finds.resize(0) }
        latest.fill(RowFinds.latestMask + 1, with: 0)
    }

    /// Notes that the id of a row's case is not at hand.
    @unsafe func addCase(ofRow place: Int, _ row: UnsafePointer<EventRow>, _ input: AppendInput) {
        let slot =
            Int(truncatingIfNeeded: unsafe row.pointee.subjectFingerprint.value)
            & RowFinds.latestMask
        let earlier = Int(latest[slot]) - 1
        if earlier >= 0, unsafe input.hasSameSubject(row, input.rowStart(earlier)) {
            sameCases.append(Find(place, earlier))
        } else {
            cases.append(Find(place, 0))
            latest[slot] = UInt32(place + 1)
        }
    }

    /// Adds what later rows have.
    func append(_ other: RowFinds) {
        needsCare = needsCare || other.needsCare
        hasOrder = hasOrder || other.hasOrder
        hasOwnSource = hasOwnSource || other.hasOwnSource
        unsafe personal.append(from: other.personal.start, count: other.personal.count)
        unsafe cases.append(from: other.cases.start, count: other.cases.count)
        unsafe sameCases.append(from: other.sameCases.start, count: other.sameCases.count)
        unsafe names.append(from: other.names.start, count: other.names.count)
    }
}
