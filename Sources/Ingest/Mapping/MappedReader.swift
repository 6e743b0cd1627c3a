public import EventModel

/// Why a file and a mapping don't go together.
public struct MappingMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that reads after `Error: `.
    public var description: String
}

/// Turns the rows of a file into events, as a mapping says.
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
        /// Events (perhaps none: a row that says nothing), in `drafts`.
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
    public var rawRow: ArraySlice<UInt8> { update.map { $0.raw[...] } ?? input.rawRow }
    /// What is doubtful in the times of the last row, each by itself; without a line where its case is
    /// somebody who is not to be known.
    public var doubts: [DoubtGroup] { staged?.result.doubts ?? [] }
    /// The header line and what is passed over above it, as they stand in the file: what a file of
    /// refused rows begins with.
    public let rawHeader: [UInt8]

    private let mapping: Mapping
    private let input: any RowReader
    private var events: RowEvents
    private var memory = CaseMemory()
    /// What the last row comes to, until it is admitted, and its case.
    private var staged: (result: RowEvents.Result, subject: String)?
    /// The rows that `drafts` come from, and what each of them gave.
    private var reading: [NumberedRow] = []
    private var given: [(draft: EventDraft, row: Int)] = []
    /// Whether rows that were admitted are kept, to be read again where the log refuses some.
    var keepsRows = false
    /// The kept rows, and about how many bytes they take.
    private var keptRows: [KeptRow] = []
    private(set) var keptBytes = 0
    /// The rows read together, where rows are looked at beside each other; those of the same update
    /// that are none with them, to be read next; and what follows them in the file.
    private var update: RowUpdate?
    private var waiting: ArraySlice<RowUpdate> = []
    private var ahead: FoundRow?
    /// Numbers the rows of an instant, where their order tells.
    private var places: RowNumbering?

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
        input = try MappedReader.rows(of: source, mapping, name)
        rawHeader = input.rawHeader
        var places: [Int?] = []
        for column in mapping.columns {
            let place = input.place(of: column)
            places.append(place)
            guard place == nil, !mapping.optionalColumns.contains(column),
                let mismatch = input.mismatch(lacking: column, of: mapping.name)
            else { continue }
            throw MappingMismatch(description: "\(name) \(mismatch)")
        }
        let eachPlaces = mapping.events.map { [input] event -> [Int] in
            guard case .columns(let column) = event.each else { return [] }
            return input.places(ofAll: column)
        }
        events = RowEvents(
            mapping, places: places, eachPlaces: eachPlaces,
            file: String(name.split(separator: "/").last ?? ""), privateDigest: privateDigest)
        self.places = mapping.rowOrder.map { RowNumbering($0) }
    }

    /// The rows of an input: of a workbook, of Parquet or of documents where its first bytes tell of them,
    /// of documents where the mapping has levels of rows, else of CSV.
    static func rows(
        of source: any ByteSource, _ mapping: Mapping, _ name: String
    ) throws -> any RowReader {
        let input = source as? InputSource
        let content = input.flatMap { InputContent(firstBytes: $0.firstBytes()) }
        if let input, let fault = input.faultOfWhole(content) {
            throw InputFault(name: name, cause: fault)
        }
        if let table = content == .csv ? "CSV" : content?.nameOfWhole, !mapping.levels.isEmpty {
            throw MappingMismatch(
                description:
                    "\(name) is \(table), and the mapping \(mapping.name) finds its rows in JSON "
                    + "(\"rows\"). Name the file that it was written for, or leave \"rows\" out.")
        }
        if content == .workbook, let input, let path = input.storedPath {
            return try SheetRows(
                input, path: path, format: mapping.sheet ?? SheetFormat(), decimal: mapping.decimal)
        }
        if content == .parquet, let input, let bytes = input.storedBytesAnywhere {
            return try ParquetRows(
                input, bytes, columns: mapping.columns, repeated: mapping.repeatedColumns,
                decimal: mapping.decimal)
        }
        guard !mapping.levels.isEmpty || content?.isJSON == true || content == .xes else {
            do {
                return try CSVReader(source: source, format: mapping.format)
            } catch let fault as CSVFault {
                throw MappingMismatch(description: "\(name) \(fault)")
            }
        }
        do {
            /// Documents, whatever they were.
            func documents(_ source: any ByteSource) -> any ByteSource {
                content == .xes ? XESSource(source, name: name) : source
            }
            return try JSONRows(
                documents(source), name: name, levels: mapping.levels, columns: mapping.columns,
                optional: mapping.optionalColumns,
                reopened: { try input?.again().map(documents) })
        } catch {
            throw MappingMismatch(
                description: "\(name) is JSON, where a column of the mapping \(mapping.name) "
                    + "\(error.problem) (expected \(error.expected)).")
        }
    }

    /// Columns that no row had, though the mapping reads them, once all rows were read.
    var unseenColumns: [String] { input.unseenColumns }

    /// Reads the next row, or the next rows that are merged.
    ///
    /// - Throws: what the source throws.
    public func next() throws -> Item {
        drafts.removeAll(keepingCapacity: true)
        staged = nil
        reading.removeAll(keepingCapacity: true)
        if mapping.merge != nil || places != nil { return try nextUpdate() }
        switch try nextInFile() {
        case .end: return .end
        case .rejected(let rejection):
            rows += 1
            return refused(rejection)
        case .row: break
        }
        rows += 1
        return read([NumberedRow(input.row)])
    }

    /// The line of the row that a refused field of the last rows' events came from; of one that none of
    /// them gave, that of the first row.
    func line(of field: String) -> Int {
        let name = field.hasPrefix("data.") ? field.dropFirst(5) : field[...]
        guard reading.count > 1,
            let found = given.first(where: { $0.draft.fields.contains { $0.name == name } })
        else { return line }
        return reading[found.row].row.line
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
        if !result.given.isEmpty {
            let counted = result.entry.counted ?? CaseMemory.Counted()
            for id in result.given { counted.ids[id, default: 0] += 1 }
            result.entry.counted = counted
            kept?.counted = counted
        }
        if !result.places.isEmpty {
            let succession = result.entry.succession ?? CaseMemory.Succession()
            result.entry.succession = succession
            kept?.places = (succession, result.places, succession.isTold)
            if result.doubts.contains(where: { $0.kind == .rowsOutOfOrder }) {
                succession.isTold = true
            }
            for place in result.places { succession.take(place) }
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
            for id in row.given { row.counted?.ids[id, default: 0] -= 1 }
            if let (succession, places, isTold) = row.places {
                for place in places { succession.takeBack(place) }
                succession.isTold = isTold
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
    func again() -> Item { read(update?.rows ?? [NumberedRow(input.row)]) }

    private func refused(_ rejection: Rejection) -> Item {
        line = rejection.line
        return .rejected(rejection)
    }

    /// Reads rows of one case together.
    private func read(_ rows: [NumberedRow]) -> Item {
        drafts.removeAll(keepingCapacity: true)
        staged = nil
        reading = rows
        given.removeAll(keepingCapacity: true)
        line = rows[0].row.line
        do throws(Rejection) {
            var result: RowEvents.Result?
            var named = ""
            for row in rows {
                events.evaluator.begin(row.row)
                let subject = try events.subject()
                var next =
                    result
                    ?? RowEvents.Result(
                        entry: mapping.usesState ? memory.entry(of: subject) : .init())
                result = nil
                try events.read(subject, row, into: &next)
                result = next
                named = subject
            }
            guard let result else { return .events }
            if rows.count > 1 {
                given = zip(result.drafts, result.origins).map { ($0, $1.row) }
                drafts = events.merged(result, mapping.events)
            } else {
                drafts = result.drafts
            }
            staged = (result, named)
            return .events
        } catch {
            if rows.count == 1, (try? events.givesNothing()) == true {
                drafts = []
                return .events
            }
            return .rejected(error)
        }
    }

    // MARK: Rows that are merged

    /// Rows read together, at most: what follows is an update of its own.
    private static let mostRowsOfUpdate = 1000

    private func nextUpdate() throws -> Item {
        update = waiting.popFirst()
        if let update { return read(update.rows) }
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
            var found = [RowUpdate(rows: [row], raw: raw)]
            let key = mapping.merge == nil ? nil : key(of: row)
            while key != nil, found.count < MappedReader.mostRowsOfUpdate {
                let next = try find()
                guard case .row(let other, let raw) = next, self.key(of: other) == key else {
                    ahead = next
                    break
                }
                rows += 1
                found.append(RowUpdate(rows: [other], raw: raw))
            }
            if found.count > 1 { found = parted(found) }
            update = found[0]
            waiting = found[1...]
            return read(found[0].rows)
        }
    }

    /// The next row, with its number where the mapping numbers them.
    private func find() throws -> FoundRow {
        guard places != nil else { return try findInFile() }
        while true {
            if let row = places?.next() { return row }
            let found = try findInFile()
            guard case .row(let row, _) = found else {
                places?.take(found, of: nil) { events.counted($0) }
                continue
            }
            events.evaluator.begin(row.row)
            let subject = try? events.subject()
            let time = try? events.time(mapping.rowTime)
            let instant = subject.flatMap { subject in time.map { (subject, $0) } }
            places?.take(found, of: instant) { events.counted($0) }
        }
    }

    private func findInFile() throws -> FoundRow {
        switch try nextInFile() {
        case .end: .end
        case .rejected(let rejection): .rejected(rejection, Array(input.rawRow))
        case .row: .row(NumberedRow(input.row), Array(input.rawRow))
        }
    }

    /// The next row in the file that the mapping reads.
    private func nextInFile() throws -> RowItem {
        while true {
            let item = try input.next()
            guard case .row = item, !mapping.keep.isEmpty || !mapping.skip.isEmpty else {
                return item
            }
            do throws(Rejection) {
                if try events.isKept(input.row) { return item }
            } catch {
                return .rejected(error)
            }
            rows += 1
        }
    }

    /// What rows of one update have in common; nil for a row that will be refused.
    private func key(of row: NumberedRow) -> UpdateKey? {
        events.evaluator.begin(row.row)
        return try? UpdateKey(
            subject: events.subject(), time: events.time(mapping.rowTime),
            texts: (mapping.merge ?? []).map { try events.evaluator.text($0) })
    }

    /// Rows that have an update's key, those together that are one: a row that is refused takes with it
    /// what could be merged with it, and nothing else.
    ///
    /// - Complexity: O(rows²) for the few of an update.
    private func parted(_ rows: [RowUpdate]) -> [RowUpdate] {
        let sayings = rows.map { row -> RowSaying in
            events.evaluator.begin(row.rows[0].row)
            do throws(Rejection) {
                let subject = try events.subject()
                var result = RowEvents.Result(entry: memory.entry(of: subject))
                try events.read(subject, row.rows[0], into: &result)
                return .events(result.drafts, result.origins.map(\.event))
            } catch {
                return .refused(events.possible(of: mapping.events))
            }
        }
        return RowParting(sayings, mapping.events).parts.map { part in
            part.reduce(into: RowUpdate()) { update, place in
                update.rows += rows[place].rows
                update.raw += rows[place].raw
            }
        }
    }
}

/// A row that was admitted (or rows that are merged), as long as the log has not taken its events.
struct KeptRow {
    var rows: [NumberedRow]
    /// As it stands in the file.
    var raw: [UInt8]
    var subject: String
    /// What was known of the case before it.
    var before: CaseMemory.Entry
    /// The counted ids it was given.
    var given: [UInt64]
    /// Where they were counted.
    var counted: CaseMemory.Counted?
    /// Where they stand among the rows of their case, and whether it was told before them that time
    /// contradicts.
    var places: (in: CaseMemory.Succession, [RowPlace], wasTold: Bool)?
}

/// Rows that tell of one update, in the order of the file.
private struct RowUpdate {
    var rows: [NumberedRow] = []
    /// Their bytes, as they stand in the file.
    var raw: [UInt8] = []
}

/// What rows of one update have in common.
private struct UpdateKey: Hashable {
    var subject: String
    var time: SentTime
    var texts: [String?]
}
