internal import EventModel

/// One row of an input: its fields as text, whatever they stood in.
public struct InputRow: Sendable {
    /// 1-based line of the file the row starts in.
    public internal(set) var line = 0
    /// 1-based number of the row; the header is none, blank lines are none.
    public internal(set) var number = 0
    /// Of a document which of the mapping's levels it is a row of, from 0; 0 for rows of a table.
    var level = 0
    /// Fields that the row does not have, or has as `null`, by place; empty where it has all.
    var absent: [Bool] = []
    /// Why fields have no text, by place: `gives 2 values where one is wanted`.
    var problems: [Int: String] = [:]
    /// Whether some of its fields were times already where they stood, and are ISO 8601 here.
    var hasTimes = false
    /// The first named column that the row is too short for; nil where it has all.
    public internal(set) var firstMissing: String?
    /// The fields' UTF-8, one behind the other.
    var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    var ends: [Int] = []

    /// How many fields the row has.
    public var count: Int { ends.count }

    /// A field's text, blanks around it included.
    public subscript(index: Int) -> String {
        String(decoding: bytes[range(index)], as: UTF8.self)
    }

    /// Where a field's text lies in `bytes`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// A field's text in the one form in which texts are recorded: NFC, without what nobody sees at
    /// its ends.
    func normalText(_ index: Int) -> String {
        var range = range(index)
        if bytes[range].contains(where: { $0 >= 0x80 }) {
            return NormalText.form(of: self[index])
        }
        while let first = bytes[range].first, InputRow.isBlank(first) { range.removeFirst() }
        while let last = bytes[range].last, InputRow.isBlank(last) { range.removeLast() }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// Whether the row has a field, if perhaps an empty one.
    func has(_ index: Int) -> Bool { absent.isEmpty || !absent[index] }

    /// Whether a byte is white space of ASCII.
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    /// Whether nothing stands in any field.
    var isBlank: Bool { isBlank(from: 0) }

    /// Whether nothing stands in a field or in those behind it.
    func isBlank(from index: Int) -> Bool {
        index >= count || bytes[range(index).lowerBound...].allSatisfy { $0 == 32 || $0 == 9 }
    }

    /// The row as a line of CSV.
    var csvLine: [UInt8] {
        var line: [UInt8] = []
        for index in 0..<count {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            let field = bytes[range(index)]
            let isQuoted = field.contains { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }
            if isQuoted { line.append(34) }
            for byte in field { line += byte == 34 ? [34, 34] : [byte] }
            if isQuoted { line.append(34) }
        }
        return line + [10]
    }

    /// Appends a field.
    mutating func append(_ text: some Sequence<UInt8>) {
        bytes += text
        ends.append(bytes.count)
    }
}
