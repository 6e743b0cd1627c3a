/// Whose events a validator lets through.
public enum Admission: Sendable {
    /// From outside: the log's own types, and attributes that only the log gives, are refused.
    case input
    /// From the log itself: its own types alone.
    case logsOwn
    /// Recorded entries, read back: any type, with what the log added, and tokens in the place of
    /// personal texts.
    case recorded
}

/// Holds events to their schemas and writes them into batches: canonical JSON (RFC 8785), column
/// slots, fingerprints. The only way into an `EventBatch`, whether an event comes from a line, a
/// mapping or the log itself.
///
/// One validator serves one thread. It keeps its memory from event to event, so that admitting one
/// allocates nothing. What every event asks is `mutating` though it changes nothing: of a borrowed
/// value of this size the compiler makes a copy for each call.
///
/// Source: CloudEvents 1.0.2, *JSON Event Format*; RFC 8785, *JSON Canonicalization Scheme*.
public struct EventValidator: ~Copyable {
    /// The types it knows.
    public var types: EventTypes { plan.types }

    let plan: EventPlan
    var writer = ByteWriter(capacity: 1 << 16)
    /// Texts whose canonical form has escapes, decoded, and which of the row's ranges they are.
    var decoded: [UInt8] = []
    var moved: [(target: Int, offset: Int)] = []
    /// The token of each field of the current type's data.
    var fieldTokens = [Int32](repeating: 0, count: EventSchema.mostFields)
    /// Tokens of the keys of other CloudEvents attributes, and of those that are null.
    var others: [Int] = []
    var unset: [Int] = []
    /// The source seen last, and whether it might hold a phone number or an address.
    var lastSource: (fingerprint: Fingerprint, mayHoldContact: Bool)?
    var tokens = EventTokens()
    /// The tokens of an event some of whose texts were not in the normal form.
    var normal = EventTokens()

    /// A validator for these types.
    public init(_ types: EventTypes) { plan = EventPlan(types) }

    /// A validator that shares another one's compiled types.
    package init(sharing other: borrowing EventValidator) { plan = other.plan }

    /// Admits a draft to a batch, or says what is wrong with it and leaves the batch as it was.
    ///
    /// - Parameter line: the line or row of the input it was made from; 0 where there is none.
    public mutating func admit(
        _ draft: EventDraft, as admission: Admission = .input, line: Int = 0,
        into batch: inout EventBatch
    ) -> Rejection? {
        var tokens = EventTokens()
        swap(&tokens, &self.tokens)
        defer { swap(&tokens, &self.tokens) }
        tokens.read(draft)
        let refusal = admit(
            tokens: tokens.words.span, text: tokens.text.span, isPlain: tokens.isPlain,
            as: admission, line: line, into: &batch)
        guard refusal == nil else { return refusal }
        batch.rows[batch.rows.count - 1].isCounted = draft.isCounted
        if let order = draft.order { batch.order(last: order, isPlace: draft.isPlace) }
        return nil
    }

    /// Reads a recorded entry back to a row of a batch, and returns what the log had added to the
    /// event: forming the entry again from these (`EventBatch.appendEntry`) gives the same bytes,
    /// or the entry was not canonical. Personal texts are tokens; a name in a column, and the name of
    /// a personal subject, read as the log's dictionaries have them.
    ///
    /// - Throws: a `Rejection` where the entry holds no event of these types.
    public mutating func admit(
        entry: Span<UInt8>, into batch: inout EventBatch
    ) throws(Rejection) -> LogMarks {
        var tokens = EventTokens()
        swap(&tokens, &self.tokens)
        defer { swap(&tokens, &self.tokens) }
        do throws(JSONFault) {
            try tokens.read(entry, mostMembers: EventToken.mostMembersOfEntry)
        } catch {
            throw Rejection(fault: error, in: entry, line: 0)
        }
        var marks = LogMarks(recorded: .earliest, position: 0)
        _ = try place(
            tokens: tokens.words.span, text: tokens.text.span, isPlain: tokens.isPlain,
            isNormal: true, hasTrimmedName: true, as: .recorded, line: 0, marks: &marks,
            into: &batch)
        batch.isSealed = true
        if let order = marks.order {
            batch.order(last: order, isPlace: marks.isPlace)
        }
        if let salt = marks.salt {
            batch.salts.append(EntrySalt(row: batch.rows.count - 1, text: Array(salt.utf8)))
        }
        return marks
    }

    /// Admits a line taken apart; see `EventToken`.
    ///
    /// - Parameters:
    ///   - isPlain: whether no text has a character that JSON must escape.
    ///   - isASCII: whether all texts are known to be ASCII.
    package mutating func admit(
        tokens: Span<UInt64>, text: Span<UInt8>, isPlain: Bool, isASCII: Bool = false,
        as admission: Admission,
        line: Int, into batch: inout EventBatch
    ) -> Rejection? {
        var marks = LogMarks(recorded: .earliest, position: 0)
        do throws(Rejection) {
            let isNormal = try place(
                tokens: tokens, text: text, isPlain: isPlain, isASCII: isASCII, as: admission,
                line: line,
                marks: &marks, into: &batch)
            if isNormal {
                if let order = marks.order {
                    batch.order(last: order, isPlace: marks.isPlace)
                }
                return nil
            }
            self.normal.normalise(tokens, text, isPlain: isPlain)
            var normal = EventTokens()
            swap(&normal, &self.normal)
            defer { swap(&normal, &self.normal) }
            _ = try place(
                tokens: normal.words.span, text: normal.text.span, isPlain: normal.isPlain,
                isNormal: true, hasTrimmedName: true, as: admission, line: line, marks: &marks,
                into: &batch)
            if let order = marks.order {
                batch.order(last: order, isPlace: marks.isPlace)
            }
            return nil
        } catch {
            return error
        }
    }
}

/// Where an event's own attributes are among its tokens (the key's place; -1 where absent), and
/// what was read of them.
struct Envelope {
    var id = -1
    var source = -1
    var specversion = -1
    var subject = -1
    var time = -1
    var type = -1
    var data = -1
    /// The log's own, in the order of their names.
    var approvals = -1
    var clock = -1
    var order = -1
    var place = -1
    var position = -1
    var salt = -1
    var sender = -1
    var recorded = -1
    /// Whether there is any of these.
    var hasLogs = false
    /// The source's order, as CloudEvents has it.
    var sequence = -1
    var sequencetype = -1
    var typeID = 0
    /// Which of the plan's forms it has: its type's newest version, unless it says otherwise.
    var form = 0
    var instant = SentTime(Instant(milliseconds: 0))
    /// Whether `time` is in its recorded form already.
    var isRecordedForm = false
    /// Whether what is read is an entry, with tokens in the place of personal texts.
    var isEntry = false
    /// Where the name of a person begins in the subject, in bytes; 0 where the case is none.
    var personAt = 0
    /// Fields of data that are there, as bits.
    var fields: UInt64 = 0
}

extension EventValidator {
    /// Puts an event into the batch.
    ///
    /// - Parameters:
    ///   - isNormal: whether the texts of its subject and data are known to be in their normal form,
    ///     but for blanks behind the subject's slash.
    ///   - hasTrimmedName: whether there are known to be none of these.
    /// - Returns: false, and nothing was done, where they are not.
    private mutating func place(
        tokens: Span<UInt64>, text: Span<UInt8>, isPlain: Bool, isASCII: Bool = false,
        isNormal: Bool = false, hasTrimmedName: Bool = false, as admission: Admission, line: Int,
        marks: inout LogMarks, into batch: inout EventBatch
    ) throws(Rejection) -> Bool {
        let firstSlot = batch.slots.count
        let firstPersonal = batch.personal.count
        let firstContent = batch.content.count
        if batch.columnCounts.isEmpty { batch.columnCounts = plan.columnCounts }
        do throws(Rejection) {
            let input = EventInput(tokens: tokens, text: text, isPlain: isPlain, isASCII: isASCII)
            var envelope = Envelope()
            envelope.isEntry = admission == .recorded
            try collect(input, &envelope)
            if !isNormal, input.mayNotBeNormal(envelope) { return false }
            if !hasTrimmedName, input.mayBeginWithBlank(nameOf: envelope.subject + 2) {
                return false
            }
            try check(input, &envelope, admission, &marks)
            try collectFields(input, &envelope)
            try write(input, envelope, line: line, into: &batch)
            return true
        } catch {
            batch.slots.removeLast(batch.slots.count - firstSlot)
            batch.personal.removeLast(batch.personal.count - firstPersonal)
            batch.content.removeLast(batch.content.count - firstContent)
            var rejection = error
            rejection.line = line
            throw rejection
        }
    }

    /// Finds the event's attributes among its top-level keys.
    private mutating func collect(
        _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        others.removeAll(keepingCapacity: true)
        unset.removeAll(keepingCapacity: true)
        var key = 0
        let count = input.tokens.count
        while key < count {
            // An attribute that is null is unset (CloudEvents, JSON Event Format, 2.2).
            if input.kind(key + 2) == .null {
                unset.append(key)
                key += 4
                continue
            }
            let length = input.length(key)
            let word = TextWord(input.text, input.offset(key), length)
            switch (word.first, length) {
            case (0x6469, 2): try take(&envelope.id, key, input)
            case (0x6563_7275_6F73, 6): try take(&envelope.source, key, input)
            case (0x74_6365_6A62_7573, 7): try take(&envelope.subject, key, input)
            case (0x656D_6974, 4): try take(&envelope.time, key, input)
            case (0x6570_7974, 4): try take(&envelope.type, key, input)
            case (0x6174_6164, 4): try take(&envelope.data, key, input)
            default: try takeOther(word, key, input, &envelope)
            }
            let members = input.kind(key + 2) == .object ? input.length(key + 2) : 0
            key += 4 + members * 4
        }
        if !unset.isEmpty { try checkUnset(input) }
    }

    /// A key that is null may not stand twice either.
    private func checkUnset(_ input: borrowing EventInput) throws(Rejection) {
        var names: Set<String> = []
        var key = 0
        while key < input.tokens.count {
            let name = input.string(key)
            guard names.insert(name).inserted else { throw duplicateKey(name, path: "") }
            let members = input.kind(key + 2) == .object ? input.length(key + 2) : 0
            key += 4 + members * 4
        }
    }

    private mutating func take(
        _ place: inout Int, _ key: Int, _ input: borrowing EventInput
    ) throws(Rejection) {
        guard place < 0 else { throw duplicateKey(input.string(key), path: "") }
        place = key
    }

    private mutating func takeOther(
        _ word: TextWord, _ key: Int, _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        // The first and the last eight bytes of a name of at most 16 are all of it.
        switch (word.first, word.last, word.length) {
        case (EventValidator.specversion.first, EventValidator.specversion.last, 11):
            return try take(&envelope.specversion, key, input)
        default: break
        }
        if word.first & 0xFF_FFFF_FFFF == EventValidator.logs {
            return try takeLogs(key, input, &envelope)
        }
        let name = input.string(key)
        guard !name.isEmpty, name.utf8.allSatisfy(EventValidator.isAttributeByte) else {
            throw unknownAttribute(name)
        }
        for other in others where input.string(other).utf8.elementsEqual(name.utf8) {
            throw duplicateKey(name, path: "")
        }
        if word.first == EventValidator.sequence, word.length == 8 { envelope.sequence = key }
        if name.utf8.elementsEqual("sequencetype".utf8) { envelope.sequencetype = key }
        others.append(key)
    }

    /// An attribute that begins as the log's do.
    private mutating func takeLogs(
        _ key: Int, _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        let name = input.string(key)
        envelope.hasLogs = true
        switch name {
        case "rekamapprovals": try take(&envelope.approvals, key, input)
        case "rekamclock": try take(&envelope.clock, key, input)
        case "rekamorder": try take(&envelope.order, key, input)
        case "rekamplace": try take(&envelope.place, key, input)
        case "rekamposition": try take(&envelope.position, key, input)
        case "rekamsalt": try take(&envelope.salt, key, input)
        case "rekamsender": try take(&envelope.sender, key, input)
        case "rekamtime": try take(&envelope.recorded, key, input)
        default: throw logsAttribute(name, input.shown(key + 2))
        }
    }

    private static let specversion = word("specversion")
    /// `sequence` and `rekam` as little-endian numbers.
    private static let sequence: UInt64 = 0x6563_6E65_7571_6573
    private static let logs: UInt64 = 0x6D_616B_6572

    private static func word(_ text: String) -> TextWord {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 8)
        return TextWord(bytes.span, 0, text.utf8.count)
    }

    private static func isAttributeByte(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39
    }

    /// Finds the fields of `data`.
    private mutating func collectFields(
        _ input: borrowing EventInput, _ envelope: inout Envelope
    ) throws(Rejection) {
        let data = envelope.data + 2
        let type = plan.entries[envelope.form]
        var key = data + 2
        let end = key + input.length(data) * 4
        var present: UInt64 = 0
        // Fields that are null are unset, as attributes are: our own rule.
        var seen: UInt64 = 0
        while key < end {
            let field = plan.find(
                input.text, input.offset(key), input.length(key), start: type.tableStart,
                mask: type.tableMask)
            guard field >= 0 else { throw unknownField(input.string(key), envelope.form) }
            let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: field)
            guard seen & bit == 0 else { throw duplicateKey(input.string(key), path: "data.") }
            seen |= bit
            if input.kind(key + 2) != .null { present |= bit }
            fieldTokens[field] = Int32(truncatingIfNeeded: key + 2)
            key += 4
        }
        envelope.fields = present
        let missing = type.required & ~present
        if missing != 0 {
            throw missingField(missing.trailingZeroBitCount, envelope.form)
        }
        if type.hasDependencies { try checkDependencies(type, present, envelope.form) }
    }

    private func checkDependencies(
        _ type: EventPlan.TypeEntry, _ present: UInt64, _ typeID: Int
    ) throws(Rejection) {
        for field in 0..<type.fieldCount where present & 1 << UInt64(field) != 0 {
            let missing = plan.fields[type.fieldStart + field].requires & ~present
            if missing != 0 {
                throw missingField(missing.trailingZeroBitCount, typeID, beside: field)
            }
        }
    }
}
