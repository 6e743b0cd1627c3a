extension EventValidator {
    /// Longest `id`, `source` and `subject`, in Unicode scalars; as `cloudevent.json` says.
    static var longestAttribute: Int64 { 256 }

    /// Checks everything but the fields of `data`, which only the type's plan can tell.
    mutating func check(
        _ input: borrowing EventInput, _ envelope: inout Envelope, _ admission: Admission,
        _ marks: inout LogMarks
    ) throws(Rejection) {
        let version = try attribute(envelope.specversion, "specversion", input)
        let word = TextWord(input.text, input.offset(version), input.length(version))
        guard input.kind(version) == .string, word.first == 0x302E31, word.length == 3 else {
            throw Rejection(
                field: "specversion", value: input.shown(version),
                problem: "specversion is not \"1.0\"")
        }
        _ = try text(envelope.id, "id", input)
        _ = try text(envelope.source, "source", input)
        let type = try text(envelope.type, "type", input)
        let typeID = plan.find(
            input.text, input.offset(type), input.length(type), start: plan.typeTable.start,
            mask: plan.typeTable.mask)
        guard typeID >= 0 else { throw unknownType(input.string(type), admission) }
        envelope.typeID = typeID
        envelope.form = admission == .recorded ? plan.readingForms[typeID] : typeID
        try check(admission, input, envelope, &marks)
        let subject = try text(envelope.subject, "subject", input)
        guard isSubject(subject, of: plan.entries[typeID], input, &envelope) else {
            throw wrongSubject(input.string(subject), typeID)
        }
        try readTime(input, &envelope)
        let data = try attribute(envelope.data, "data", input)
        guard input.kind(data) == .object else {
            throw Rejection(
                field: "data", value: input.shown(data),
                problem: "data is no object (expected the event's fields)")
        }
        for other in others { try checkOther(other, input, envelope) }
        if envelope.sequence >= 0 { try checkSequence(input, envelope) }
        if admission == .input, !others.isEmpty { try chooseVersion(input, &envelope) }
    }

    /// The version that an event names in `dataschema`, as `…ticket.opened/2` or
    /// `…ticket.opened@2`; what else stands there is kept, unread.
    private func chooseVersion(
        _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        guard let key = others.first(where: { input.isKey($0, "dataschema") }),
            input.kind(key + 2) == .string
        else { return }
        let text = input.string(key + 2)
        let schema = types.schemas[envelope.typeID]
        guard let mark = text.lastIndex(where: { $0 == "/" || $0 == "@" }),
            text[..<mark].hasSuffix(schema.type),
            let version = Int(text[text.index(after: mark)...]), version != schema.version
        else { return }
        let forms =
            envelope.typeID == plan.readingForms[envelope.typeID]
            ? 0..<0
            : plan.readingForms[envelope.typeID] + 1..<plan.readingForms[envelope.typeID] + 1
                + schema.earlier.count
        guard let form = forms.first(where: { plan.forms[$0].version == version }) else {
            throw Rejection(
                kind: .unknown, field: "dataschema", value: text,
                problem: "\(schema.type) has no version \(version) (expected "
                    + (schema.version == 1 ? "1)" : "1 to \(schema.version))"))
        }
        envelope.form = form
    }

    /// What only some may bring: the log's own types, and what it adds to an event.
    private mutating func check(
        _ admission: Admission, _ input: borrowing EventInput, _ envelope: Envelope,
        _ marks: inout LogMarks
    ) throws(Rejection) {
        let isLogsOwn = plan.entries[envelope.typeID].isLogsOwn
        if admission == .recorded {
            marks = try readMarks(input, envelope)
            return
        }
        if envelope.hasLogs { try readInputMarks(input, envelope, admission, &marks) }
        if isLogsOwn != (admission == .logsOwn) {
            throw Rejection(
                kind: .unknown, field: "type", value: "",
                problem: isLogsOwn
                    ? "\(types.schemas[envelope.typeID].type) is recorded by the log alone"
                    : "\(types.schemas[envelope.typeID].type) is no type of the log's own")
        }
    }

    /// The order that an event from outside has in an attribute of the log's: one of an entry as a log
    /// shows it, of which all else that was added there is passed over; or of an event that a dry run
    /// printed.
    private mutating func readInputMarks(
        _ input: borrowing EventInput, _ envelope: Envelope, _ admission: Admission,
        _ marks: inout LogMarks
    ) throws(Rejection) {
        if admission == .input, envelope.position >= 0, envelope.recorded >= 0 {
            marks = try readMarks(input, envelope)
            return
        }
        let added = [
            envelope.approvals, envelope.clock, envelope.position, envelope.salt, envelope.sender,
            envelope.recorded,
        ]
        let ordering = admission == .input ? [] : [envelope.order, envelope.place]
        if let key = (added + ordering).first(where: { $0 >= 0 }) {
            throw logsAttribute(input.string(key), input.shown(key + 2))
        }
        try readOrder(input, envelope, &marks)
    }

    /// The order that the input's rows told.
    private func readOrder(
        _ input: borrowing EventInput, _ envelope: Envelope, _ marks: inout LogMarks
    ) throws(Rejection) {
        marks.isPlace = envelope.place >= 0
        marks.order = nil
        let key = max(envelope.order, envelope.place)
        guard key >= 0 else { return }
        let value = key + 2
        let isShort = (1...EventBatch.longestOrderText).contains(input.length(value))
        switch input.kind(value) {
        case .string where envelope.isEntry || isShort:
            guard input.isPrintable(value), input.isPlain || input.isClean(value) else { break }
            marks.order = .text(input.string(value))
        case .integer: marks.order = .integer(input.integer(value))
        default: break
        }
        guard marks.order != nil, envelope.order < 0 || envelope.place < 0 else {
            throw wrongAttribute(
                input.string(key), input.shown(value), "is no order of a source's rows")
        }
    }

    private mutating func readMarks(
        _ input: borrowing EventInput, _ envelope: Envelope
    ) throws(Rejection) -> LogMarks {
        let position = try attribute(envelope.position, "rekamposition", input)
        let recorded = try attribute(envelope.recorded, "rekamtime", input)
        guard input.kind(position) == .integer,
            let number = UInt32(exactly: input.integer(position)), number < UInt32.max
        else { throw wrongAttribute("rekamposition", input.shown(position), "is no sequence") }
        guard input.kind(recorded) == .string,
            let instant = Instant(recordedForm: input.bytes(recorded))
        else {
            throw wrongAttribute("rekamtime", input.shown(recorded), "is not in the recorded form")
        }
        var marks = LogMarks(recorded: instant, position: number)
        try readOrder(input, envelope, &marks)
        if envelope.salt >= 0 {
            let value = envelope.salt + 2
            guard input.kind(value) == .string, EntrySalt.isSalt(input.bytes(value)) else {
                throw wrongAttribute(
                    "rekamsalt", input.shown(value), "is no 16 bytes in base64url")
            }
            marks.salt = input.string(value)
        }
        if envelope.sender >= 0 {
            marks.provenance.sender = input.string(try text(envelope.sender, "rekamsender", input))
        }
        if envelope.approvals >= 0 {
            guard input.kind(envelope.approvals + 2) == .string else {
                throw wrongAttribute(
                    "rekamapprovals", input.shown(envelope.approvals + 2), "is no text")
            }
            marks.provenance.approvals = input.string(envelope.approvals + 2)
        }
        if envelope.clock >= 0 {
            marks.provenance.clock = input.string(try text(envelope.clock, "rekamclock", input))
        }
        return marks
    }

    /// The value of a required attribute.
    @inline(__always)
    private mutating func attribute(
        _ key: Int, _ name: StaticString, _ input: borrowing EventInput
    ) throws(Rejection) -> Int {
        guard key >= 0 else { throw missingAttribute(name.description) }
        return key + 2
    }

    /// The value of a required attribute that is a text: 1 to 256 characters, none of them control.
    @inline(__always)
    private mutating func text(
        _ key: Int, _ name: StaticString, _ input: borrowing EventInput
    ) throws(Rejection) -> Int {
        let value = try attribute(key, name, input)
        guard input.kind(value) == .string, input.length(value) > 0 else {
            throw wrongAttribute(name.description, input.shown(value), "is no text")
        }
        guard
            input.compareLength(
                value, minimum: 0, maximum: EventValidator.longestAttribute) == 0
        else {
            throw wrongAttribute(
                name.description, input.shown(value),
                "is longer than \(EventValidator.longestAttribute) characters")
        }
        guard input.isPrintable(value), input.isPlain || input.isClean(value) else {
            throw wrongAttribute(
                name.description, input.shown(value),
                "holds a control character or half a surrogate pair")
        }
        return value
    }

    /// Whether a subject is of one of the type's kinds: `ticket/…`, or `company`.
    private mutating func isSubject(
        _ token: Int, of type: EventPlan.TypeEntry, _ input: borrowing EventInput,
        _ envelope: inout Envelope
    ) -> Bool {
        let start = input.offset(token)
        let length = input.length(token)
        var slash = 0
        while slash < length, input.text[start + slash] != 0x2F { slash += 1 }
        let kind = TextWord(input.text, start, slash)
        let subjects = plan.subjects
        if slash < length {
            if isPerson(kind, input.text, start) { envelope.personAt = slash + 1 }
            if envelope.isEntry, envelope.personAt > 0,
                !input.isToken(start + slash + 1, length - slash - 1)
            {
                return false
            }
        }
        if slash == length {
            for place in type.whole
            where subjects[place].isEqual(kind, input.text, start, plan.blob) { return true }
        } else if slash + 1 < length {
            for place in type.kinds
            where subjects[place].isEqual(kind, input.text, start, plan.blob) { return true }
        }
        // "log" in three bytes.
        return type.kinds.isEmpty && type.whole.isEmpty
            && !(slash < length && kind.first == 0x676F6C && kind.length == 3)
    }

    private mutating func isPerson(_ kind: TextWord, _ text: Span<UInt8>, _ start: Int) -> Bool {
        for person in plan.persons where person.isEqual(kind, text, start, plan.blob) {
            return true
        }
        return false
    }

    /// Whether a text is the subject of a person.
    mutating func namesPerson(_ token: Int, _ input: borrowing EventInput) -> Bool {
        let start = input.offset(token)
        let length = input.length(token)
        var slash = 0
        while slash < length, input.text[start + slash] != 0x2F { slash += 1 }
        return slash < length && isPerson(TextWord(input.text, start, slash), input.text, start)
    }

    private mutating func readTime(
        _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        let time = try attribute(envelope.time, "time", input)
        guard input.kind(time) == .string else {
            throw wrongAttribute("time", input.shown(time), "is no text")
        }
        if let instant = Instant(recordedForm: input.bytes(time)) {
            envelope.instant = SentTime(instant)
            envelope.isRecordedForm = true
            return
        }
        do throws(Instant.Fault) {
            envelope.instant = try SentTime(rfc3339: input.bytes(time))
        } catch {
            throw Rejection(
                field: "time", value: input.string(time), problem: "time \(error.rawValue)")
        }
    }

    /// Other CloudEvents attributes may hold texts, booleans and whole numbers; in an entry, tokens
    /// stand for those that may tell of persons.
    private func checkOther(
        _ key: Int, _ input: borrowing EventInput, _ envelope: Envelope
    ) throws(Rejection) {
        let isSealed = envelope.isEntry && !isClear(key, input)
        switch input.kind(key + 2) {
        case .string:
            guard input.isPrintable(key + 2), input.isPlain || input.isClean(key + 2) else {
                throw wrongAttribute(
                    input.string(key), input.string(key + 2),
                    "holds a control character or half a surrogate pair")
            }
            let length = input.length(key + 2)
            guard !isSealed || length == 0 || input.isToken(input.offset(key + 2), length) else {
                throw wrongAttribute(input.string(key), input.string(key + 2), "is no token")
            }
        case .integer where !isSealed: break
        case .yes, .no: break
        default:
            throw Rejection(
                field: input.string(key), value: input.shown(key + 2),
                problem: "\(input.string(key)) is no text, boolean or whole number")
        }
    }

    /// Whether an attribute stands in clear: those that say how to read an event, or its order.
    func isClear(_ key: Int, _ input: borrowing EventInput) -> Bool {
        input.isKey(key, "sequence") || input.isKey(key, "sequencetype")
            || input.isKey(key, "dataschema") || input.isKey(key, "datacontenttype")
    }

    /// The source's order, as CloudEvents' extension *Sequence* has it.
    private func checkSequence(
        _ input: borrowing EventInput, _ envelope: Envelope
    ) throws(Rejection) {
        let value = envelope.sequence + 2
        switch input.kind(value) {
        case .integer: break
        case .string where input.compareLength(value, minimum: 1, maximum: 200) == 0: break
        default:
            throw wrongAttribute(
                "sequence", input.shown(value),
                "is no order of a source (expected a text of 1 to 200 characters, or a whole number)"
            )
        }
    }

    /// The order that an event's `sequence` gives it: a number where `sequencetype` says `Integer`
    /// and it is one, else a text.
    func sourceOrder(_ input: borrowing EventInput, _ envelope: Envelope) -> OrderKey {
        guard envelope.sequence >= 0 else { return .none }
        let value = envelope.sequence + 2
        if input.kind(value) == .integer { return OrderKey(input.integer(value)) }
        if envelope.sequencetype >= 0, input.isText(envelope.sequencetype + 2, "Integer"),
            let number = Int64(input.string(value))
        {
            return OrderKey(number)
        }
        return OrderKey(input.bytes(value))
    }
}
