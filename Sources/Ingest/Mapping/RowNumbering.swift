internal import EventModel

/// A row, and its number among those of its case and instant where their order tells.
struct NumberedRow {
    var row: InputRow
    var number: Int64 = 0
    /// By counted id: how many rows of its case and instant give it beside this one. Nil where the
    /// rows are counted as they come.
    var alike: [UInt64: Alike]?

    struct Alike {
        var older = 0
        var newer = 0
    }

    init(_ row: InputRow) { self.row = row }
}

/// What was found in a file, with its bytes as they stand there.
enum FoundRow {
    case end
    case rejected(Rejection, [UInt8])
    case row(NumberedRow, [UInt8])

    /// How many bytes it has in the file.
    var bytes: Int {
        switch self {
        case .end: 0
        case .rejected(_, let raw), .row(_, let raw): raw.count
        }
    }
}

/// Numbers the rows of each case and instant from the oldest on, where a mapping states `row-order`.
///
/// A row's number is its place in the log's order. It must be the same in the next, longer export, so
/// that it counts from the end that does not grow: where the newest rows stand first, those of one case
/// and instant wait for the last of them, whatever stands between, and are counted from that one back.
/// Every row counts, also one that is refused: put right, it stands where it stood. Rows that are alike
/// are counted from the same end, so that the one that was there keeps its id when another comes.
///
/// Bounded: of rows of a case and instant that lie `mostRows` rows (or bytes) apart, and of an instant
/// that comes again after others of its case, the rest has lower numbers. That is right within the file,
/// and may be other numbers than in another one; what is then placed otherwise than it was recorded is
/// told (`rowPlaces`).
struct RowNumbering {
    private let order: RowOrder
    /// Rows in the order of the file, each with the fingerprint of its case as long as it has no number.
    private var rows: ArraySlice<(row: FoundRow, unnumbered: UInt64?)> = []
    private var bytes = 0
    /// By case: its rows that have no numbers yet, all of one instant, by their places in `rows`.
    private var open: [UInt64: (time: SentTime, places: [Int])] = [:]
    /// By case: the instant of its last rows, and the number that comes next in it: of rows newest first
    /// the next lower one.
    private var young: [UInt64: (time: SentTime, next: Int64)] = [:]
    private var old: [UInt64: (time: SentTime, next: Int64)] = [:]

    private static let mostRows = 65_536
    private static let mostBytes = 32 << 20

    init(_ order: RowOrder) { self.order = order }

    /// The next row in the order of the file, numbered; nil where more must be taken in first.
    mutating func next() -> FoundRow? {
        guard let first = rows.first, first.unnumbered == nil else { return nil }
        bytes -= first.row.bytes
        return rows.removeFirst().row
    }

    /// Takes in what comes next in the file.
    ///
    /// - Parameters:
    ///   - place: a row's case and instant; nil where it has none, and will be refused.
    ///   - counted: the counted ids that a row gives.
    mutating func take(
        _ found: FoundRow, of place: (subject: String, time: SentTime)?,
        counted: (NumberedRow) -> [UInt64]
    ) {
        bytes += found.bytes
        guard case .row(var row, let raw) = found, let place else {
            rows.append((found, nil))
            if case .end = found { for subject in open.keys { close(subject, counted) } }
            return
        }
        let subject = CaseMemory.fingerprint(of: place.subject)
        guard order == .newestFirst else {
            row.number = number(of: subject, at: place.time, rows: 1)
            rows.append((.row(row, raw), nil))
            return
        }
        if let known = open[subject], known.time != place.time { close(subject, counted) }
        open[subject, default: (place.time, [])].places.append(rows.endIndex)
        rows.append((found, subject))
        if rows.count >= Self.mostRows || bytes >= Self.mostBytes,
            let first = rows.first?.unnumbered
        {
            close(first, counted)
        }
    }

    /// Numbers the rows of a case that wait for it.
    private mutating func close(_ subject: UInt64, _ counted: (NumberedRow) -> [UInt64]) {
        guard let (time, places) = open.removeValue(forKey: subject) else { return }
        let found = places.compactMap { place -> (row: NumberedRow, raw: [UInt8])? in
            if case .row(let row, let raw) = rows[place].row { (row, raw) } else { nil }
        }
        let first = number(of: subject, at: time, rows: Int64(places.count))
        let alike = found.count > 1 ? self.alike(found.map { counted($0.row) }) : [nil]
        for (index, place) in places.enumerated() {
            var row = found[index].row
            row.number = first - Int64(index)
            row.alike = alike[index]
            rows[place] = (.row(row, found[index].raw), nil)
        }
    }

    /// What rows of one case and instant are alike, newest first, by the ids that they give.
    private func alike(_ given: [[UInt64]]) -> [[UInt64: NumberedRow.Alike]?] {
        var older: [UInt64: Int] = [:]
        for id in given.joined() { older[id, default: 0] += 1 }
        var newer: [UInt64: Int] = [:]
        return given.map { ids in
            for id in ids { older[id, default: 0] -= 1 }
            defer { for id in ids { newer[id, default: 0] += 1 } }
            return Set(ids).reduce(into: [:]) { beside, id in
                beside[id] = .init(older: older[id] ?? 0, newer: newer[id] ?? 0)
            }
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
