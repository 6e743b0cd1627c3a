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
        var row = EventRow(
            canonical: TextRange(offset: base, length: 0), recordedTimeAt: 0, sequenceAt: 0,
            type: UInt16(truncatingIfNeeded: envelope.typeID), time: envelope.instant,
            subject: TextRange(offset: 0, length: 0),
            subjectFingerprint: Fingerprint(of: input.bytes(envelope.subject + 2)),
            source: TextRange(offset: 0, length: 0), id: TextRange(offset: 0, length: 0),
            identity: Fingerprint(
                Fingerprint(of: input.bytes(envelope.source + 2)),
                Fingerprint(of: input.bytes(envelope.id + 2))),
            firstSlot: UInt32(truncatingIfNeeded: batch.slots.count), line: line)
        if others.isEmpty {
            writer.put(0x7B)
            for attribute in 0..<EventValidator.names.count {
                if attribute > 0 { writer.put(0x2C) }
                if attribute == EventValidator.source {
                    row.recordedTimeAt = UInt32(truncatingIfNeeded: writer.count)
                    row.sequenceAt = row.recordedTimeAt
                }
                try write(attribute, input, envelope, base: base, &row, into: &batch)
            }
            writer.put(0x7D)
        } else {
            try writeSorted(input, envelope, base: base, &row, into: &batch)
        }
        let length = writer.count
        guard length + EventBatch.longestLogAttributes <= EventBatch.longestEntry else {
            throw tooLong(input.string(envelope.id + 2))
        }
        row.canonical.length = UInt32(truncatingIfNeeded: length)
        writer.flush(to: &batch.bytes)
        if !moved.isEmpty { place(&row, base: base + length, into: &batch) }
        batch.rows.append(row)
    }

    /// An event's own attributes in canonical order; their places are what `write` switches on.
    private static var names: [String] {
        ["data", "id", "source", "specversion", "subject", "time", "type"]
    }
    private static var source: Int { 2 }

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
            row.subject = writeContent(envelope.subject + 2, input, base: base, target: -3)
        case 5:
            writer.put("\"time\":\"")
            if envelope.isRecordedForm {
                writer.put(input.bytes(envelope.time + 2))
            } else {
                writer.put(envelope.instant)
            }
        default:
            writer.put(plan.blob, plan.entries[envelope.typeID].ending)
            return
        }
        writer.put(0x22)
    }

    /// Writes the event's own attributes and the others, sorted by name.
    private mutating func writeSorted(
        _ input: borrowing EventInput, _ envelope: Envelope, base: Int, _ row: inout EventRow,
        into batch: inout EventBatch
    ) throws(Rejection) {
        var keys = EventValidator.names.enumerated().map { (name: $1, place: $0) }
        for key in others { keys.append((input.string(key), key + EventValidator.names.count)) }
        keys.sort { $0.name < $1.name }
        var hasRecordedTime = false
        var hasSequence = false
        writer.put(0x7B)
        for (index, (name, place)) in keys.enumerated() {
            if index > 0 { writer.put(0x2C) }
            if !hasRecordedTime, name > "recordedtime" {
                row.recordedTimeAt = UInt32(truncatingIfNeeded: writer.count)
                hasRecordedTime = true
            }
            if !hasSequence, name > "sequence" {
                row.sequenceAt = UInt32(truncatingIfNeeded: writer.count)
                hasSequence = true
            }
            if place < EventValidator.names.count {
                try write(place, input, envelope, base: base, &row, into: &batch)
            } else {
                writeOther(place - EventValidator.names.count, input)
            }
        }
        writer.put(0x7D)
    }

    private mutating func writeOther(_ key: Int, _ input: borrowing EventInput) {
        writer.put(0x22)
        writer.put(input.bytes(key))
        writer.put("\":")
        switch input.kind(key + 2) {
        case .string:
            writer.put(0x22)
            _ = writer.putEscaped(input.bytes(key + 2))
            writer.put(0x22)
        case .integer: writer.putNumber(input.integer(key + 2))
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
            default: batch.slots[target] |= UInt64(place) << 32
            }
        }
    }
}
