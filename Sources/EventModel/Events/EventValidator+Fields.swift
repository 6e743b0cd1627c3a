extension EventValidator {
    /// Checks and writes the members of `data` in the order of their names, and fills the slots of
    /// all columns of the type.
    mutating func writeFields(
        _ input: borrowing EventInput, _ envelope: Envelope, base: Int,
        into batch: inout EventBatch
    ) throws(Rejection) {
        let type = plan.entries[envelope.form]
        let firstSlot = batch.slots.count
        let firstMoved = moved.count
        let firstPersonal = batch.personal.count
        var isFirst = true
        for number in 0..<type.fieldCount {
            let field = plan.fields[type.fieldStart + number]
            if envelope.fields >> UInt64(truncatingIfNeeded: number) & 1 == 0 {
                if let column = field.column { batch.appendAbsent(column) }
                continue
            }
            if !isFirst { writer.put(0x2C) }
            isFirst = false
            writer.put(plan.blob, field.key)
            let token = Int(fieldTokens[number])
            let isWell =
                switch field.kind {
                case .text where field.personal != nil:
                    writePersonal(
                        token, field, input, envelope, firstSlot: firstSlot, base: base,
                        into: &batch)
                case .text: writeText(token, field, input, base: base, into: &batch)
                case .enumeration: writeEnumeration(token, field, input, into: &batch)
                case .boolean: writeBoolean(token, field, input, into: &batch)
                case .integer: writeInteger(token, field, input, into: &batch)
                case .day: writeDay(token, field, input, into: &batch)
                }
            guard isWell else { throw wrongField(number, token, envelope.form, input) }
        }
        if type.isRearranged {
            arrangeSlots(
                type, envelope.typeID, firstSlot, firstMoved, firstPersonal, &batch)
        }
    }

    /// Puts the slots of a form whose columns are not its type's in their order there.
    private mutating func arrangeSlots(
        _ form: EventPlan.TypeEntry, _ typeID: Int, _ firstSlot: Int, _ firstMoved: Int,
        _ firstPersonal: Int, _ batch: inout EventBatch
    ) {
        let written = Array(batch.slots[firstSlot...])
        batch.slots.removeLast(written.count)
        for column in types.schemas[typeID].columns {
            if let kind = column.column { batch.appendAbsent(kind) }
        }
        // Two names of one column stand in what recorded events are read by; an event has one.
        let absent = Array(batch.slots[firstSlot...])
        var targets: [Int: Int] = [:]
        for (index, place) in plan.columnPlaces[form.columnPlaces].enumerated()
        where written[2 * index] != absent[2 * place] {
            batch.slots[firstSlot + 2 * place] = written[2 * index]
            batch.slots[firstSlot + 2 * place + 1] = written[2 * index + 1]
            targets[firstSlot + 2 * index] = firstSlot + 2 * place
        }
        for index in firstMoved..<moved.count where moved[index].target >= firstSlot {
            moved[index].target = targets[moved[index].target] ?? moved[index].target
        }
        for index in firstPersonal..<batch.personal.count
        where batch.personal[index].pair != PersonalText.noPair {
            let pair = Int(batch.personal[index].pair)
            batch.personal[index].pair = UInt16(
                ((targets[firstSlot + 2 * pair] ?? firstSlot + 2 * pair) - firstSlot) / 2)
        }
    }

    /// Writes a text that tells of a person, and notes where it stands.
    ///
    /// In an entry it is a token, whose length says nothing of the text's; a column then holds it as
    /// the log's dictionary does, after `~`.
    private mutating func writePersonal(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput,
        _ envelope: Envelope, firstSlot: Int, base: Int, into batch: inout EventBatch
    ) -> Bool {
        guard input.kind(token) == .string else { return false }
        let length = input.length(token)
        let isSound =
            envelope.isEntry
            ? length == 0 || input.isToken(input.offset(token), length)
            : input.compareLength(token, minimum: field.minimum, maximum: field.maximum) == 0
                && (input.isPlain || input.isClean(token))
        guard isSound else { return false }
        let key = TextRange(
            offset: base + writer.count - field.key.count + 1, length: field.key.count - 3)
        writer.put(0x22)
        let at = writer.count
        let hasColumn = field.column != nil
        let isToken = envelope.isEntry && length > 0
        let target = hasColumn && !isToken ? batch.slots.count : personalTarget(batch)
        let range = writeContent(token, input, base: base, target: target)
        let fingerprint = Fingerprint(of: input.bytes(token))
        if length > 0 {
            batch.personal.append(
                PersonalText(
                    kind: field.personal == .name ? .name : .text, isAttribute: false,
                    isNumber: false,
                    at: UInt32(truncatingIfNeeded: at),
                    length: UInt32(truncatingIfNeeded: writer.count - at), text: range,
                    fingerprint: fingerprint, key: key,
                    pair: hasColumn
                        ? UInt16(truncatingIfNeeded: (batch.slots.count - firstSlot) / 2)
                        : PersonalText.noPair))
        }
        if isToken, hasColumn {
            moved.append((batch.slots.count, decoded.count))
            let start = decoded.count
            decoded.append(PersonalText.mark)
            decoded.append(copying: input.bytes(token))
            batch.slots.append(UInt64(length + 1))
            batch.slots.append(
                Fingerprint(of: decoded.span.extracting(start..<decoded.count)).value)
        } else if hasColumn {
            batch.slots.append(UInt64(range.offset) << 32 | UInt64(range.length))
            batch.slots.append(fingerprint.value)
        }
        writer.put(0x22)
        return true
    }

    /// What `moved` calls the personal text that comes next.
    func personalTarget(_ batch: EventBatch) -> Int { -10 - batch.personal.count }

    @inline(__always)
    private mutating func writeText(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput, base: Int,
        into batch: inout EventBatch
    ) -> Bool {
        guard input.kind(token) == .string,
            input.compareLength(token, minimum: field.minimum, maximum: field.maximum) == 0,
            input.isPlain || input.isClean(token),
            !field.isSubject || !namesPerson(token, input)
        else { return false }
        writer.put(0x22)
        if field.column != nil {
            let range = writeContent(token, input, base: base, target: batch.slots.count)
            batch.slots.append(UInt64(range.offset) << 32 | UInt64(range.length))
            batch.slots.append(Fingerprint(of: input.bytes(token)).value)
        } else if input.isPlain {
            writer.put(input.bytes(token))
        } else {
            // No slot will hold its place, so it must not be kept for one.
            _ = writer.putEscaped(input.bytes(token))
        }
        writer.put(0x22)
        return true
    }

    @inline(__always)
    private mutating func writeEnumeration(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput,
        into batch: inout EventBatch
    ) -> Bool {
        guard input.kind(token) == .string else { return false }
        let word = TextWord(input.text, input.offset(token), input.length(token))
        for place in field.values {
            let value = plan.values[place]
            guard value.isEqual(word, input.text, input.offset(token), plan.blob) else { continue }
            writer.put(0x22)
            if input.isPlain {
                writer.put(input.bytes(token))
            } else {
                _ = writer.putEscaped(input.bytes(token))
            }
            writer.put(0x22)
            if field.column != nil { batch.append(slot: Int64(value.place)) }
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func writeBoolean(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput,
        into batch: inout EventBatch
    ) -> Bool {
        switch input.kind(token) {
        case .yes: writer.put("true")
        case .no: writer.put("false")
        default: return false
        }
        if field.column != nil { batch.append(slot: input.kind(token) == .yes ? 2 : 1) }
        return true
    }

    @inline(__always)
    private mutating func writeInteger(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput,
        into batch: inout EventBatch
    ) -> Bool {
        guard input.kind(token) == .integer else { return false }
        let value = input.integer(token)
        guard value >= field.minimum, value <= field.maximum else { return false }
        writer.putNumber(value)
        if field.column != nil { batch.append(slot: value) }
        return true
    }

    private mutating func writeDay(
        _ token: Int, _ field: EventPlan.FieldEntry, _ input: borrowing EventInput,
        into batch: inout EventBatch
    ) -> Bool {
        guard input.kind(token) == .string, let day = Day(iso: input.bytes(token)) else {
            return false
        }
        writer.put(0x22)
        writer.put(input.bytes(token))
        writer.put(0x22)
        if field.column != nil { batch.append(slot: Int64(day.number)) }
        return true
    }
}

extension EventBatch {
    /// Appends the two slots of a value that is kept as it is.
    @inline(__always)
    fileprivate mutating func append(slot value: Int64) {
        slots.append(UInt64(bitPattern: value))
        slots.append(0)
    }

    /// Appends the two slots of a column without a value.
    @inline(__always)
    mutating func appendAbsent(_ column: ColumnKind) {
        switch column {
        case .name: slots.append(.max)
        case .enumeration, .boolean: slots.append(0)
        case .integer, .day: slots.append(UInt64(bitPattern: Int64.min))
        }
        slots.append(0)
    }
}
