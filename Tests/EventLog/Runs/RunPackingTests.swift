import LMDB
import Testing

@testable import EventLog

@Suite("Packed chunks: what is read is what was written, and nothing else reads as whole")
struct RunPackingTests {
    /// Records whose columns differ in all that matters: one value, few, many, absent ones, the ends of
    /// the range.
    private func records(_ numbers: inout SeededNumbers, count: Int, words: Int) -> [UInt32] {
        let kinds = (0..<words).map { _ in
            (numbers.next() % 6, UInt32(truncatingIfNeeded: numbers.next()))
        }
        return (0..<count).flatMap { _ in
            kinds.map { kind, base in
                let random = numbers.next()
                return switch kind {
                case 0: base
                case 1: random % 3 == 0 ? 0 : base
                case 2: base &+ UInt32(truncatingIfNeeded: random % 200)
                case 3: UInt32(truncatingIfNeeded: random)
                case 4: random % 2 == 0 ? .max : UInt32(truncatingIfNeeded: random % 2)
                default: random % 2 == 0 ? 0x8000_0000 : 0x7FFF_FFFF
                }
            }
        }
    }

    private func pack(_ block: [UInt32], words: Int) -> [UInt8] {
        let most = RunPacking.mostBytes(words: words, records: block.count / words)
        var bytes = [UInt8](repeating: 0xAA, count: most)
        let used = RunPacking.pack(
            block, count: block.count, words: words, address: 7, into: &bytes)
        return Array(bytes[..<used])
    }

    private func unpack(_ bytes: [UInt8], words: Int, records: Int) -> [UInt32]? {
        var block = [UInt32](repeating: 0xAAAA_AAAA, count: words * records)
        let isWhole = unsafe bytes.withUnsafeBytes { bytes in
            unsafe block.withUnsafeMutableBufferPointer { block in
                unsafe RunPacking.unpack(bytes, words: words, into: block)
            }
        }
        return isWhole ? block : nil
    }

    @Test("A chunk's seal is of its store, run, mark, fence and number, also where these are 0")
    func seals() {
        func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let bytes = [UInt8](repeating: 7, count: 64)
        var seals: Set<ArraySlice<UInt8>> = []
        for place in 0..<16 {
            func digit(_ index: Int) -> UInt64 { UInt64(place >> index & 1) }
            let key =
                bigEndian(digit(0), 4) + bigEndian(digit(1), 4) + bigEndian(digit(2), 8)
                + bigEndian(digit(3), 4)
            for records in [nil, 3, 4] {
                for mark in [0, 1] as [UInt32] {
                    let sealed = RunTables.sealed(bytes, under: key, mark: mark, records: records)
                    seals.insert(sealed!.suffix(8))
                }
            }
        }
        #expect(seals.count == 96)
    }

    @Test("Any records come back, and take whole pages less a header")
    func roundTrip() {
        var numbers = SeededNumbers(state: 41)
        for _ in 0..<400 {
            let words = 1 + Int(numbers.next() % 30)
            let block = records(&numbers, count: 1 + Int(numbers.next() % 400), words: words)
            let packed = pack(block, words: words)
            #expect((packed.count + 16) % 4096 == 0)
            #expect(unpack(packed, words: words, records: block.count / words) == block)
            let isCanonical = RunPacking.isCanonical(
                packed.span, words: words, records: block.count / words, at: 7)
            #expect(isCanonical)
            let isElsewhere = RunPacking.isSealed(packed.span, at: 8)
            #expect(!isElsewhere)
        }
    }

    @Test("Columns of one value take no room, others the bits they need")
    func widths() {
        let constant = (0..<1000).flatMap { _ in [7, 0, .max] as [UInt32] }
        #expect(pack(constant, words: 3).count == 4096 - 16)
        // Ten bits for 0 to 1,000: 8 + 1,250 bytes and the zeros; with absent ones no more.
        let counted = (0..<1000).map { $0 == 5 ? 0 : 5_000_000 + UInt32($0) }
        let packed = pack(counted, words: 1)
        #expect(packed[4] == 10)
        #expect(packed.dropFirst(8 + 1250).dropLast(8).allSatisfy { $0 == 0 })
    }

    @Test("A chunk with any byte changed, cut short or made longer is not what packing makes")
    func damage() {
        var numbers = SeededNumbers(state: 42)
        for _ in 0..<40 {
            let words = 3 + Int(numbers.next() % 6)
            let count = 1 + Int(numbers.next() % 60)
            let block = records(&numbers, count: count, words: words)
            let sound = pack(block, words: words)
            for place in sound.indices where place < 600 || place > sound.count - 20 {
                var bytes = sound
                bytes[place] ^= UInt8(1 << (numbers.next() % 8))
                let isSealed = RunPacking.isSealed(bytes.span, at: 7)
                #expect(!isSealed)
            }
            let cut = Array(sound[..<(words * 8 - 1)])
            #expect(unpack(cut, words: words, records: count) == nil)
            let long = sound + [UInt8](repeating: 0, count: 4096)
            let isCanonical = RunPacking.isCanonical(
                long.span, words: words, records: count, at: 7)
            #expect(!isCanonical)
        }
    }
}
