internal import EventModel

/// A row, and its number among those of its case and instant where their order tells.
struct NumberedRow {
    var row: CSVRow
    var number: Int64 = 0
    /// By counted id: how many rows of its case and instant give it beside this one. Nil where the
    /// rows are counted as they come.
    var alike: [UInt64: Alike]?

    struct Alike {
        var older = 0
        var newer = 0
    }

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
/// refused: put right, it stands where it stood. Rows that are alike are counted from the same end,
/// so that the one that was there keeps its id when another comes.
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
    /// - Parameters:
    ///   - place: a row's case and instant; nil where it has none, and will be refused.
    ///   - counted: the counted ids that a row gives.
    mutating func take(
        _ found: FoundRow, of place: (subject: String, time: SentTime)?,
        counted: (NumberedRow) -> [UInt64]
    ) {
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
            finish(counted)
            instant = place.time
        }
        run.append((found, subject))
        switch found {
        case .end: finish(counted)
        case .rejected(_, let raw), .row(_, let raw): bytes += raw.count
        }
        if run.count >= Self.mostRows || bytes >= Self.mostBytes { finish(counted) }
    }

    /// Numbers the rows of the instant at hand.
    private mutating func finish(_ counted: (NumberedRow) -> [UInt64]) {
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
        var alike: [Int: [UInt64: NumberedRow.Alike]] = [:]
        if counts.values.contains(where: { $0 > 1 }) { alike = self.alike(counts, counted) }
        for (place, (found, subject)) in run.enumerated() {
            guard case .row(var row, let raw) = found, let subject, let number = numbers[subject]
            else {
                ready.append(found)
                continue
            }
            row.number = number
            row.alike = alike[place]
            numbers[subject] = number - 1
            ready.append(.row(row, raw))
        }
    }

    /// What rows of the instant at hand are alike, by their places in it, of cases that have several.
    ///
    /// - Complexity: O(rows): each of them is read once more.
    private func alike(
        _ counts: [UInt64: Int64], _ counted: (NumberedRow) -> [UInt64]
    ) -> [Int: [UInt64: NumberedRow.Alike]] {
        struct Key: Hashable {
            var subject: UInt64
            var id: UInt64
        }
        var ids: [Int: [UInt64]] = [:]
        var all: [Key: Int] = [:]
        for (place, (found, subject)) in run.enumerated() {
            guard case .row(let row, _) = found, let subject, counts[subject] ?? 0 > 1 else {
                continue
            }
            let given = counted(row)
            ids[place] = given
            for id in given { all[Key(subject: subject, id: id), default: 0] += 1 }
        }
        var seen: [Key: Int] = [:]
        var alike: [Int: [UInt64: NumberedRow.Alike]] = [:]
        for (place, (_, subject)) in run.enumerated() {
            guard let given = ids[place], let subject else { continue }
            var beside: [UInt64: NumberedRow.Alike] = [:]
            for id in Set(given) {
                let key = Key(subject: subject, id: id)
                let own = given.count { $0 == id }
                let newer = seen[key] ?? 0
                beside[id] = .init(older: (all[key] ?? own) - own - newer, newer: newer)
                seen[key] = newer + own
            }
            alike[place] = beside
        }
        return alike
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
