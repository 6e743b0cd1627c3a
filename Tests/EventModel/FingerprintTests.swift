import EventModel
import Testing

@Suite("Fingerprints: against a byte-by-byte reading of the same algorithm")
struct FingerprintTests {
    /// The algorithm once more, one byte at a time.
    private func reference(_ bytes: [UInt8]) -> UInt64 {
        let secret: (UInt64, UInt64) = (0x2d35_8dcc_aa6c_78a5, 0x8bb8_4b93_962e_acc9)
        func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let product = left.multipliedFullWidth(by: right)
            return product.high ^ product.low
        }
        var state = secret.0 ^ UInt64(bytes.count)
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let block = bytes[start..<min(start + 16, bytes.count)]
            var words: [UInt64] = [0, 0]
            for (index, byte) in block.enumerated() {
                words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
            }
            state = fold(words[0] ^ secret.1, words[1] ^ state)
        }
        return fold(state ^ secret.0, UInt64(bytes.count) ^ secret.1)
    }

    @Test("Every length gives what the reference gives, wherever the bytes lie")
    func lengths() {
        var generator = SeededGenerator(seed: 11)
        let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for start in 0..<9 {
            for length in 0...120 {
                let part = Array(bytes[start..<start + length])
                let found = Fingerprint(of: bytes.span.extracting(start..<start + length))
                #expect(found.value == reference(part), "from \(start), \(length) bytes")
            }
        }
    }

    @Test("Fingerprints are the same for ever: stores hold them")
    func constants() {
        func of(_ text: String) -> UInt64 { Fingerprint(of: text.utf8Span.span).value }
        #expect(of("") == reference([]))
        #expect(of("ticket/1") == 14_547_232_611_607_582_762)
        #expect(of("Budi Santoso, Layanan Pelanggan") == 13_044_673_762_983_940_003)
    }

    @Test("A pair's fingerprint rests on both halves, whatever they are, and on which is the first")
    func pairs() {
        let halves: [UInt64] = [0, 1, 2, 1 << 32, 1 << 63, .max]
        var seen = Set<UInt64>()
        for first in halves {
            for second in halves {
                seen.insert(
                    Fingerprint(Fingerprint(value: first), Fingerprint(value: second)).value)
            }
        }
        #expect(seen.count == halves.count * halves.count)
    }

    @Test("A hundred thousand names of one form have a hundred thousand fingerprints")
    func spread() {
        var seen = Set<UInt64>()
        var highest = Set<UInt64>()
        for number in 0..<100_000 {
            let value = Fingerprint(of: "ticket/\(number)".utf8Span.span).value
            seen.insert(value)
            highest.insert(value >> 48)
        }
        #expect(seen.count == 100_000)
        // 65,536 boxes and 100,000 balls leave about 51,300 boxes that are not empty.
        #expect((50_500...52_000).contains(highest.count))
    }
}
