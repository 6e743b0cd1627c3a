extension CSVReader {
    /// Byte-order mark, first chunk, `sep=` line, delimiter, line ends.
    func readFirstBytes() throws {
        do {
            while buffer.count < 65_536, try refill(atLeast: CSVReader.chunkBytes) {}
        } catch {
            // The whole rows before the fault come first.
            if buffer.isEmpty { throw error }
            fault = error
        }
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
            buffer.removeFirst(3)
            encoding = encoding ?? .utf8
        } else if encoding == nil || encoding == .utf16 {
            try startUTF16()
        }
        if let first = buffer.first(where: { $0 == 10 || $0 == 13 }), first == 13,
            let place = buffer.firstIndex(of: 13)
        {
            scanner.endsWithCR = place + 1 < buffer.count && buffer[place + 1] != 10
        }
        var stated: UInt8?
        if buffer.starts(with: Array("sep=".utf8)), buffer.count > 5,
            buffer[5] == 10 || buffer[5] == 13
        {
            // Excel's own way to state the delimiter.
            stated = buffer[4]
            position = buffer.count > 6 && buffer[6] == 10 ? 7 : 6
            line = 2
        }
        try skipLines(format.linesAbove)
        scanner.delimiter = format.delimiter ?? stated ?? sniffedDelimiter()
    }

    /// Passes over lines above the header.
    private func skipLines(_ count: Int) throws {
        let lineEnd: UInt8 = scanner.endsWithCR ? 13 : 10
        for _ in 0..<count {
            while !buffer[position...].contains(lineEnd), try refill(atLeast: CSVReader.chunkBytes)
            {
                guard buffer.count <= format.longestRow else { throw CSVFault.noHeader }
            }
            let end = buffer[position...].firstIndex(of: lineEnd).map { $0 + 1 } ?? buffer.count
            rawPreamble += buffer[position..<end]
            position = end
            line += 1
        }
    }

    private func startUTF16() throws {
        let isBig = buffer.starts(with: [0xFE, 0xFF])
        let isLittle = buffer.starts(with: [0xFF, 0xFE])
        guard isBig || isLittle || encoding == .utf16 else { return }
        encoding = .utf16
        var decoder = UTF16Decoder(isBigEndian: isBig)
        let stored = Array(buffer.dropFirst(isBig || isLittle ? 2 : 0))
        buffer.removeAll(keepingCapacity: true)
        decoder.decode(stored, count: stored.count, appendingTo: &buffer)
        if isAtEnd { decoder.finish(appendingTo: &buffer) }
        utf16 = decoder
    }

    /// The candidate under which most of the first rows have as many fields as the first one, and
    /// of those the one with most fields; comma when none parts the first row.
    private func sniffedDelimiter() -> UInt8 {
        var best = (byte: UInt8(ascii: ","), even: -1, fields: 1)
        for (_, byte) in CSVFormat.delimiters {
            var probe = scanner
            probe.delimiter = byte
            var row = InputRow()
            var place = position
            var expected = 0
            var even = 0
            for index in 0..<20 {
                let result = probe.scan(buffer.span, from: place, isLast: isAtEnd, into: &row)
                guard case .row(let end, _) = result, end > place else { break }
                place = end
                if index == 0 { expected = row.count }
                if row.count == expected { even += 1 }
            }
            guard expected > 1 else { continue }
            if even > best.even || (even == best.even && expected > best.fields) {
                best = (byte, even, expected)
            }
        }
        return best.byte
    }

    func readHeader() throws {
        repeat {
            guard try scanRow() else { throw CSVFault.noHeader }
            if case .fault(let rejection) = found { throw CSVFault.header(rejection) }
        } while row.isBlank
        if let rejection = decode() { throw CSVFault.header(rejection) }
        headerLine = Array(rawRow)
        table = TableHeader((0..<row.count).map { row[$0] })
    }
}
