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
    /// What is doubtful in the times of the last row, each by itself; without a line where its case is
    /// somebody who is not to be known.
    public var doubts: [DoubtGroup] { staged?.result.doubts ?? [] }
    /// The header line as it stands in the file: what a file of refused rows begins with.
    public let rawHeader: [UInt8]

    private let mapping: Mapping
    private let csv: CSVReader
    private var events: RowEvents
    private var memory = CaseMemory()
    /// What the last row comes to, until it is admitted, and its case.
    private var staged: (result: RowEvents.Result, subject: String)?
    /// The rows that `drafts` come from.
    private var reading: [CSVRow] = []
    /// Whether rows that were admitted are kept, to be read again where the log refuses some.
    var keepsRows = false
    /// The kept rows, and about how many bytes they take.
    private var keptRows: [KeptRow] = []
    private(set) var keptBytes = 0
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
        reading.removeAll(keepingCapacity: true)
        if mapping.merge != nil { return try nextUpdate() }
        switch try csv.next() {
        case .end: return .end
        case .rejected(let rejection):
            rows += 1
            return refused(rejection)
        case .row: break
        }
        rows += 1
        return read([csv.row])
    }

    /// Says that the events of the last row were taken: from now on it counts for those after it.
    public func admitted() {
        admitted(raw: nil)
    }

    /// - Parameter raw: the row as it stands in the file; nil for the last one.
    private func admitted(raw: [UInt8]?) {
        guard let (found, subject) = staged else { return }
        staged = nil
        var result = found
        guard mapping.usesState else { return }
        var kept: KeptRow?
        if keepsRows {
            kept = KeptRow(
                rows: reading, raw: raw ?? Array(rawRow), subject: subject,
                before: memory.entry(of: subject), given: result.given)
        }
        if let time = result.time, mapping.rowOrder != nil || !result.given.isEmpty {
            let moment = result.entry.moment.flatMap { $0.time == time ? $0 : nil }
            let here = moment ?? CaseMemory.Moment(time)
            here.rows += result.rows
            for id in result.given { here.ids[id, default: 0] += 1 }
            result.entry.moment = here
            kept?.counted = (here, result.rows)
        }
        memory.update(result.entry)
        guard let kept else { return }
        keptBytes += kept.raw.count + 256
        keptRows.append(kept)
    }

    // MARK: Rows read again

    /// Forgets the kept rows: what they said stands.
    func settle() {
        keptRows.removeAll(keepingCapacity: true)
        keptBytes = 0
    }

    /// Takes back all that the kept rows said of their cases, and gives them out.
    func takeBack() -> [KeptRow] {
        for row in keptRows.reversed() {
            if let (moment, count) = row.counted {
                moment.rows -= count
                for id in row.given { moment.ids[id, default: 0] -= 1 }
            }
            memory.restore(row.subject, to: row.before)
        }
        defer { settle() }
        return keptRows
    }

    /// Reads a kept row anew; `admitted(_:)` says that its events were taken.
    func read(_ row: KeptRow) -> Item { read(row.rows) }

    /// Says that the events of a row that was read anew were taken.
    func admitted(_ row: KeptRow) { admitted(raw: row.raw) }

    /// Reads the last row of the file anew, after others were.
    func again() -> Item { read(update?.rows ?? [csv.row]) }

    private func refused(_ rejection: Rejection) -> Item {
        line = rejection.line
        return .rejected(rejection)
    }

    /// Reads rows of one case together.
    private func read(_ rows: [CSVRow]) -> Item {
        drafts.removeAll(keepingCapacity: true)
        staged = nil
        reading = rows
        line = rows[0].line
        do throws(Rejection) {
            var result: RowEvents.Result?
            var named = ""
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
                named = subject
            }
            guard let result else { return .events }
            drafts =
                mapping.merge == nil ? result.drafts : events.merged(result, mapping.events)
            staged = (result, named)
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

/// A row that was admitted (or rows that are merged), as long as the log has not taken its events.
struct KeptRow {
    var rows: [CSVRow]
    /// As it stands in the file.
    var raw: [UInt8]
    var subject: String
    /// What was known of the case before it.
    var before: CaseMemory.Entry
    /// The counted ids it was given.
    var given: [UInt64]
    /// Where it was counted, and as how many rows.
    var counted: (moment: CaseMemory.Moment, rows: Int)?
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
