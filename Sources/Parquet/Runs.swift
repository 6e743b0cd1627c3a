/// Reads small numbers in runs: repeated ones, and groups of eight packed bit by bit (parquet-format,
/// Encodings.md, *Run Length Encoding / Bit-Packing Hybrid*).
///
/// Nothing is unpacked before it is asked for, whatever length a run states.
struct RunReader {
    private var position: Int
    private let end: Int
    /// Bits of each number, 0 to 32.
    private let width: Int
    /// Numbers of the run at hand that are still to come.
    private var left: UInt64 = 0
    private var isRepeated = false
    private var repeated: UInt32 = 0
    /// Of packed ones, the bit where the next begins.
    private var bit = 0

    /// Reads numbers that stand in a range of some bytes.
    init(_ range: Range<Int>, width: Int) {
        precondition((0...32).contains(width), "numbers have at most 32 bits")
        position = range.lowerBound
        end = range.upperBound
        self.width = width
    }

    /// The next number.
    mutating func next(in bytes: [UInt8]) throws(ThriftFault) -> UInt32 {
        while left == 0 { try begin(bytes) }
        left -= 1
        if isRepeated { return repeated }
        guard width > 0 else { return 0 }
        // Some writers cut the last group off behind its last number.
        guard bit + width <= end * 8 else { throw .cut }
        var value: UInt64 = 0
        var byte = bit >> 3
        var shift = -(bit & 7)
        while shift < width {
            value |= shift < 0 ? UInt64(bytes[byte]) >> -shift : UInt64(bytes[byte]) << shift
            byte += 1
            shift += 8
        }
        bit += width
        return UInt32(truncatingIfNeeded: value & (1 << UInt64(width) - 1))
    }

    private mutating func begin(_ bytes: [UInt8]) throws(ThriftFault) {
        var header: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw .cut }
            guard shift < 35 else { throw .damaged }
            let byte = bytes[position]
            position += 1
            header |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        isRepeated = header & 1 == 0
        if isRepeated {
            left = header >> 1
            repeated = 0
            for index in 0..<(width + 7) / 8 {
                guard position < end else { throw .cut }
                repeated |= UInt32(bytes[position]) << UInt32(8 * index)
                position += 1
            }
            if width < 32, repeated >> UInt32(width) != 0 { throw .damaged }
        } else {
            left = (header >> 1) * 8
            bit = position * 8
            position = min(end, position + Int(header >> 1) * width)
        }
    }
}

/// Writes small numbers in runs: see `RunReader`.
enum RunWriter {
    /// How many bits the numbers up to one need.
    static func width(of most: Int) -> Int { Int.bitWidth - most.leadingZeroBitCount }

    /// Appends some numbers.
    ///
    /// Eight or more equal ones are a run; what stands between is packed, in whole groups of eight.
    static func append(_ numbers: ArraySlice<UInt32>, width: Int, to bytes: inout [UInt8]) {
        var packedStart = numbers.startIndex
        var place = numbers.startIndex
        while place < numbers.endIndex {
            let value = numbers[place]
            let run = numbers[place...].prefix { $0 == value }.count
            // What fills the last group of those to be packed.
            let filling = (8 - (place - packedStart) % 8) % 8
            guard run - filling >= 8 else {
                place += run
                continue
            }
            place += filling
            pack(numbers[packedStart..<place], width: width, to: &bytes)
            bytes.append(varint: UInt64(run - filling) << 1)
            for index in 0..<(width + 7) / 8 {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index)))
            }
            place += run - filling
            packedStart = place
        }
        pack(numbers[packedStart...], width: width, to: &bytes)
    }

    private static func pack(
        _ numbers: ArraySlice<UInt32>, width: Int, to bytes: inout [UInt8]
    ) {
        guard !numbers.isEmpty else { return }
        let groups = (numbers.count + 7) / 8
        bytes.append(varint: UInt64(groups) << 1 | 1)
        var held: UInt64 = 0
        var bits = 0
        for number in numbers {
            held |= UInt64(number) << UInt64(bits)
            bits += width
            while bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: held))
                held >>= 8
                bits -= 8
            }
        }
        let padding = (groups * 8 - numbers.count) * width
        for _ in 0..<(bits + padding) / 8 {
            bytes.append(UInt8(truncatingIfNeeded: held))
            held = 0
        }
    }
}
