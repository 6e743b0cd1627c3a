public import EventModel

/// Why a file and a mapping don't go together.
public struct MappingMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that reads after `Error: `.
    public var description: String
}

/// Turns the rows of a CSV file into events, as a mapping says.
///
///     let reader = try MappedReader(mapping, source: source, name: "export.csv")
///     while true {
///         switch try reader.next() {
///         case .events: if admit(reader.drafts, line: reader.line) { reader.admitted() }
///         case .rejected(let rejection): keep(reader.rawRow, rejection)
///         case .end: return
///         }
///     }
///
/// A row gives all of its events or, refused, none, and then leaves no trace in what is known of its
/// case: it counts for later rows only once `admitted` says so. Rows that a mapping merges are as one
/// row. The drafts are not validated yet.
public final class MappedReader {
    /// What a row gave.
    public enum Item: Sendable {
        /// Events (perhaps none: a row that says nothing new), in `drafts`.
        case events
        /// A refused row; its bytes are in `rawRow`.
        case rejected(Rejection)
        /// The end of the file.
        case end
    }

    /// The events of the last row.
    public private(set) var drafts: [EventDraft] = []
    /// 1-based line of the file in which the last row starts.
    public private(set) var line = 0
    /// Rows read so far, refused ones included.
    public private(set) var rows = 0
    /// The last row as it stands in the file, its line end included; of merged rows all of them.
    public var rawRow: ArraySlice<UInt8> { update.map { $0.raw[...] } ?? csv.rawRow }
    /// What is doubtful in the times of the rows admitted so far.
    public var doubts: [DoubtGroup] { tally.sorted }
    /// The header line as it stands in the file: what a file of refused rows begins with.
    public let rawHeader: [UInt8]

    private let mapping: Mapping
    private let csv: CSVReader
    private var events: RowEvents
    private var memory = CaseMemory()
    private var tally = DoubtTally()
    /// What the last row comes to, until it is admitted.
    private var staged: RowEvents.Result?
    /// The rows read together, where the mapping merges rows, and what follows them in the file.
    private var update: RowUpdate?
    private var ahead: RowUpdate.Found?

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - name: the file's name, for errors.
    ///   - privateDigest: see `IngestOptions`.
    /// - Throws: what the source throws; `MappingMismatch` where the file has no header or lacks a
    ///   column the mapping reads.
    public init(
        _ mapping: Mapping, source: any ByteSource, name: String,
        privateDigest: (@Sendable ([UInt8]) -> [UInt8])? = nil
    ) throws {
        self.mapping = mapping
        do {
            csv = try CSVReader(source: source, format: mapping.format)
        } catch let fault as CSVFault {
            throw MappingMismatch(description: "\(name) \(fault)")
        }
        rawHeader = mapping.format.header == nil ? Array(csv.rawRow) : []
        let header = csv.header
        var places: [Int?] = []
        for column in mapping.columns {
            let place = header.firstIndex(of: column)
            places.append(place)
            guard place == nil, !mapping.optionalColumns.contains(column) else { continue }
            let near = nearest(to: column, among: header).map { " Did you mean \($0)?" } ?? ""
            throw MappingMismatch(
                description: "\(name) has no column \"\(column)\", which the mapping "
                    + "\(mapping.name) reads (columns are parted by "
                    + "\(CSVFormat.name(of: csv.delimiter)) here).\(near)")
        }
        events = RowEvents(mapping, places: places, privateDigest: privateDigest)
    }

    /// Reads the next row, or the next rows that are merged.
    ///
    /// - Throws: what the source throws.
    public func next() throws -> Item {
        drafts.removeAll(keepingCapacity: true)
        staged = nil
        if mapping.merge != nil { return try nextUpdate() }
        switch try csv.next() {
        case .end: return .end
        case .rejected(let rejection):
            rows += 1
            return refused(rejection)
        case .row: break
        }
        rows += 1
        line = csv.row.line
        return read([csv.row])
    }

    /// Says that the events of the last row were taken: from now on it counts for those after it.
    public func admitted() {
        guard var result = staged else { return }
        staged = nil
        for doubt in result.doubts {
            tally.add(doubt.kind, doubt.name, line: doubt.line)
        }
        guard mapping.usesState else { return }
        if let time = result.time, mapping.rowOrder != nil || !result.given.isEmpty {
            let moment = result.entry.moment.flatMap { $0.time == time ? $0 : nil }
            let here = moment ?? CaseMemory.Moment(time)
            here.rows += result.rows
            for id in result.given { here.ids[id, default: 0] += 1 }
            result.entry.moment = here
        }
        memory.update(result.entry)
    }

    private func refused(_ rejection: Rejection) -> Item {
        line = rejection.line
        return .rejected(rejection)
    }

    /// Reads rows of one case together.
    private func read(_ rows: [CSVRow]) -> Item {
        do throws(Rejection) {
            var result: RowEvents.Result?
            for row in rows {
                events.evaluator.begin(row)
                let subject = try events.subject()
                var next =
                    result
                    ?? RowEvents.Result(
                        entry: mapping.usesState ? memory.entry(of: subject) : .init())
                result = nil
                try events.read(subject, into: &next)
                result = next
            }
            guard let result else { return .events }
            drafts =
                mapping.merge == nil ? result.drafts : events.merged(result, mapping.events)
            staged = result
            return .events
        } catch {
            return .rejected(error)
        }
    }

    // MARK: Rows that are merged

    /// Rows read together, at most: what follows is an update of its own.
    private static let mostRowsOfUpdate = 1000

    private func nextUpdate() throws -> Item {
        update = nil
        let first = try ahead ?? find()
        ahead = nil
        switch first {
        case .end: return .end
        case .rejected(let rejection, let raw):
            rows += 1
            update = RowUpdate(raw: raw)
            return refused(rejection)
        case .row(let row, let raw):
            rows += 1
            line = row.line
            var found = RowUpdate(rows: [row], raw: raw)
            let key = key(of: row)
            while key != nil, found.rows.count < MappedReader.mostRowsOfUpdate {
                let next = try find()
                guard case .row(let other, let otherRaw) = next, self.key(of: other) == key else {
                    ahead = next
                    break
                }
                rows += 1
                found.rows.append(other)
                found.raw += otherRaw
            }
            update = found
            return read(found.rows)
        }
    }

    private func find() throws -> RowUpdate.Found {
        switch try csv.next() {
        case .end: .end
        case .rejected(let rejection): .rejected(rejection, Array(csv.rawRow))
        case .row: .row(csv.row, Array(csv.rawRow))
        }
    }

    /// What rows of one update have in common; nil for a row that will be refused.
    private func key(of row: CSVRow) -> RowUpdate.Key? {
        events.evaluator.begin(row)
        return try? RowUpdate.Key(
            subject: events.subject(), time: events.time(mapping.rowTime),
            texts: (mapping.merge ?? []).map { try events.evaluator.text($0) })
    }
}

/// Rows that stand together in a file and tell of one update.
private struct RowUpdate {
    /// What was found in the file.
    enum Found {
        case end
        case rejected(Rejection, [UInt8])
        case row(CSVRow, [UInt8])
    }

    struct Key: Hashable {
        var subject: String
        var time: SentTime
        var texts: [String?]
    }

    var rows: [CSVRow] = []
    /// Their bytes, as they stand in the file.
    var raw: [UInt8]
}
