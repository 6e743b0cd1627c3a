/// Makes new inputs of old ones: flips bits, puts in extreme numbers, cuts, repeats and joins.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static let pieces: [[UInt8]] =
        [
            "0", "-1", "9007199254740993", "-9223372036854775808", "18446744073709551616", "1e999",
            "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", "\n", "\r\n", "\t", " ",
            "null", "\u{FEFF}", "é", "😀", "---\n", "- ", "&a", "*a", "!!", "|", "..", "%",
        ].map { Array($0.utf8) } + [
            [0], [0xFF], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        ]

    /// SplitMix64: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators (2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    /// A new input of some that are there.
    mutating func mutate(_ seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        // Half of them once only: what is read must first be nearly sound.
        for _ in 0...(below(2) == 0 ? 0 : below(4)) {
            let place = below(bytes.count)
            let end = min(bytes.count, place + 1 + below(12))
            switch below(8) {
            case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
            case 1 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 2: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: place)
            case 3:
                let piece = Self.pieces[below(Self.pieces.count)]
                let stop = min(bytes.count, place + piece.count)
                bytes.replaceSubrange(place..<stop, with: piece)
            case 4: bytes.removeSubrange(place..<end)
            case 5: bytes.insert(contentsOf: Array(bytes[place..<end]), at: below(bytes.count))
            case 6:
                let other = seeds[below(seeds.count)]
                let cut = below(other.count)
                bytes.replaceSubrange(place..., with: other[min(cut, other.count)...])
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
