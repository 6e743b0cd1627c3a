import EventModel
import Generating
import Testing

/// One generated line, taken apart at its quotes: the order of the envelope's keys is fixed.
struct GeneratedLine {
    var id: String
    var source: String
    var type: String
    var subject: String
    var time: String
    /// `data`, from its opening brace on, without the line's end.
    var data: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        var texts: [String] = []
        var quotes = 0
        var start = line.startIndex
        var index = line.startIndex
        while quotes < 24, index < line.endIndex {
            if line[index] == 0x22 {
                quotes += 1
                // Each key and value is between an odd quote and the next.
                if quotes % 2 == 1 {
                    start = index + 1
                } else {
                    texts.append(String(decoding: line[start..<index], as: UTF8.self))
                }
            }
            index += 1
        }
        let expected = ["specversion", "id", "source", "type", "subject", "time"]
        precondition(
            (0..<6).map { texts[$0 * 2] } == expected,
            "an envelope is \(expected): \(String(decoding: line, as: UTF8.self))")
        id = texts[3]
        source = texts[5]
        type = texts[7]
        subject = texts[9]
        time = texts[11]
        data = line[(index + 8)..<(line.endIndex - 1)]
    }

    /// The text of a field of `data`; nil where it is not there.
    func text(_ field: String) -> String? {
        let marker = Array("\"\(field)\":\"".utf8)
        var start = data.startIndex
        while start + marker.count <= data.endIndex {
            // Quotes first: unoptimised, comparing slices takes most of the tests' time.
            if data[start] == 0x22, data[start + 1] == marker[1],
                data[start..<(start + marker.count)].elementsEqual(marker)
            {
                let rest = data[(start + marker.count)...]
                return String(decoding: rest.prefix { $0 != 0x22 }, as: UTF8.self)
            }
            start += 1
        }
        return nil
    }

    /// All lines of a generator.
    static func all(seed: UInt64, _ options: GeneratorOptions) throws -> [GeneratedLine] {
        lines(of: try bytes(seed: seed, options)).map(GeneratedLine.init)
    }

    /// All bytes of a generator, by chunks of a size.
    static func bytes(
        seed: UInt64, _ options: GeneratorOptions, size: Int = 1 << 20
    ) throws -> [UInt8] {
        var generator = try EventGenerator(seed: seed, options: options)
        var bytes: [UInt8] = []
        var chunk: [UInt8] = []
        while generator.nextChunk(into: &chunk, size: size) {
            precondition(chunk.last == 0x0A, "a chunk holds whole lines")
            bytes += chunk
        }
        return bytes
    }

    /// Lines with their ends.
    static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            lines.append(bytes[start...index])
            start = index + 1
        }
        precondition(start == bytes.count, "the last line is whole")
        return lines
    }
}
