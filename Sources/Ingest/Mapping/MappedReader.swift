public import EventModel

/// Why a file and a mapping don't go together.
public struct MappingMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that reads after `Error: `.
    public var description: String
}

/// Turns the rows of a CSV file into events, as a mapping says.
///
///     let reader = try MappedReader(mapping, source: source, name: "export.csv", states: log)
///     while true {
///         switch try reader.next() {
///         case .events: if admit(reader.drafts, line: reader.line) { reader.admitted() }
///         case .rejected(let rejection): keep(reader.rawRow, rejection)
///         case .end: return
///         }
///     }
///
/// A row gives all of its events or, refused, none, and then leaves no trace in what is known of its
/// case: it counts for later rows only once `admitted` says so. The drafts are not validated yet.
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
    public var line: Int { csv.row.line }
    /// Rows read so far, refused ones included.
    public private(set) var rows = 0
    /// The last row as it stands in the file, its line end included.
    public var rawRow: ArraySlice<UInt8> { csv.rawRow }
    /// The header line as it stands in the file: what a file of refused rows begins with.
    public let rawHeader: [UInt8]

    private let mapping: Mapping
    private let csv: CSVReader
    private let states: (any CaseStates)?
    private let privateDigest: (@Sendable ([UInt8]) -> [UInt8])?
    private var evaluator: RowEvaluator
    private var memory = CaseMemory()
    private var scratch: [UInt8] = []
    /// Ids of this row's events that are counted.
    private var given: [UInt64] = []
    /// What the case comes to by this row, once it is admitted.
    private var staged: CaseMemory.Entry?

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - name: the file's name, for errors.
    ///   - states: what the log knows of a case; nil: nothing.
    ///   - privateDigest: see `IngestOptions`.
    /// - Throws: what the source throws; `MappingMismatch` where the file has no header or lacks a
    ///   column the mapping reads.
    public init(
        _ mapping: Mapping, source: any ByteSource, name: String, states: (any CaseStates)?,
        privateDigest: (@Sendable ([UInt8]) -> [UInt8])? = nil
    ) throws {
        self.mapping = mapping
        self.privateDigest = privateDigest
        self.states = states
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
        evaluator = RowEvaluator(mapping, places: places)
    }

    /// Reads the next row.
    ///
    /// - Throws: what the source or the log throws.
    public func next() throws -> Item {
        drafts.removeAll(keepingCapacity: true)
        staged = nil
        switch try csv.next() {
        case .end: return .end
        case .rejected(let rejection):
            rows += 1
            return .rejected(rejection)
        case .row: break
        }
        rows += 1
        evaluator.begin(csv.row)
        do {
            try readRow()
            return .events
        } catch let rejection as Rejection {
            drafts.removeAll(keepingCapacity: true)
            return .rejected(rejection)
        }
    }

    /// Says that the events of the last row were taken: from now on the row counts for those after it.
    public func admitted() {
        guard var entry = staged else { return }
        staged = nil
        if !given.isEmpty {
            let repeats = entry.repeats ?? CaseMemory.Repeats()
            for id in given { repeats.counts[id, default: 0] += 1 }
            entry.repeats = repeats
        }
        memory.update(entry)
    }

    private func readRow() throws {
        guard let subject = try evaluator.text(mapping.subject) else {
            throw evaluator.rejection("case", "", "the case is missing")
        }
        var entry = CaseMemory.Entry(slots: [])
        if mapping.usesState {
            guard let time = try evaluator.time(mapping.rowTime) else {
                throw missingTime(mapping.rowTime)
            }
            entry = try memory.entry(of: subject) { try load(subject, time) }
            if entry.repeatTime != time {
                entry.repeatTime = time
                entry.repeats = nil
            }
        }
        let before = entry
        given.removeAll(keepingCapacity: true)
        for event in mapping.events {
            guard try applies(event, before: before) else { continue }
            var draft = EventDraft(
                id: "", source: mapping.source, type: event.type, subject: subject,
                time: try time(of: event))
            guard try fill(&draft, event, &entry) else { continue }
            draft.id = try id(of: draft, event, entry)
            entry.isKnown = true
            drafts.append(draft)
        }
        if mapping.usesState { staged = entry }
    }

    private func load(_ subject: String, _ time: Instant) throws -> CaseMemory.Entry {
        var entry = CaseMemory.Entry(slots: Array(repeating: 0, count: mapping.tracked.count))
        let known = try states?.values(of: mapping.tracked, inCase: subject, before: time)
        guard let known else { return entry }
        entry.isKnown = true
        for (slot, text) in known.enumerated() {
            if let text { entry.slots[slot] = CaseMemory.fingerprint(of: text) }
        }
        return entry
    }

    private func missingTime(_ index: Int) -> Rejection {
        evaluator.rejection(mapping.times[index].name, "", "the time is missing")
    }

    private func time(of event: EventSpec) throws -> Instant {
        guard let time = try evaluator.time(event.time) else { throw missingTime(event.time) }
        return time
    }

    private func applies(_ event: EventSpec, before: CaseMemory.Entry) throws -> Bool {
        if event.isFirstOnly, before.isKnown { return false }
        for test in event.previous {
            let isAmong = test.texts.contains(before.slots[test.slot])
            if isAmong == test.isNegated { return false }
        }
        if event.when.isEmpty { return true }
        for tests in event.when {
            var holds = true
            for test in tests where holds { holds = try evaluator.holds(test) }
            if holds { return true }
        }
        return false
    }

    /// Fills in the fields; false when the event says nothing new.
    private func fill(
        _ draft: inout EventDraft, _ event: EventSpec, _ entry: inout CaseMemory.Entry
    ) throws -> Bool {
        var isNews = !event.hasWatchedFields
        var slots = entry.slots
        for field in event.fields {
            guard let value = try value(of: field) else { continue }
            draft.fields.append(EventDraft.Field(field.name, value))
            guard let slot = field.slot else { continue }
            let text =
                switch value {
                case .text(let text): text
                case .integer(let number): String(number)
                case .boolean(let flag): flag ? "true" : "false"
                }
            let print = CaseMemory.fingerprint(of: text)
            // Nobody, where nobody was said to be, is no news.
            if slots[slot] == 0, text.isEmpty { continue }
            if field.isWatched, slots[slot] != print { isNews = true }
            slots[slot] = print
        }
        if isNews { entry.slots = slots }
        return isNews
    }

    private func value(of field: FieldSpec) throws -> FieldValue? {
        switch field.content {
        case .constant(let value): return value
        case .text(let spec): return try evaluator.value(spec).map { .text($0) }
        case .day(let time): return try evaluator.day(time).map { .text($0) }
        case .integer(let spec, let scale):
            guard let text = try evaluator.value(spec) else { return nil }
            guard
                let number = NumberText.scaled(text, decimal: mapping.decimal, scale: scale)
            else {
                let form = scale == 0 ? "a whole number" : "a number with \(scale) decimals at most"
                throw evaluator.rejection(field.name, text, "it is not \(form)")
            }
            return .integer(number)
        case .boolean(let spec):
            guard let text = try evaluator.value(spec) else { return nil }
            switch text.lowercased() {
            case "true", "yes", "y", "1", "ya": return .boolean(true)
            case "false", "no", "n", "0", "tidak": return .boolean(false)
            default: throw evaluator.rejection(field.name, text, "it is neither true nor false")
            }
        }
    }

    /// The event's stated id, or a digest of what it rests on: case, type, time, and the texts of
    /// the columns its data is made of, as they stand in the file. So a changed lookup does not make
    /// the same row a second event: the log refuses it as another content under a known id.
    private func id(
        of draft: EventDraft, _ event: EventSpec, _ entry: CaseMemory.Entry
    ) throws -> String {
        if let template = event.id {
            guard let id = try evaluator.text(template) else {
                throw evaluator.rejection("id", "", "a part of the event's id is missing")
            }
            guard event.hasDigestID else { return id }
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: id.utf8)
            return digest().text
        }
        scratch.removeAll(keepingCapacity: true)
        func put(_ text: String?) {
            scratch.append(text == nil ? 0x1E : 0x1F)
            if let text { scratch.append(contentsOf: text.utf8) }
        }
        put(draft.subject)
        put(draft.type)
        put(String(draft.time.milliseconds))
        for column in event.columns { put(evaluator.column(column)) }
        for field in event.fields {
            guard case .constant(let value) = field.content else { continue }
            put("\(field.name)=\(value)")
        }
        let (first, id) = digest()
        guard event.countsRepeats else { return id }
        let count = (entry.repeats?.counts[first] ?? 0) + given.count { $0 == first }
        given.append(first)
        return count == 0 ? id : "\(id)-\(count + 1)"
    }

    /// 128 bits of a digest of `scratch`: their first half, and all of them in hexadecimal.
    private func digest() -> (first: UInt64, text: String) {
        let bytes =
            privateDigest?(scratch)
            ?? [scratch, scratch + [1]].flatMap { text in
                Hexadecimal.bigEndian(Fingerprint(of: text.span).value)
            }
        return (Hexadecimal.number(bytes.prefix(8)), Hexadecimal.text(bytes))
    }
}
