import Compression
import Testing

/// Blocks made by hand, by Snappy's format_description.txt.
@Suite("Snappy blocks and checksums")
struct SnappyTests {
    @Test("Literals and copies come back; what is longer than asked, cut or none is refused")
    func blocks() {
        // Nine bytes: "abc", then six from three back.
        let block: [UInt8] = [9, 2 << 2, 0x61, 0x62, 0x63, (6 - 4) << 2 | 1, 3]
        var bytes: [UInt8] = [1]
        #expect(Snappy.decompress(block.span, atMost: 9, into: &bytes))
        #expect(bytes == Array("abcabcabc".utf8))
        #expect(!Snappy.decompress(block.span, atMost: 8, into: &bytes) && bytes.isEmpty)
        for count in 0..<block.count {
            let cut = Array(block[..<count])
            #expect(!Snappy.decompress(cut.span, atMost: 9, into: &bytes), "\(count) bytes")
        }
        let nothing: [UInt8] = [0]
        #expect(Snappy.decompress(nothing.span, atMost: 0, into: &bytes) && bytes.isEmpty)
        let bomb: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0x61]
        #expect(!Snappy.decompress(bomb.span, atMost: 1 << 20, into: &bytes))
    }

    @Test("CRC-32 of what its check value is of")
    func checksum() {
        #expect(CRC32.checksum(Array("123456789".utf8).span) == 0xCBF4_3926)
        #expect(CRC32.checksum([UInt8]().span) == 0)
    }
}
