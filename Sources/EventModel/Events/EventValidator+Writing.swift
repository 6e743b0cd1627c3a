extension EventValidator {
    /// Checks the fields of `data` and writes the event into the batch; the batch's slots are left
    /// to the caller to take back where this throws.
    mutating func write(
        _ input: borrowing EventInput, _ envelope: Envelope, line: Int,
        into batch: inout EventBatch
    ) throws(Rejection) {
        let base = batch.bytes.count
        decoded.removeAll(keepingCapacity: true)
        moved.removeAll(keepingCapacity: true)
        writer.removeAll()
        // No text grows by more than its escapes, no number is longer than 17 bytes.
        writer.reserve(
            input.text.count * (input.isPlain ? 1 : 6) + input.tokens.count * 16 + 1024
                + plan.entries[envelope.form].fieldCount * 72)
        let source = Fingerprint(of: input.bytes(envelope.source + 2))
        var row = EventRow(
            canonical: TextRange(offset: base, length: 0),
            type: UInt16(truncatingIfNeeded: envelope.typeID), time: envelope.instant,
            subjectFingerprint: Fingerprint(of: input.bytes(envelope.subject + 2)),
            identity: Fingerprint(source, Fingerprint(of: input.bytes(envelope.id + 2))),
            firstSlot: batch.slots.count, firstPersonal: batch.personal.count,
            firstContent: batch.content.count, line: line)
        row.order = sourceOrder(input, envelope)
        // Looked at here, where the texts have just been read; a source is mostly the one before.
        if lastSource?.fingerprint != source {
            let text = input.bytes(envelope.source + 2)
            lastSource = (source, ContactShape.mayBe(in: text))
        }
        row.mayHoldContact =
            lastSource?.mayHoldContact == true
            || ContactShape.mayBe(in: input.bytes(envelope.id + 2))
            || ContactShape.mayBe(in: input.bytes(envelope.subject + 2))
        if others.isEmpty {
            var subjectAt = 0
            writer.put(0x7B)
            for attribute in 0..<EventValidator.names.count {
                if attribute > 0 { writer.put(0x2C) }
                if attribute == EventValidator.source {
                    row.logAt = UInt32(truncatingIfNeeded: writer.count)
                }
                if attribute == EventValidator.subject { subjectAt = writer.count }
                try write(attribute, input, envelope, base: base, &row, into: &batch)
                if attribute == EventValidator.source { addContent(from: 1, to: &batch) }
            }
            addContent(from: subjectAt, to: &batch)
            writer.put(0x7D)
        } else {
            try writeSorted(input, envelope, base: base, &row, into: &batch)
        }
        let length = writer.count
        row.personalCount = UInt16(
            truncatingIfNeeded: batch.personal.count - Int(row.firstPersonal))
        row.contentCount = UInt8(truncatingIfNeeded: batch.content.count - Int(row.firstContent))
        let most =
            length + Int(row.personalCount) * (PersonalText.tokenBytes + 2)
            + EventBatch.longestLogAttributes + EventBatch.longestOrder + EventBatch.longestSender
        guard envelope.isEntry || most <= EventBatch.longestEntry else {
            throw tooLong(input.string(envelope.id + 2))
        }
        row.canonical.length = UInt32(truncatingIfNeeded: length)
        writer.flush(to: &batch.bytes)
        if !moved.isEmpty { place(&row, base: base + length, into: &batch) }
        for index in row.personal where batch.personal[index].kind == .subject {
            let kindLength = batch.personal[index].key.length
            batch.personal[index].text.offset = row.subject.offset + kindLength
            batch.personal[index].text.length = row.subject.length - kindLength
            batch.personal[index].key = TextRange(
                offset: Int(row.subject.offset), length: Int(kindLength))
        }
        batch.rows.append(row)
    }

    /// Notes a piece of what makes an event the same: what was written from `start` on. Pieces are
    /// read with a comma between them, so that one may stand for several that follow each other.
    private mutating func addContent(from start: Int, to batch: inout EventBatch) {
        batch.content.append(TextRange(offset: start, length: writer.count - start))
    }

    /// Which of an event's own attributes are its content, by their places in `names`.
    private static let isContent = [true, true, true, false, true, true, true]

    /// An event's own attributes in canonical order; their places are what `write` switches on.
    private static var names: [String] {
        ["data", "id", "source", "specversion", "subject", "time", "type"]
    }
    private static var source: Int { 2 }
    private static var subject: Int { 4 }

    /// Writes one of the event's own attributes, key and value.
    private mutating func write(
        _ attribute: Int, _ input: borrowing EventInput, _ envelope: Envelope, base: Int,
        _ row: inout EventRow, into batch: inout EventBatch
    ) throws(Rejection) {
        switch attribute {
        case 0:
            writer.put("\"data\":{")
            try writeFields(input, envelope, base: base, into: &batch)
            writer.put(0x7D)
            return
        case 1:
            writer.put("\"id\":\"")
            row.id = writeContent(envelope.id + 2, input, base: base, target: -1)
        case 2:
            writer.put("\"source\":\"")
            row.source = writeContent(envelope.source + 2, input, base: base, target: -2)
        case 3:
            writer.put("\"specversion\":\"1.0")
        case 4:
            writer.put("\"subject\":\"")
            let start = writer.count
            row.subject = writeContent(envelope.subject + 2, input, base: base, target: -3)
            // The kind of case, before the slash, needs no escapes.
            if envelope.personAt > 0 { addPerson(start, envelope, input, row, to: &batch) }
        case 5:
            writer.put("\"time\":\"")
            if envelope.isRecordedForm {
                writer.put(input.bytes(envelope.time + 2))
            } else if envelope.instant.nanoseconds == 0 {
                writer.put(envelope.instant.instant)
            } else {
                writer.putPlain(envelope.instant.rfc3339)
            }
        default:
            writer.put(plan.blob, plan.entries[envelope.typeID].ending)
            return
        }
        writer.put(0x22)
    }

    /// Notes the name of the person that a case is.
    private mutating func addPerson(
        _ start: Int, _ envelope: Envelope, _ input: borrowing EventInput, _ row: EventRow,
        to batch: inout EventBatch
    ) {
        let bytes = input.bytes(envelope.subject + 2)
        let at = start + envelope.personAt
        batch.personal.append(
            PersonalText(
                kind: .subject, isAttribute: false, isNumber: false,
                at: UInt32(truncatingIfNeeded: at),
                length: UInt32(truncatingIfNeeded: writer.count - at), text: row.subject,
                fingerprint: Fingerprint(
                    of: bytes.extracting(envelope.personAt..<bytes.count)),
                key: TextRange(offset: 0, length: envelope.personAt), pair: PersonalText.noPair))
    }

    /// Writes the event's own attributes and the others, sorted by name.
    private mutating func writeSorted(
        _ input: borrowing EventInput, _ envelope: Envelope, base: Int, _ row: inout EventRow,
        into batch: inout EventBatch
    ) throws(Rejection) {
        var keys = EventValidator.names.enumerated().map { (name: $1, place: $0) }
        for key in others { keys.append((input.string(key), key + EventValidator.names.count)) }
        keys.sort { $0.name < $1.name }
        var hasLog = false
        writer.put(0x7B)
        for (index, (name, place)) in keys.enumerated() {
            if index > 0 { writer.put(0x2C) }
            if !hasLog, name > LogMarks.prefix {
                row.logAt = UInt32(truncatingIfNeeded: writer.count)
                hasLog = true
            }
            let start = writer.count
            if place < EventValidator.names.count {
                try write(place, input, envelope, base: base, &row, into: &batch)
                if EventValidator.isContent[place] { addContent(from: start, to: &batch) }
            } else {
                let key = place - EventValidator.names.count
                writeOther(key, input, base: base, into: &batch)
                if key == envelope.sequence || key == envelope.sequencetype {
                    addContent(from: start, to: &batch)
                }
            }
        }
        writer.put(0x7D)
    }

    /// Writes another attribute; what it says may tell of persons, so that the log seals it.
    private mutating func writeOther(
        _ key: Int, _ input: borrowing EventInput, base: Int, into batch: inout EventBatch
    ) {
        writer.put(0x22)
        let name = TextRange(offset: base + writer.count, length: input.length(key))
        writer.put(input.bytes(key))
        writer.put("\":")
        let isClear = isClear(key, input)
        func seal(_ at: Int, _ text: TextRange, isNumber: Bool) {
            batch.personal.append(
                PersonalText(
                    kind: .text, isAttribute: true, isNumber: isNumber,
                    at: UInt32(truncatingIfNeeded: at),
                    length: UInt32(truncatingIfNeeded: writer.count - at), text: text,
                    fingerprint: Fingerprint(value: 0), key: name, pair: PersonalText.noPair))
        }
        switch input.kind(key + 2) {
        case .string:
            writer.put(0x22)
            let at = writer.count
            if isClear || input.length(key + 2) == 0 {
                _ = writer.putEscaped(input.bytes(key + 2))
            } else {
                let text = writeContent(
                    key + 2, input, base: base, target: personalTarget(batch))
                seal(at, text, isNumber: false)
            }
            writer.put(0x22)
        case .integer:
            let at = writer.count
            writer.putNumber(input.integer(key + 2))
            if !isClear {
                seal(
                    at, TextRange(offset: base + at, length: writer.count - at), isNumber: true)
            }
        case .yes: writer.put("true")
        default: writer.put("false")
        }
    }

    /// Writes the inside of a string and says where its decoded text will be in the batch.
    @inline(__always)
    mutating func writeContent(
        _ token: Int, _ input: borrowing EventInput, base: Int, target: Int
    ) -> TextRange {
        let start = writer.count
        let length = input.length(token)
        if input.isPlain {
            writer.put(input.bytes(token))
        } else if writer.putEscaped(input.bytes(token)) {
            moved.append((target, decoded.count))
            decoded.append(copying: input.bytes(token))
            return TextRange(offset: 0, length: length)
        }
        return TextRange(offset: base + start, length: length)
    }

    /// Appends the texts whose canonical form differs, and points their ranges there.
    private func place(_ row: inout EventRow, base: Int, into batch: inout EventBatch) {
        batch.bytes.append(contentsOf: decoded)
        for (target, offset) in moved {
            let place = UInt32(truncatingIfNeeded: base + offset)
            switch target {
            case -1: row.id.offset = place
            case -2: row.source.offset = place
            case -3: row.subject.offset = place
            case ...(-10): batch.personal[-10 - target].text.offset = place
            default: batch.slots[target] |= UInt64(place) << 32
            }
        }
        // A name in clear lies where its column or the subject has it.
        for index in row.personal {
            let personal = batch.personal[index]
            if personal.pair != PersonalText.noPair {
                let slot = batch.slots[Int(row.firstSlot) + 2 * Int(personal.pair)]
                guard personal.text.offset == 0 else { continue }
                batch.personal[index].text.offset = UInt32(truncatingIfNeeded: slot >> 32)
            }
        }
    }
}
