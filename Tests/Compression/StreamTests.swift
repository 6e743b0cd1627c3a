import Compression
import Testing

@Suite("Streams: the same bytes whatever the sizes of the pieces")
struct StreamTests {
    /// Everything a stream holds, fed `piece` bytes at a time into a buffer of `room` bytes.
    static func read(
        _ input: [UInt8], _ format: CompressionFormat, piece: Int, room: Int
    ) throws -> [UInt8] {
        let stream = try StreamDecompressor(format: format)
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: room)
        var position = 0
        while true {
            let end = min(position + piece, input.count)
            let step = try step(stream, Array(input[position..<end]), &buffer)
            position += step.consumed
            result += buffer.prefix(step.produced)
            if position == input.count, step.produced < room { break }
        }
        try stream.finish()
        return result
    }

    private static func step(
        _ stream: StreamDecompressor, _ input: [UInt8], _ buffer: inout [UInt8]
    ) throws -> StreamDecompressor.Step {
        var span = buffer.mutableSpan
        return try stream.decompress(input.span, into: &span)
    }

    static func fault(of bytes: [UInt8], _ format: CompressionFormat) -> String? {
        do {
            _ = try read(bytes, format, piece: 64, room: 64)
            return nil
        } catch CompressionFault.truncated(format, let count) {
            return "truncated after \(count)"
        } catch CompressionFault.damaged(format, _, _) {
            return "damaged"
        } catch {
            return "\(error)"
        }
    }

    static func zstdFrames(_ contents: [[UInt8]]) throws -> [UInt8] {
        var compressor = try ZstdCompressor()
        var bytes: [UInt8] = []
        for content in contents { try compressor.compress(content.span, appendingTo: &bytes) }
        return bytes
    }

    @Test("gzip members and zstd frames are read through", arguments: [1, 7, 1000, 1 << 20])
    func pieces(piece: Int) throws {
        let contents = [sample(100_000, seed: 1), [], sample(5, seed: 2), sample(3000, seed: 3)]
        let gzip = contents.flatMap(gzipMember)
        let zstd = try StreamTests.zstdFrames(contents)
        let expected = contents.flatMap { $0 }
        for room in [1000, 65_536, 1 << 20] {
            #expect(try StreamTests.read(gzip, .gzip, piece: piece, room: room) == expected)
            #expect(try StreamTests.read(zstd, .zstd, piece: piece, room: room) == expected)
        }
    }

    @Test("a stream cut anywhere inside a member or frame is truncated")
    func truncated() throws {
        let content = sample(300, seed: 4)
        let streams = [
            (CompressionFormat.gzip, gzipMember(content)),
            (.zstd, try StreamTests.zstdFrames([content])),
        ]
        for (format, bytes) in streams {
            for length in 1..<bytes.count {
                let cut = Array(bytes.prefix(length))
                #expect(StreamTests.fault(of: cut, format) == "truncated after \(length)")
            }
        }
    }

    @Test("garbage in the middle and behind the end is named, zeros behind gzip are padding")
    func damaged() throws {
        let member = gzipMember(sample(300, seed: 5))
        var flipped = member
        flipped[100] ^= 1
        for bad in [flipped, member + [7], member + [0, 0, 7], member + [0x1F, 7]] {
            #expect(StreamTests.fault(of: bad, .gzip) == "damaged")
        }
        let padded = member + [UInt8](repeating: 0, count: 500)
        #expect(try StreamTests.read(padded, .gzip, piece: 64, room: 64).count == 300)
        let frame = try StreamTests.zstdFrames([[1, 2, 3]])
        #expect(StreamTests.fault(of: frame + Array("nonsense".utf8), .zstd) == "damaged")
    }

    @Test("skippable zstd frames are skipped")
    func skippable() throws {
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9]
        let bytes = skippable + (try StreamTests.zstdFrames([[1, 2, 3]])) + skippable
        #expect(CompressionFormat(firstBytes: bytes.span) == .zstd)
        #expect(try StreamTests.read(bytes, .zstd, piece: 5, room: 64) == [1, 2, 3])
    }

    @Test("a format is told by its first bytes")
    func signatures() throws {
        let member = gzipMember([])
        let frame = try StreamTests.zstdFrames([[1]])
        #expect(CompressionFormat(firstBytes: member.span) == .gzip)
        #expect(CompressionFormat(firstBytes: frame.span) == .zstd)
        for text in ["", "{", "number,state", "\u{FEFF}a;b"] {
            let bytes = Array(text.utf8)
            #expect(CompressionFormat(firstBytes: bytes.span) == nil)
        }
    }

    @Test("a fault says what happened after how many bytes")
    func words() {
        #expect(
            "\(CompressionFault.truncated(format: .gzip, inputBytes: 912))"
                == "ends in the middle of its compressed data after 912 bytes (gzip)")
    }
}
