import Compression
import Testing

@Suite("Blocks: what was compressed comes back, what was not is refused")
struct BlockTests {
    @Test("frames of every length come back as they were", arguments: [0, 1, 63, 4096, 300_000])
    func roundTrip(count: Int) throws {
        let bytes = sample(count, seed: 7)
        var compressor = try ZstdCompressor(level: 1)
        var decompressor = try ZstdDecompressor()
        var page: [UInt8] = [1, 2, 3]
        let length = try compressor.compress(bytes.span, appendingTo: &page)
        #expect(page.count == 3 + length)
        #expect(page.prefix(3) == [1, 2, 3])
        let frame = Array(page.dropFirst(3))
        #expect(try decompressor.decompress(frame.span, atMost: count) == bytes)
        #expect(try decompressor.decompress(frame.span, atMost: count + 5000) == bytes)
    }

    @Test("one context serves many frames, and equal bytes make equal frames")
    func reuse() throws {
        var compressor = try ZstdCompressor(level: 3)
        var decompressor = try ZstdDecompressor()
        var result: [UInt8] = []
        for seed in 0..<20 {
            let bytes = sample(seed * 511, seed: UInt64(seed))
            var first: [UInt8] = []
            var second: [UInt8] = []
            try compressor.compress(bytes.span, appendingTo: &first)
            try compressor.compress(bytes.span, appendingTo: &second)
            #expect(first == second)
            try decompressor.decompress(first.span, atMost: 1 << 20, into: &result)
            #expect(result == bytes, "seed \(seed)")
        }
    }

    @Test("two frames behind one another decompress to both contents")
    func frames() throws {
        var compressor = try ZstdCompressor()
        var decompressor = try ZstdDecompressor()
        var both: [UInt8] = []
        try compressor.compress([1, 2].span, appendingTo: &both)
        try compressor.compress([3].span, appendingTo: &both)
        #expect(try decompressor.decompress(both.span, atMost: 16) == [1, 2, 3])
    }

    @Test("a result longer than the bound is refused")
    func bound() throws {
        var compressor = try ZstdCompressor()
        var decompressor = try ZstdDecompressor()
        var frame: [UInt8] = []
        try compressor.compress(sample(1000, seed: 1).span, appendingTo: &frame)
        #expect(throws: CompressionFault.tooLarge(format: .zstd, bound: 999)) {
            try decompressor.decompress(frame.span, atMost: 999)
        }
    }

    @Test("room that is too small for a frame is refused")
    func room() throws {
        var compressor = try ZstdCompressor()
        let bytes = sample(1000, seed: 1)
        #expect(throws: CompressionFault.tooLarge(format: .zstd, bound: 10)) {
            var small = [UInt8](repeating: 0, count: 10)
            var span = small.mutableSpan
            _ = try compressor.compress(bytes.span, into: &span)
        }
    }

    @Test("cut and foreign bytes are refused, never trusted")
    func garbage() throws {
        var compressor = try ZstdCompressor()
        var decompressor = try ZstdDecompressor()
        var frame: [UInt8] = []
        try compressor.compress(sample(1000, seed: 1).span, appendingTo: &frame)
        for length in 1..<frame.count {
            #expect(throws: CompressionFault.self, "first \(length) bytes") {
                try decompressor.decompress(Array(frame.prefix(length)).span, atMost: 1000)
            }
        }
        #expect(throws: CompressionFault.self) {
            try decompressor.decompress(Array("no frame".utf8).span, atMost: 1000)
        }
        // The context still serves after a fault.
        #expect(try decompressor.decompress(frame.span, atMost: 1000).count == 1000)
    }
}
