import Compression
import EventModel
import Ingest
import Shipped

extension FuzzTarget {
    /// What others send.
    static let inputs: [FuzzTarget] = [
        FuzzTarget("event", seeds: { bytes(events) + vectors() }, read: readEvent),
        FuzzTarget(
            "events", seeds: { bytes([events.joined(separator: "\n"), "\u{FEFF}\r\n\n"]) },
            read: { input in
                var sink = CountingSink()
                var options = IngestOptions()
                options.parsers = 1
                options.chunkBytes = 256
                options.chunksInFlight = 2
                options.batchEvents = 3
                let source = InputSource(bytes: input, name: "fuzz")
                guard
                    let outcome = try? ingest(
                        source, into: &sink, types: shippedTypes, options: options)
                else { fatalError("an input ended its import with an error") }
                let counts = outcome.counts
                precondition(counts.accepted + counts.refused <= counts.lines)
                precondition(sink.count == counts.accepted, "an event got lost")
                return counts.accepted > 0
            }),
        FuzzTarget(
            "csv",
            seeds: {
                bytes([
                    "a,b\n1,2\n", "a;b\r\n\"x;\"\"y\n\";2\r\n", "a\tb\n\t\n", "a,a,\n\"",
                    "a\n" + "é",
                ]) + [[0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x62, 0, 0x0A, 0, 0x3D, 0xD8, 0, 0xDE]]
            },
            read: { input in
                var rows = 0
                var fields = 0
                for room in [7, 1 << 16] {
                    guard
                        let reader = try? CSVReader(source: Pieces(bytes: input, longest: room))
                    else { return false }
                    var count = 0
                    reading: while true {
                        guard let item = try? reader.next() else { break }
                        switch item {
                        case .end: break reading
                        case .row:
                            for index in 0..<reader.row.count {
                                let length = reader.row[index].utf8.count
                                precondition(length <= 3 * input.count, "a field out of nothing")
                                fields += 1
                            }
                        case .rejected(let rejection): precondition(!rejection.problem.isEmpty)
                        }
                        count += 1
                        precondition(count <= input.count + 1, "more rows than bytes")
                    }
                    if room > 7 { precondition(count == rows, "rows hang on the pieces") }
                    rows = count
                }
                return fields > 0
            }),
        FuzzTarget(
            "gzip",
            seeds: {
                [
                    [
                        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0,
                        0x86,
                        0xA6, 0x10, 0x36, 5, 0, 0, 0,
                    ]
                ]
            }, read: { decompress($0, .gzip) }),
        FuzzTarget("zstd", seeds: { try zstdFrames() }, read: { decompress($0, .zstd) }),
        FuzzTarget(
            "zstd-block", seeds: { try zstdFrames() },
            read: { input in
                // Short: in a debug build each byte of room costs its time.
                let most = 2048
                guard var decompressor = try? ZstdDecompressor(),
                    let output = try? decompressor.decompress(input.span, atMost: most)
                else { return false }
                precondition(output.count <= most)
                guard var compressor = try? ZstdCompressor() else { return true }
                var frame: [UInt8] = []
                _ = try? compressor.compress(output.span, appendingTo: &frame)
                let again = try? decompressor.decompress(frame.span, atMost: most)
                precondition(again == output, "a block changes on its way")
                return true
            }),
    ]

    private static func event(
        _ type: String, _ subject: String, _ data: String, time: String = "2025-07-14T08:12:00Z"
    ) -> String {
        #"{"specversion":"1.0","id":"\#(type)","source":"s","type":"\#(type)","subject":"#
            + #""\#(subject)","time":"\#(time)","data":{\#(data)}}"#
    }

    private static let events = [
        event("ticket.opened", "ticket/1", #""channel":"web","origin":"customer""#),
        event("ticket.status_changed", "ticket/1", #""status":"closed","note":"é\ud83d\ude00""#),
        event(
            "survey.answered", "call/1", #""survey":"q","kind":"csat","score":5"#,
            time: "2025-07-14T08:12:00.5+07:00"),
        event("cost.recorded", "company", #""amount":-9007199254740991,"currency":"IDR""#),
        event("agent.profile_set", "agent/Budi", #""name":"Budi \"B\"","team":"T\t1""#),
        #"{"data":{"reason":"r","id":"1","source":"s"},"type":"event.voided","id":"2","#
            + #""source":"s","subject":"ticket/1","time":"2025-07-14T08:12:00.5+07:00","#
            + #""specversion":"1.0","extension":true}"#,
    ]

    /// simdjson and the slow scanner agree, and what is accepted is canonical and read again.
    @Sendable private static func readEvent(_ input: [UInt8]) -> Bool {
        var parser = EventParser(shippedTypes)
        var batch = EventBatch()
        let rejection = parser.parse(0..<input.count, of: input.span, line: 1, into: &batch)
        var tokens = EventTokens()
        let isJSON = (try? tokens.read(input.span)) != nil
        guard rejection == nil else {
            precondition(batch.rows.isEmpty && batch.bytes.isEmpty, "a refusal leaves something")
            return false
        }
        precondition(isJSON, "simdjson took what is no JSON: \(text(input))")
        precondition(batch.rows.count == 1)
        let canonical = Array(batch.bytes[batch.rows[0].canonical.indices])
        var again = EventBatch()
        let refused = parser.parse(0..<canonical.count, of: canonical.span, line: 1, into: &again)
        precondition(refused == nil, "its own canonical form is refused: \(text(canonical))")
        precondition(Array(again.bytes[again.rows[0].canonical.indices]) == canonical)
        precondition((try? JSONValue(parsing: canonical.span))?.canonical == canonical)
        return true
    }

    private static func zstdFrames() throws -> [[UInt8]] {
        var compressor = try ZstdCompressor()
        var frames: [UInt8] = []
        for content in bytes(["hello", "", String(repeating: "abc", count: 500)]) {
            try compressor.compress(content.span, appendingTo: &frames)
        }
        return [frames]
    }

    private static func decompress(_ input: [UInt8], _ format: CompressionFormat) -> Bool {
        guard let stream = try? StreamDecompressor(format: format) else { return false }
        var buffer = [UInt8](repeating: 0, count: 512)
        var position = 0
        // What a few bytes can blow up to is not the decoder's fault; it only must not run on.
        for _ in 0..<2000 {
            let rest = Array(input[position...])
            var room = buffer.mutableSpan
            guard let step = try? stream.decompress(rest.span, into: &room) else {
                return false
            }
            precondition(step.consumed <= rest.count && step.produced <= 512)
            position += step.consumed
            if position == input.count, step.produced < 512 { break }
        }
        return (try? stream.finish()) != nil
    }
}

/// Bytes in memory, handed out a few at a time.
private struct Pieces: ByteSource {
    var bytes: [UInt8]
    var longest: Int
    private(set) var storedBytes = 0

    init(bytes: [UInt8], longest: Int) {
        self.bytes = bytes
        self.longest = longest
    }

    mutating func read(into buffer: inout MutableSpan<UInt8>) -> Int {
        let count = min(buffer.count, longest, bytes.count - storedBytes)
        for index in 0..<count { buffer[index] = bytes[storedBytes + index] }
        storedBytes += count
        return count
    }
}
