/// One row of a CSV file: its fields as text, quotes taken off.
public struct CSVRow: Sendable {
    /// 1-based line of the file the row starts in.
    public internal(set) var line = 0
    /// 1-based number of the row; the header is none, blank lines are none.
    public internal(set) var number = 0
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

    /// The same without blanks and tabs around the text.
    @inline(__always)
    func trimmedRange(_ index: Int) -> Range<Int> {
        var range = range(index)
        while !range.isEmpty, bytes[range.lowerBound] == 32 || bytes[range.lowerBound] == 9 {
            range = range.lowerBound + 1..<range.upperBound
        }
        while !range.isEmpty, bytes[range.upperBound - 1] == 32 || bytes[range.upperBound - 1] == 9
        {
            range = range.lowerBound..<range.upperBound - 1
        }
        return range
    }

    /// Whether nothing stands in any field.
    var isBlank: Bool { bytes.allSatisfy { $0 == 32 || $0 == 9 } }
}
