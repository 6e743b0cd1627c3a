internal import EventModel

extension CSVReader {
    /// Finds the next row, fault or blank line; false at the end.
    func scanRow() throws -> Bool {
        rawLimit = Int.max
        var wanted = CSVReader.chunkBytes
        while true {
            skipByteOrderMarks()
            if position == buffer.count, isAtEnd {
                rowStart = position
                return false
            }
            let result = scanner.scan(buffer.span, from: position, isLast: isAtEnd, into: &row)
            switch result {
            case .row(let end, let lines):
                // Also where the whole of it is in the buffer already.
                let ending = min(end, buffer.count) - position - (lines > 0 ? 1 : 0)
                guard ending <= format.longestRow else {
                    try skipLongRow()
                    return true
                }
                finishRow(end, lines)
                return true
            case .fault(let fault):
                try skipLine(fault)
                return true
            case .incomplete:
                if buffer.count - position > format.longestRow {
                    try skipLongRow()
                    return true
                }
                // Each try reads twice as much as the last, so that a long row is scanned a few
                // times only.
                _ = try refill(atLeast: wanted)
                wanted *= 2
            }
        }
    }

    /// Passes U+FEFF before a row: files that each begin with one may have been joined.
    private func skipByteOrderMarks() {
        while buffer.count - position >= 3, buffer[position] == 0xEF,
            buffer[position + 1] == 0xBB, buffer[position + 2] == 0xBF
        {
            position += 3
        }
    }

    private func finishRow(_ end: Int, _ lines: Int) {
        rowStart = position
        position = end
        row.line = line
        row.firstMissing = nil
        line += max(lines, 1)
        let isBlankLine = row.count == 1 && row.isBlank
        found = isBlankLine && header.count != 1 ? .blank : .row
        if case .row = found, !header.isEmpty {
            rowNumber += 1
            row.number = rowNumber
        }
    }

    /// Passes the physical line in which a row could not be read.
    private func skipLine(_ fault: CSVScanner.Fault) throws {
        let lineEnd: UInt8 = scanner.endsWithCR ? 13 : 10
        while true {
            let end = buffer.next(lineEnd, from: position, to: buffer.count)
            if end == buffer.count, !isAtEnd {
                guard end - position <= format.longestRow else { return try skipLongRow() }
                _ = try refill(atLeast: CSVReader.chunkBytes)
                continue
            }
            rowStart = position
            position = min(end + 1, buffer.count)
            break
        }
        let problem =
            switch fault {
            case .unclosedQuote: "a quote is opened and not closed (expected \" at the field's end)"
            case .textAfterQuote: "text follows a closing quote (expected quotes inside as \"\")"
            case .manyFields: "it has more than \(format.mostColumns) fields"
            case .longField: "a field is longer than \(format.longestField) bytes"
            }
        refuse(problem)
        line += 1
    }

    /// Passes a row without end, keeping its beginning for `rawRow`.
    private func skipLongRow() throws {
        let kept = min(65_536, format.longestRow)
        let lineEnd: UInt8 = scanner.endsWithCR ? 13 : 10
        rowStart = position
        refuse("the row is longer than \(format.longestRow) bytes")
        var place = position + kept
        while true {
            place = buffer.next(lineEnd, from: place, to: buffer.count)
            if place < buffer.count || isAtEnd { break }
            // Only the beginning is kept; the rest gives way to what comes.
            buffer.removeSubrange(position + kept..<buffer.count)
            place = position + kept
            let before = position
            _ = try refill(atLeast: CSVReader.chunkBytes)
            place -= before - position
            rowStart = position
        }
        position = min(place + 1, buffer.count)
        rawLimit = kept
        line += 1
    }

    private func refuse(_ problem: String) {
        found = .fault(Rejection(kind: .unreadable, line: line, field: "", problem: problem))
        rowNumber += 1
    }

    /// Reads more behind what is held, dropping the rows that are done with; false at the end.
    func refill(atLeast wanted: Int) throws -> Bool {
        guard !isAtEnd else { return false }
        if let fault { throw fault }
        buffer.removeSubrange(0..<position)
        position = 0
        rowStart = 0
        if chunk.count < wanted { chunk = [UInt8](repeating: 0, count: wanted) }
        var span = chunk.mutableSpan
        let count = try source.read(into: &span)
        isAtEnd = count == 0
        if utf16 != nil {
            utf16!.decode(chunk, count: count, appendingTo: &buffer)
            if isAtEnd { utf16!.finish(appendingTo: &buffer) }
        } else {
            buffer.append(contentsOf: chunk[0..<count])
        }
        return !isAtEnd
    }

    /// Text encoding, NUL and the number of fields of the row just found.
    func settle() -> Rejection? {
        if let rejection = decode() { return rejection }
        return table.fit(
            &row, hint: " (a text that holds the delimiter stands in quotes)")
    }

    func decode() -> Rejection? {
        var isASCII = true
        for byte in row.bytes {
            if byte >= 0x80 { isASCII = false }
            if byte == 0 {
                return Rejection(
                    kind: .unreadable, line: row.line, field: fieldName { $0 == 0 },
                    problem: "a NUL byte stands in it"
                )
            }
        }
        if isASCII { return nil }
        let isUTF8 = CSVReader.isUTF8(row)
        if encoding == nil { encoding = isUTF8 ? .utf8 : .windows1252 }
        switch encoding! {
        case .utf8, .utf16:
            guard !isUTF8 else { return nil }
            return Rejection(
                kind: .unreadable, line: row.line, field: fieldName { $0 >= 0x80 },
                problem: "it is no valid \(encoding!.rawValue) text (state the file's encoding in "
                    + "the mapping, for example windows-1252)")
        case let encoding:
            var bytes: [UInt8] = []
            var start = 0
            for index in row.ends.indices {
                for byte in row.bytes[start..<row.ends[index]] { encoding.append(byte, to: &bytes) }
                start = row.ends[index]
                row.ends[index] = bytes.count
            }
            row.bytes = bytes
            return nil
        }
    }

    /// Whether each field is UTF-8; by themselves, since a field's last bytes and the next one's
    /// first might make a character together.
    private static func isUTF8(_ row: InputRow) -> Bool {
        let bytes = row.bytes.span
        return row.ends.indices.allSatisfy { index in
            (try? UTF8Span(validating: bytes.extracting(row.range(index)))) != nil
        }
    }

    /// The column of the first byte of some kind.
    private func fieldName(_ isMeant: (UInt8) -> Bool) -> String {
        guard let place = row.bytes.firstIndex(where: isMeant),
            let index = row.ends.firstIndex(where: { place < $0 }), index < header.count
        else { return "" }
        return header[index]
    }
}
