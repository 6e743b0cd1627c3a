internal import Dispatch
internal import EventModel
internal import Ingest
internal import Synchronization

/// Counts ids, subjects and sources that look like phone numbers or e-mail addresses on their way into
/// a log, where they would stand in clear for ever.
struct DoubtCounting<Sink: EventSink>: EventSink {
    var inside: Sink
    private var groups: DoubtLook.Groups = [:]
    private let queue = DispatchQueue(label: "rekam.doubts")

    init(_ inside: Sink) { self.inside = inside }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let look = DoubtLook(batch)
        let looking = DispatchGroup()
        queue.async(group: looking) { look.run() }
        // Whatever happens, nobody else holds the batch when this returns.
        defer { look.end(looking) }
        let outcome = try inside.append(batch, isStrict: isStrict)
        // Of what was there already was told when it came.
        guard outcome.accepted > 0 else { return outcome }
        for (key, found) in look.end(looking) {
            groups[key, default: (0, found.line)].count += found.count
        }
        return outcome
    }

    /// What was found, by kind and attribute.
    var doubts: [DoubtGroup] {
        groups.map {
            DoubtGroup(
                kind: $0.kind, attribute: $0.attribute, count: $1.count, line: $1.line)
        }
        .sorted { ($0.kind.rawValue, $0.attribute) < ($1.kind.rawValue, $1.attribute) }
    }
}

/// The looking through one batch, on a thread of its own while the log takes the batch in.
private final class DoubtLook: Sendable {
    typealias Groups = [Key: (count: Int, line: Int)]

    struct Key: Hashable {
        var kind: DoubtGroup.Kind
        var attribute: String
    }

    private let state: Mutex<State>

    private struct State {
        var batch: EventBatch?
        var groups: Groups = [:]
    }

    init(_ batch: EventBatch) { state = Mutex(State(batch: batch)) }

    /// Waits for `run`, lets go of the batch, and hands out what was found.
    @discardableResult
    func end(_ looking: DispatchGroup) -> Groups {
        looking.wait()
        return state.withLock { state in
            state.batch = nil
            return state.groups
        }
    }

    func run() {
        guard let batch = state.withLock({ $0.batch }) else { return }
        var groups: Groups = [:]
        func count(_ kind: DoubtGroup.Kind?, _ attribute: String, _ line: Int) {
            guard let kind else { return }
            groups[Key(kind: kind, attribute: attribute), default: (0, line)].count += 1
        }
        let bytes = batch.bytes.span
        for row in batch.rows {
            count(ContactShape.find(bytes, row.id.indices), "id", row.line)
            // Persons' names behind the slash are kept as tokens.
            let isPerson = row.personal.contains { batch.personal[$0].kind == .subject }
            if !isPerson {
                count(ContactShape.find(bytes, row.subject.indices), "subject", row.line)
            }
            count(ContactShape.find(bytes, row.source.indices), "source", row.line)
        }
        let found = groups
        state.withLock { $0.groups = found }
    }
}

/// What phone numbers and e-mail addresses look like.
enum ContactShape {
    /// What a piece of text looks like; nil where it looks like neither.
    ///
    /// An address has `@` between a letter or digit and a name with a dot. A phone number is `+` and 8
    /// to 15 digits, or an Indonesian mobile number: `08` or `628` and 10 to 14 digits in all; a blank,
    /// hyphen, dot, stroke or bracket, or two of these, may stand between two digits. Neither has a
    /// letter or digit right before or after it.
    static func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DoubtGroup.Kind? {
        mayHave(bytes, range) ? findSlowly(bytes, range) : nil
    }

    /// A quick look: whether there is `@`, or the eight digits that the shortest number has.
    private static func mayHave(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let text = bytes.extracting(range)
        var digits = 0
        var signs = 0
        for index in text.indices {
            digits &+= text[index] &- 0x30 < 10 ? 1 : 0
            signs &+= text[index] == 0x40 ? 1 : 0
        }
        return digits >= 8 || signs > 0
    }

    private static func findSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DoubtGroup.Kind? {
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == 0x40, isAddress(bytes, range, at: place) { return .email }
            guard isDigit(byte) else {
                place += 1
                continue
            }
            let start = place
            let number = Number(bytes, range, from: start)
            place = number.end
            // A bracket may open it: `+(62) 812…`.
            let before = start > range.lowerBound ? bytes[start - 1] : 0
            let after = place < range.upperBound ? bytes[place] : 0
            guard !isLetter(before), !isLetter(after) else { continue }
            if before == 0x2B, (8...15).contains(number.digits) { return .phone }
            if number.isMobile, (10...14).contains(number.digits) { return .phone }
        }
        return nil
    }

    /// Digits with separators between them.
    private struct Number {
        var digits = 0
        var end: Int
        /// Whether it begins as an Indonesian mobile number does, and not as a date: `0812…`, `62 8…`.
        var isMobile = false

        init(_ bytes: Span<UInt8>, _ range: Range<Int>, from start: Int) {
            end = start
            // The first three digits, as a number of four bits each.
            var lead: UInt32 = 0
            var firstGroup = 0
            var place = start
            var separators = 0
            while place < range.upperBound {
                if isDigit(bytes[place]) {
                    digits += 1
                    if digits <= 3 { lead = lead << 4 | UInt32(bytes[place] & 15) }
                    separators = 0
                    end = place + 1
                } else if separators < 2, isSeparator(bytes[place]) {
                    if firstGroup == 0 { firstGroup = digits }
                    separators += 1
                } else {
                    break
                }
                place += 1
            }
            if firstGroup == 0 { firstGroup = digits }
            isMobile =
                digits > 3 && (lead >> 4 == 0x08 && firstGroup >= 4 || lead == 0x628)
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: true
        default: false
        }
    }

    private static func isAddress(_ bytes: Span<UInt8>, _ range: Range<Int>, at place: Int) -> Bool
    {
        guard place > range.lowerBound, isLetter(bytes[place - 1]) || isDigit(bytes[place - 1])
        else { return false }
        var next = place + 1
        var hasDot = false
        while next < range.upperBound,
            isLetter(bytes[next]) || isDigit(bytes[next]) || bytes[next] == 0x2D
                || bytes[next] == 0x2E
        {
            if bytes[next] == 0x2E, next > place + 1, next + 1 < range.upperBound,
                isLetter(bytes[next + 1])
            {
                hasDot = true
            }
            next += 1
        }
        return hasDot
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
}
