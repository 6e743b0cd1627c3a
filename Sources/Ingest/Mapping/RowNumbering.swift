internal import EventModel

/// A row, and its number among those of its case and instant where their order tells.
struct NumberedRow {
    var row: CSVRow
    var number: Int64 = 0

    init(_ row: CSVRow) { self.row = row }
}

/// What was found in a file, with its bytes as they stand there.
enum FoundRow {
    case end
    case rejected(Rejection, [UInt8])
    case row(NumberedRow, [UInt8])
}

/// Numbers the rows of each case and instant from the oldest on, where a mapping states `row-order`.
///
/// A row's number is its place in the log's order. It must be the same in the next, longer export, so
/// that it counts from the end that does not grow: where the newest rows stand first, those of one
/// instant are read together and counted from the last one back. Every row counts, also one that is
/// refused: put right, it stands where it stood.
///
/// Bounded: of an instant with more than `mostRows` rows (or bytes) in a row, and of one that comes again
/// after others, the rest has lower numbers. That is right within the file, and may be other numbers
/// than in another one; what is then placed otherwise than it was recorded is told (`rowPlaces`).
struct RowNumbering {
    private let order: RowOrder
    /// Rows ready to be read, in the order of the file.
    private var ready: ArraySlice<FoundRow> = []
    /// Rows of one instant whose numbers are not known yet, with the fingerprints of their cases.
    private var run: [(row: FoundRow, subject: UInt64?)] = []
    private var instant: SentTime?
    private var bytes = 0
    /// By case: the instant of its last rows, and the number that comes next in it: of rows newest first
    /// the next lower one.
    private var young: [UInt64: (time: SentTime, next: Int64)] = [:]
    private var old: [UInt64: (time: SentTime, next: Int64)] = [:]

    private static let mostRows = 65_536
    private static let mostBytes = 32 << 20

    init(_ order: RowOrder) { self.order = order }

    /// The next row in the order of the file, numbered; nil where more must be taken in first.
    mutating func next() -> FoundRow? { ready.popFirst() }

    /// Takes in what comes next in the file.
    ///
    /// - Parameter place: a row's case and instant; nil where it has none, and will be refused.
    mutating func take(_ found: FoundRow, of place: (subject: String, time: SentTime)?) {
        let subject = place.map { CaseMemory.fingerprint(of: $0.subject) }
        if order == .oldestFirst {
            guard case .row(var row, let raw) = found, let subject, let place else {
                ready.append(found)
                return
            }
            row.number = number(of: subject, at: place.time, rows: 1)
            ready.append(.row(row, raw))
            return
        }
        if let place, place.time != instant {
            finish()
            instant = place.time
        }
        run.append((found, subject))
        switch found {
        case .end: finish()
        case .rejected(_, let raw), .row(_, let raw): bytes += raw.count
        }
        if run.count >= Self.mostRows || bytes >= Self.mostBytes { finish() }
    }

    /// Numbers the rows of the instant at hand.
    private mutating func finish() {
        defer {
            run.removeAll(keepingCapacity: true)
            bytes = 0
        }
        guard let instant else {
            ready += run.map(\.row)
            return
        }
        var counts: [UInt64: Int64] = [:]
        for case (.row, let subject?) in run { counts[subject, default: 0] += 1 }
        var numbers = counts.reduce(into: [UInt64: Int64]()) { numbers, count in
            numbers[count.key] = number(of: count.key, at: instant, rows: count.value)
        }
        for (found, subject) in run {
            guard case .row(var row, let raw) = found, let subject, let number = numbers[subject]
            else {
                ready.append(found)
                continue
            }
            row.number = number
            numbers[subject] = number - 1
            ready.append(.row(row, raw))
        }
    }

    /// The number of the first of some rows of a case at an instant.
    private mutating func number(
        of subject: UInt64, at time: SentTime, rows: Int64
    ) -> Int64 {
        let known = (young[subject] ?? old[subject]).flatMap { $0.time == time ? $0.next : nil }
        let first: Int64
        switch order {
        case .oldestFirst:
            first = known ?? 0
            young[subject] = (time, first + rows)
        case .newestFirst:
            first = known ?? rows - 1
            young[subject] = (time, first - rows)
        }
        if young.count >= CaseMemory.generationCases {
            old = young
            young = [:]
        }
        return first
    }
}
