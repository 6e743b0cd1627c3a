/// Finds one row in a buffer: RFC 4180, with the habits of real exports (a quote inside an unquoted
/// field is a character like any other; rows end with LF, CRLF or, in a file that has no LF in its
/// first line, CR).
struct CSVScanner {
    var delimiter: UInt8
    var endsWithCR = false
    var longestField: Int
    var mostFields: Int

    /// What was found at a place of the buffer.
    enum Result: Equatable {
        /// A row; the next one starts at `end`. `lines` line ends lie within it, its own included.
        case row(end: Int, lines: Int)
        /// The row goes on past the buffer.
        case incomplete
        /// No row can start here.
        case fault(Fault)
    }

    /// Why no row can be read.
    enum Fault: Equatable {
        case unclosedQuote
        case textAfterQuote
        case longField
        case manyFields
    }

    private static let quote = UInt8(ascii: "\"")

    /// Reads the row that starts at `start` into `row`; with `isLast` the buffer's end ends it.
    ///
    /// - Complexity: O(length of the row).
    func scan(_ buffer: Span<UInt8>, from start: Int, isLast: Bool, into row: inout InputRow)
        -> Result
    {
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        var position = start
        var lines = 0
        while true {
            let fieldStart = row.bytes.count
            if position < buffer.count, buffer[position] == CSVScanner.quote {
                switch quoted(buffer, &position, &lines, isLast: isLast, into: &row.bytes) {
                case .row: break
                case let other: return other
                }
            } else {
                plain(buffer, &position, into: &row.bytes)
            }
            if row.bytes.count - fieldStart > longestField { return .fault(.longField) }
            if row.ends.count == mostFields { return .fault(.manyFields) }
            guard position < buffer.count else {
                guard isLast else { return .incomplete }
                row.ends.append(row.bytes.count)
                return .row(end: position, lines: lines)
            }
            let byte = buffer[position]
            if byte == delimiter {
                position += 1
                row.ends.append(row.bytes.count)
                continue
            }
            if byte == 13, !endsWithCR {
                // A plain field stops at CR only before LF or the buffer's end.
                guard position + 1 < buffer.count else {
                    guard isLast else { return .incomplete }
                    row.ends.append(row.bytes.count)
                    return .row(end: position + 1, lines: lines)
                }
                guard buffer[position + 1] == 10 else { return .fault(.textAfterQuote) }
                position += 1
            } else if byte != 10, byte != 13 {
                return .fault(.textAfterQuote)
            }
            row.ends.append(row.bytes.count)
            return .row(end: position + 1, lines: lines + 1)
        }
    }

    /// Copies up to the end of an unquoted field.
    @inline(__always)
    private func plain(_ buffer: Span<UInt8>, _ position: inout Int, into bytes: inout [UInt8]) {
        while position < buffer.count {
            let byte = buffer[position]
            if byte == delimiter || byte == 10 { return }
            if byte == 13 {
                let next = position + 1
                if endsWithCR || next == buffer.count || buffer[next] == 10 { return }
            }
            bytes.append(byte)
            position += 1
        }
    }

    /// Copies a quoted field, `position` at its opening quote, to behind the closing one.
    private func quoted(
        _ buffer: Span<UInt8>, _ position: inout Int, _ lines: inout Int, isLast: Bool,
        into bytes: inout [UInt8]
    ) -> Result {
        position += 1
        let start = bytes.count
        while position < buffer.count {
            let byte = buffer[position]
            if byte == CSVScanner.quote {
                guard position + 1 < buffer.count else {
                    guard isLast else { return .incomplete }
                    position += 1
                    return .row(end: position, lines: lines)
                }
                guard buffer[position + 1] == CSVScanner.quote else {
                    position += 1
                    return .row(end: position, lines: lines)
                }
                position += 1
            } else if byte == 10 || (byte == 13 && endsWithCR) {
                lines += 1
            }
            bytes.append(byte)
            position += 1
            if bytes.count - start > longestField { return .fault(.unclosedQuote) }
        }
        return isLast ? .fault(.unclosedQuote) : .incomplete
    }
}
