import Testing

@testable import EventLog

/// The digest against another way to write SipHash: one word at a time over an array of state, with any
/// number of rounds, itself held by the authors' own vectors for 2 and 4 rounds.
@Suite struct ContentDigestTests {
    private func sipHash(
        _ bytes: [UInt8], key: [UInt8], rounds: Int, last: Int
    ) -> UInt64 {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let keys = [word(key[0..<8]), word(key[8..<16])]
        var state: [UInt64] = [
            keys[0] ^ 0x736f_6d65_7073_6575, keys[1] ^ 0x646f_7261_6e64_6f6d,
            keys[0] ^ 0x6c79_6765_6e65_7261, keys[1] ^ 0x7465_6462_7974_6573,
        ]
        func turn(_ place: Int, _ bits: Int) {
            state[place] = state[place] << UInt64(bits) | state[place] >> UInt64(64 - bits)
        }
        func mix(_ count: Int) {
            for _ in 0..<count {
                state[0] &+= state[1]
                state[2] &+= state[3]
                turn(1, 13)
                turn(3, 16)
                state[1] ^= state[0]
                state[3] ^= state[2]
                turn(0, 32)
                state[2] &+= state[1]
                state[0] &+= state[3]
                turn(1, 17)
                turn(3, 21)
                state[1] ^= state[2]
                state[3] ^= state[0]
                turn(2, 32)
            }
        }
        var padded = bytes + Array(repeating: 0, count: 7 - bytes.count % 8)
        padded.append(UInt8(truncatingIfNeeded: bytes.count))
        for start in stride(from: 0, to: padded.count, by: 8) {
            let next = word(padded[start..<start + 8])
            state[3] ^= next
            mix(rounds)
            state[0] ^= next
        }
        state[2] ^= 0xff
        mix(last)
        return state[0] ^ state[1] ^ state[2] ^ state[3]
    }

    /// The digest of bytes that come in growing pieces, and one by one.
    private func inPieces(_ bytes: [UInt8], _ digest: ContentDigest, first: Int) -> [UInt8] {
        var pieces = ContentDigest.Pieces(digest)
        var output = [UInt8](repeating: 0, count: 8)
        var rest = bytes[...]
        var length = first
        while !rest.isEmpty {
            let piece = Array(rest.prefix(length))
            unsafe pieces.take(piece, count: piece.count)
            rest = rest.dropFirst(length)
            if let byte = rest.popFirst() { pieces.take(byte) }
            length += 2
        }
        unsafe pieces.end(into: &output)
        return output
    }

    @Test func `the digest is SipHash-1-3 at every length`() {
        let key = (0..<16).map { UInt8($0) }
        // Source: vectors.h of the authors' reference code, SipHash-2-4 of 0, 1, … n − 1.
        #expect(sipHash([], key: key, rounds: 2, last: 4) == 0x726f_db47_dd0e_0e31)
        #expect(
            sipHash((0..<15).map { UInt8($0) }, key: key, rounds: 2, last: 4)
                == 0xa129_ca61_49be_45e5)
        let digest = ContentDigest(key: key)
        for count in 0..<80 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
            var output = [UInt8](repeating: 0, count: 8)
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe digest.write(
                        bytes.baseAddress ?? UnsafePointer(output.baseAddress!),
                        count: bytes.count, into: output.baseAddress!)
                }
            }
            let expected = sipHash(bytes, key: key, rounds: 1, last: 3)
            #expect(inPieces(bytes, digest, first: count / 3) == output)
            #expect(output == (0..<8).map { UInt8(truncatingIfNeeded: expected >> (8 * $0)) })
        }
    }
}
