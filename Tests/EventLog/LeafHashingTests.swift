import Crypto
import Testing

@testable import EventLog

/// Method: messages of every length up to several blocks, alone and in pairs of unlike lengths, are
/// hashed and compared with the library's SHA-256; so is the root of a tile with one made by recursion.
@Suite("Hashes of entries, by an independent SHA-256")
struct LeafHashingTests {
    private func message(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ count) }
    }

    private func expected(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    @Test("One message of any length, by the machine's instructions and without them")
    func single() {
        for count in 0..<400 {
            let bytes = message(count) + [0]
            var fast = [UInt8](repeating: 0, count: 32)
            var slow = fast
            unsafe LeafHashing.hash(bytes, count: count, into: &fast)
            unsafe LeafHashing.hashByLibrary(bytes, count: count, into: &slow)
            #expect(fast == expected(Array(bytes.dropLast())), "\(count) bytes")
            #expect(slow == fast)
        }
    }

    @Test("Two messages at a time, however unlike their lengths")
    func pairs() {
        let lengths = [0, 1, 54, 55, 56, 63, 64, 65, 118, 119, 120, 127, 128, 129, 330, 1000]
        for one in lengths {
            for two in lengths {
                let (first, second) = (message(one) + [0], message(two) + [0])
                var hashes = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
                unsafe LeafHashing.hashTwo(
                    first, count: one, into: &hashes.0, second, count: two, into: &hashes.1)
                #expect(hashes.0 == expected(Array(first.dropLast())), "\(one) beside \(two)")
                #expect(hashes.1 == expected(Array(second.dropLast())), "\(two) beside \(one)")
            }
        }
    }

    @Test("The root of a tile's 256 hashes")
    func tile() {
        func root(_ hashes: ArraySlice<[UInt8]>) -> [UInt8] {
            if hashes.count == 1, let only = hashes.first { return only }
            let middle = hashes.startIndex + hashes.count / 2
            return expected([1] + root(hashes[..<middle]) + root(hashes[middle...]))
        }
        let hashes = (0..<256).map { expected(message($0)) }
        var found = [UInt8](repeating: 0, count: 32)
        unsafe LeafHashing.tileRoot(Array(hashes.joined()), into: &found)
        #expect(found == root(hashes[...]))
    }
}
