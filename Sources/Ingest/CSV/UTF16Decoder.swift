/// UTF-16 into UTF-8, piece by piece.
///
/// An unpaired surrogate becomes the three bytes that UTF-8 would have for it and that are no valid
/// UTF-8, so that the row it stands in is refused rather than changed.
struct UTF16Decoder {
    private let isBigEndian: Bool
    private var pendingByte: UInt8?
    private var highSurrogate: UInt32?

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    /// Appends the text of some more bytes, the first `count` of an array.
    mutating func decode(_ input: [UInt8], count: Int, appendingTo output: inout [UInt8]) {
        for index in 0..<count {
            guard let first = pendingByte else {
                pendingByte = input[index]
                continue
            }
            pendingByte = nil
            let second = input[index]
            let unit =
                isBigEndian
                ? UInt32(first) << 8 | UInt32(second) : UInt32(second) << 8 | UInt32(first)
            take(unit, &output)
        }
    }

    /// Says that the input is over: half a character left over is kept as an invalid byte.
    mutating func finish(appendingTo output: inout [UInt8]) {
        if let high = highSurrogate { put(high, &output) }
        if pendingByte != nil { output.append(0xFF) }
        highSurrogate = nil
        pendingByte = nil
    }

    private mutating func take(_ unit: UInt32, _ output: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if (0xDC00...0xDFFF).contains(unit) {
                put(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00), &output)
                return
            }
            put(high, &output)
        }
        if (0xD800...0xDBFF).contains(unit) {
            highSurrogate = unit
        } else {
            put(unit, &output)
        }
    }

    private func put(_ scalar: UInt32, _ output: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
        switch scalar {
        case ..<0x80:
            output.append(UInt8(scalar))
        case ..<0x800:
            output.append(UInt8(0xC0 | scalar >> 6))
            output.append(continuation(0))
        case ..<0x10000:
            output.append(UInt8(0xE0 | scalar >> 12))
            output.append(continuation(6))
            output.append(continuation(0))
        default:
            output.append(UInt8(0xF0 | scalar >> 18))
            output.append(continuation(12))
            output.append(continuation(6))
            output.append(continuation(0))
        }
    }
}
