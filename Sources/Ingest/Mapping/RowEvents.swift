internal import EventModel

/// Makes the events that rows give: what each of them says, whatever others have said.
struct RowEvents {
    let mapping: Mapping
    private let privateDigest: (@Sendable ([UInt8]) -> [UInt8])?
    var evaluator: RowEvaluator
    /// By event: where the columns stand that it is given for.
    private let eachPlaces: [[Int]]
    private var scratch: [UInt8] = []
    /// Of the row at hand: see `NumberedRow.alike`; and ids given by rows that are read with it before.
    private var alike: [UInt64: NumberedRow.Alike]?
    private var givenBefore = 0

    /// What the rows of one case that are read together come to. It counts once they are admitted.
    struct Result {
        var drafts: [EventDraft] = []
        /// By draft: which of the mapping's events it is, and which of the rows gave it.
        var origins: [(event: Int, row: Int)] = []
        /// What is known of the case with these rows.
        var entry: CaseMemory.Entry
        /// Synthetic ids given that are counted.
        var given: [UInt64] = []
        /// How many rows they are.
        var rows = 0
        /// Where they stand, where a column orders them.
        var places: [RowPlace] = []
        /// What is doubtful in their times, each by itself, with the times' names and the lines.
        var doubts: [DoubtGroup] = []
    }

    init(
        _ mapping: Mapping, places: [Int?], eachPlaces: [[Int]], file: String,
        privateDigest: (@Sendable ([UInt8]) -> [UInt8])?
    ) {
        self.mapping = mapping
        self.privateDigest = privateDigest
        self.eachPlaces = eachPlaces
        evaluator = RowEvaluator(mapping, places: places, file: file)
    }

    /// Whether the mapping reads a row at all.
    mutating func isKept(_ row: InputRow) throws(Rejection) -> Bool {
        evaluator.begin(row)
        let (keep, skip) = (asked(mapping.keep), asked(mapping.skip))
        if !keep.isEmpty, try !evaluator.holds(anyOf: keep) { return false }
        return try !evaluator.holds(anyOf: skip)
    }

    /// Those of some conditions that are about what the row at hand has: one on a level below asks rows of
    /// that level.
    private func asked(_ conditions: [[TestSpec]]) -> [[TestSpec]] {
        if mapping.levels.isEmpty { return conditions }
        return conditions.filter { tests in
            tests.allSatisfy { mapping.levels.hasLevel($0.level, above: evaluator.level) }
        }
    }

    /// Whether no event holds for the row at hand: it needs neither case nor time, as a line of totals.
    mutating func givesNothing() throws(Rejection) -> Bool {
        for index in mapping.events.indices where try !occasions(of: index).isEmpty { return false }
        return true
    }

    /// The case of the row at hand.
    mutating func subject() throws(Rejection) -> String {
        guard let subject = try evaluator.text(mapping.subject) else {
            throw evaluator.rejection("case", "", "the case is missing")
        }
        return subject
    }

    /// A time of the row at hand.
    mutating func time(_ index: Int) throws(Rejection) -> SentTime {
        guard let time = try evaluator.time(index) else {
            throw evaluator.rejection(mapping.times[index].name, "", "the time is missing")
        }
        return time
    }

    /// Adds what the row at hand gives to what those before it came to; where it is refused, that is
    /// of no use any more.
    ///
    /// - Parameter row: the row at hand, numbered where the order of rows tells.
    mutating func read(
        _ subject: String, _ row: NumberedRow, into result: inout Result
    ) throws(Rejection) {
        let place = mapping.usesState ? try place(row.number) : nil
        alike = row.alike
        givenBefore = result.given.count
        let before = result.entry
        let first = result.drafts.count
        for (index, event) in mapping.events.enumerated() {
            for text in try occasions(of: index) {
                evaluator.begin(each: text)
                try give(event, index, subject, place, beside: first, into: &result)
            }
        }
        evaluator.begin(each: nil)
        var doubts = evaluator.doubts
        if let place, !agrees(place, with: before) {
            doubts.append((.rowsOutOfOrder, mapping.times[mapping.rowTime].name))
        }
        if !doubts.isEmpty {
            let isAnonymous = EventTypes.isAnonymous(subject)
            result.doubts += doubts.map {
                DoubtGroup(
                    kind: $0.kind, attribute: $0.name, count: 1,
                    line: isAnonymous ? nil : evaluator.line,
                    cases: isAnonymous ? [] : [subject])
            }
        }
        if let place { note(place, in: &result) }
    }

    /// What a row gives an event for: for itself (nil), for several of its texts, or for nothing.
    private mutating func occasions(of index: Int) throws(Rejection) -> [String?] {
        let event = mapping.events[index]
        guard let each = event.each else { return try holds(event) ? [nil] : [] }
        guard event.level == evaluator.level else { return [] }
        var found: [String?] = []
        for text in try evaluator.texts(of: each, eachPlaces[index]) {
            evaluator.begin(each: text)
            if try holds(event) { found.append(text) }
        }
        evaluator.begin(each: nil)
        return found
    }

    /// Adds an event that the row at hand gives.
    private mutating func give(
        _ event: EventSpec, _ index: Int, _ subject: String, _ place: RowPlace?, beside first: Int,
        into result: inout Result
    ) throws(Rejection) {
        // Of the rows that it is for, the first: others stand before it in one file and not in another.
        let opening = place.flatMap { openingPlace(event, $0) }
        if event.isFirstOnly, !mayOpen(event, opening, &result) { return }
        let time = try time(event.time)
        var draft = EventDraft(
            id: "", source: mapping.source, type: event.type, subject: subject, time: time.instant)
        draft.nanoseconds = time.nanoseconds
        draft.order = (opening ?? place)?.order
        // Rows that are merged may be one update, wherever a file is cut.
        draft.isPlace = mapping.merge != nil || mapping.order == nil
        draft.isCounted = event.countsRepeats
        guard try fill(&draft, event, beside: result.drafts[first...]) else { return }
        draft.id = try id(of: draft, event, &result)
        if event.isFirstOnly, !opens(draft, event, &result) { return }
        result.drafts.append(draft)
        result.origins.append((index, result.rows))
    }

    // MARK: Where the row stands

    private mutating func place(_ number: Int64) throws(Rejection) -> RowPlace {
        let time = try time(mapping.rowTime)
        if mapping.rowOrder != nil { return RowPlace(time: time, order: .integer(number)) }
        guard let template = mapping.order, let text = try evaluator.text(template) else {
            return RowPlace(time: time)
        }
        switch OrderText(text, decimal: mapping.decimal) {
        case .order(let order): return RowPlace(time: time, order: order)
        case .refused(let problem): throw evaluator.rejection("order", text, problem)
        }
    }

    /// Whether a row's time agrees with what the mapping says of the order of rows: that of the lines,
    /// with the case's row before it; or that of a column, told once a case. Either way a file read
    /// backwards, with the mapping turned round, tells as many.
    private func agrees(_ place: RowPlace, with entry: CaseMemory.Entry) -> Bool {
        if mapping.order != nil {
            guard let succession = entry.succession, !succession.isTold else { return true }
            return !succession.contradicts(place)
        }
        guard let last = entry.last else { return true }
        switch mapping.rowOrder {
        case .oldestFirst: return place.time >= last.time
        case .newestFirst: return place.time <= last.time
        case nil: return true
        }
    }

    private func note(_ place: RowPlace, in result: inout Result) {
        if mapping.order != nil { result.places.append(place) }
        result.entry.last = place
        result.rows += 1
    }

    // MARK: Whether and what it says

    mutating func holds(_ event: EventSpec) throws(Rejection) -> Bool {
        guard event.level == evaluator.level else { return false }
        if event.when.isEmpty { return true }
        return try evaluator.holds(anyOf: event.when)
    }

    /// Fills in the fields; false where none of those that may have changed says anything, or the row
    /// itself has said the same of each of them in an event above.
    private mutating func fill(
        _ draft: inout EventDraft, _ event: EventSpec, beside above: ArraySlice<EventDraft>
    ) throws(Rejection) -> Bool {
        var isNews = !event.hasWatchedFields
        for field in event.fields {
            guard let value = try evaluator.value(of: field) else { continue }
            draft.fields.append(EventDraft.Field(field.name, value))
            guard field.isWatched, !isNews else { continue }
            let said = above.last { event in
                event.isOfOneKind(with: draft) && event.fields.contains { $0.name == field.name }
            }
            isNews = !(said?.fields.contains(EventDraft.Field(field.name, value)) ?? false)
        }
        return isNews
    }

    // MARK: Ids

    /// The event's stated id, or a digest of what it rests on: case, type, time, the source's order,
    /// and the texts of the columns its data is made of, as they stand in the file. So a changed
    /// lookup does not make the same row a second event: the log refuses it as another content under
    /// a known id.
    private mutating func id(
        of draft: EventDraft, _ event: EventSpec, _ result: inout Result
    ) throws(Rejection) -> String {
        scratch.removeAll(keepingCapacity: true)
        if let template = event.id {
            guard let id = try evaluator.text(template) else {
                throw evaluator.rejection("id", "", "a part of the event's id is missing")
            }
            guard event.hasDigestID else { return id }
            scratch.append(contentsOf: id.utf8)
            return digest().text
        }
        put(draft.subject)
        put(draft.type)
        put(SentTime(draft.time, nanoseconds: draft.nanoseconds))
        if mapping.order != nil {
            put(draft.order?.inID)
        } else if event.isFirstOnly, event.time != mapping.rowTime {
            put(try time(mapping.rowTime))
        }
        for column in event.columns { put(evaluator.column(column)) }
        if event.each != nil { put(try evaluator.text(Template(parts: [.given(.each)]))) }
        for field in event.fields {
            guard case .constant(let value) = field.content else { continue }
            put("\(field.name)=\(value)")
        }
        let (first, id) = digest()
        guard event.countsRepeats else { return id }
        let above = result.entry.counted?.ids[first] ?? 0
        var count = above + result.given.count { $0 == first }
        if let alike {
            // Those after it in the file are older, and counted before it; those before it are not.
            let beside = alike[first] ?? .init()
            let before = result.given[..<givenBefore].count { $0 == first }
            count += beside.older - min(beside.newer, above + before)
        }
        result.given.append(first)
        return count == 0 ? id : "\(id)-\(count + 1)"
    }

    /// The ids that the row at hand gives of those that are counted, where it is no refused one.
    mutating func counted(_ row: NumberedRow) -> [UInt64] {
        do throws(Rejection) {
            evaluator.begin(row.row)
            var result = Result(entry: CaseMemory.Entry())
            try read(subject(), row, into: &result)
            return result.given
        } catch {
            return []
        }
    }

    /// An id that is made of others, whatever their order.
    mutating func id(ofAll ids: [String]) -> String {
        scratch.removeAll(keepingCapacity: true)
        for id in ids.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { put(id) }
        return digest().text
    }

    private mutating func put(_ text: String?) {
        scratch.append(text == nil ? 0x1E : 0x1F)
        if let text { scratch.append(contentsOf: text.utf8) }
    }

    private mutating func put(_ time: SentTime) {
        let beyond = time.nanoseconds == 0 ? "" : ".\(time.nanoseconds)"
        put("\(time.instant.milliseconds)\(beyond)")
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
