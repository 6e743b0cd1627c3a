/// A decimal number by its value, however it is written and however long it is: `1`, `1.0` and `10e-1`
/// are the same, `9007199254740993` is not `9007199254740992`.
struct DecimalText: Hashable, Comparable {
    private var isNegative: Bool
    /// Without zeros at its ends; empty for nought.
    private var digits: [UInt8]
    /// Ten to this power times `0.digits`.
    private var power: Int

    /// A number by JSON's grammar.
    init(_ text: String) {
        var mantissa = Array(text.utf8)
        var exponent = 0
        if let mark = mantissa.firstIndex(where: { $0 | 0x20 == 0x65 }) {
            let written = String(decoding: mantissa[(mark + 1)...], as: UTF8.self)
            // Beyond any number that is told apart from nought or from others of its size.
            exponent = Int(written) ?? (written.hasPrefix("-") ? Int(Int32.min) : Int(Int32.max))
            exponent = min(max(exponent, Int(Int32.min)), Int(Int32.max))
            mantissa.removeSubrange(mark...)
        }
        isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa.removeFirst() }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        power = digits.isEmpty ? 0 : point - leading + exponent
        if digits.isEmpty { isNegative = false }
    }

    static func < (left: DecimalText, right: DecimalText) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? right.isCloserToNought(than: left) : left.isCloserToNought(than: right)
    }

    private func isCloserToNought(than other: DecimalText) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if power != other.power { return power < other.power }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
