/// What a mapping reads and gives, for those who look at it.
public struct MappingReading: Sendable {
    /// A level of rows in documents, and where they stand.
    public var levels: [(name: String, path: String)]
    /// Columns, by their names or where they stand in documents.
    public var columns: [String]
    /// Those that an input need not have.
    public var optional: Set<String>
    /// The events that it gives, each type once, in their order, with the fields that are filled.
    public var events: [(type: String, fields: [String])]
    /// Tables that a value is looked up in.
    public var lookups: [String]
    /// Lines of the file that mark a guess of `mapping new`.
    public var guesses: [Int]
    /// What its rows stand in: a table (CSV, XLSX), or documents (JSON, XES).
    public var isTable: Bool { levels.isEmpty }
}

extension Mapping {
    /// What it reads and gives.
    public var reading: MappingReading {
        var given: [(type: String, fields: [String])] = []
        for event in events {
            let place = given.firstIndex { $0.type == event.type } ?? given.count
            if place == given.count { given.append((event.type, [])) }
            for field in event.fields where !given[place].fields.contains(field.name) {
                given[place].fields.append(field.name)
            }
        }
        return MappingReading(
            levels: levels.map { ($0.name, $0.text) }, columns: columns, optional: optionalColumns,
            events: given, lookups: lookups.map(\.name),
            guesses: guesses)
    }

    /// Holds the mapping against an input, all of which is read: what it reads and the input doesn't have.
    ///
    /// - Throws: `InputFault` and `MappingMismatch` where the input can't be read with it at all.
    public func trial(of source: InputSource) throws -> MappingTrial {
        if let fault = source.fault(reading: .rows) { throw fault }
        let input = try MappedReader.rows(of: source, self, source.name)
        var trial = MappingTrial()
        for column in columns where input.place(of: column) == nil {
            guard let mismatch = input.mismatch(lacking: column, of: name) else { continue }
            if optionalColumns.contains(column) {
                trial.lacksOptional.append(column)
            } else {
                trial.lacking.append((column, "\(source.name) \(mismatch)"))
            }
        }
        var counts = Array(repeating: 0, count: max(1, levels.count))
        reading: while true {
            switch try input.next() {
            case .end: break reading
            case .rejected: trial.unreadable += 1
            case .row: counts[input.row.level] += 1
            }
        }
        trial.rows = counts.reduce(0, +)
        trial.unseen = input.unseenColumns
        trial.emptyLevels = zip(levels, counts).filter { $0.1 == 0 }.map(\.0.name)
        return trial
    }
}

/// What a mapping comes to with an input.
public struct MappingTrial: Sendable {
    /// Rows, of all levels.
    public var rows = 0
    /// Rows that can't be read.
    public var unreadable = 0
    /// Columns that a table lacks, each with what `ingest` would say: it refuses the input.
    public var lacking: [(column: String, fault: String)] = []
    /// Columns that the input lacks, and need not have.
    public var lacksOptional: [String] = []
    /// Columns that no row of documents has: `ingest` reads on, and tells.
    public var unseen: [String] = []
    /// Levels without a row.
    public var emptyLevels: [String] = []
}
