import Dispatch
import EventModel
import Foundation
import Ingest
import Testing

@Suite("The pipeline: seeded inputs, against the same lines parsed one after another")
struct PipelineTests {
    /// Runs a source through the pipeline and returns everything that came out.
    private func run(
        _ source: sending PiecewiseSource, sink: KeepingSink = KeepingSink(),
        _ change: (inout IngestOptions) -> Void = { _ in }
    ) throws -> (sink: KeepingSink, outcome: IngestOutcome, refused: [(Rejection, String)]) {
        var options = IngestOptions()
        change(&options)
        var sink = sink
        var refused: [(Rejection, String)] = []
        let outcome = try ingest(
            source, into: &sink, types: shippedTypes, options: options,
            rejects: { rejection, line in
                refused.append((rejection, String(decoding: Array(copying: line), as: UTF8.self)))
            })
        return (sink, outcome, refused)
    }

    /// What one parser makes of the input.
    private func reference(_ bytes: [UInt8]) -> [String] {
        var parser = EventParser(shippedTypes)
        var batch = EventBatch()
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        for (number, line) in body.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: ["\r"])
            if text.allSatisfy({ $0 == " " || $0 == "\t" }) { continue }
            _ = parser.parse(text, line: number + 1, into: &batch)
        }
        return batch.rows.map { KeepingSink.describe(batch, $0) }
    }

    @Test(
        "Any number of threads, size of chunk, of read and of batch gives the same events in order",
        arguments: 1...24 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        var generator = PipelineGenerator(state: seed &* 77)
        let input = SampleInput(
            seed: seed, lines: .random(in: 1...700, using: &generator),
            badShare: seed % 3 == 0 ? 60 : 8, byteOrderMark: seed % 2 == 0)
        let longest = [3, 50, 1000, 1 << 20][Int(seed % 4)]
        let source = PiecewiseSource(
            bytes: input.bytes, longest: longest, generator: PipelineGenerator(state: seed))
        let parsers = Int.random(in: 1...6, using: &generator)
        let chunk = Int.random(
            in: 1...[40, 600, 20_000].randomElement(using: &generator)!, using: &generator)
        let batch = Int.random(in: 1...300, using: &generator)
        let (sink, outcome, refused) = try run(source) {
            $0.parsers = parsers
            $0.chunkBytes = chunk
            $0.chunksInFlight = Int(seed % 5) + 1
            $0.batchEvents = batch
            if seed % 4 == 1 { $0.batchBytes = 2000 }
        }
        let name: Comment =
            "seed \(seed): \(parsers) parsers, chunks of \(chunk), batches of \(batch)"
        #expect(sink.contents == reference(input.bytes), name)
        #expect(refused.map { "\($0.0.line) \($0.1)" } == input.refused, name)
        #expect(outcome.counts.accepted == input.events, name)
        #expect(outcome.counts.refused == input.refused.count, name)
        #expect(outcome.refusals.reduce(0) { $0 + $1.count } == input.refused.count, name)
        #expect(outcome.counts.storedBytes == input.bytes.count, name)
        #expect(outcome.inputFault == nil && !outcome.isStopped && !outcome.isCancelled, name)
        #expect(sink.batches.allSatisfy { $0.rows.count <= batch }, name)
    }

    @Test("A byte-order mark at the start of any line is passed over, as where files were joined")
    func byteOrderMarks() throws {
        let event =
            #"{"specversion":"1.0","id":"1","source":"s","type":"call.wrapped","#
            + #""subject":"call/1","time":"2025-07-14T08:12:00Z","data":{}}"#
        let mark = "\u{FEFF}"
        let text = [mark + event, event, mark + mark + event, mark, event + mark, mark + event]
        for chunk in [1, 40, 1000] {
            let bytes = Array(text.joined(separator: "\n").utf8)
            let (_, outcome, refused) = try run(PiecewiseSource(bytes: bytes)) {
                $0.chunkBytes = chunk
            }
            #expect(outcome.counts.accepted == 4 && outcome.counts.lines == 6)
            #expect(refused.map(\.0.line) == [5])
        }
    }

    @Test("Lines are counted as an editor counts them")
    func lineCount() throws {
        #expect(try run(PiecewiseSource(bytes: [])).outcome.counts.lines == 0)
        #expect(try run(PiecewiseSource(bytes: Array("\n\r\n \n".utf8))).outcome.counts.lines == 3)
        #expect(try run(PiecewiseSource(bytes: Array("x".utf8))).outcome.counts.lines == 1)
        #expect(try run(PiecewiseSource(bytes: Array("x\ny\n".utf8))).outcome.counts.lines == 2)
    }

    @Test("What the log refuses goes back unchanged too, in its place among the others")
    func refusedByLog() throws {
        let input = SampleInput(seed: 99, lines: 500)
        let sink = KeepingSink(taken: Set((0..<500).filter { $0 % 11 == 0 }.map { "\($0)" }))
        let (_, outcome, refused) = try run(PiecewiseSource(bytes: input.bytes), sink: sink) {
            $0.batchEvents = 64
            $0.chunkBytes = 700
        }
        let lines = refused.map { $0.0.line }
        #expect(lines == lines.sorted())
        let byLog = refused.filter { $0.0.field == "id" }
        #expect(byLog.count > 20)
        for (rejection, text) in byLog {
            #expect(rejection.line % 11 == 0 && text.contains("\"id\":\"\(rejection.line)\""))
        }
        #expect(outcome.counts.accepted == input.events - byLog.count)
        #expect(refused.count == input.refused.count + byLog.count)
    }

    @Test("Batches end where the log's segments do, also when it did not begin there")
    func alignment() throws {
        let line = Array(
            (#"{"specversion":"1.0","id":"1","source":"s","type":"call.wrapped","#
                + #""subject":"call/1","time":"2025-07-14T08:12:00Z","data":{}}"# + "\n").utf8)
        let bytes = Array(repeatElement(line, count: 150_000).joined())
        let source = PiecewiseSource(bytes: bytes)
        let (sink, outcome, _) = try run(source, sink: KeepingSink(firstSequence: 1000)) {
            $0.longestWaitMilliseconds = 60_000
        }
        #expect(sink.batches.map(\.rows.count) == [65_536, 64_536, 19_928])
        #expect(outcome.sequences == [1000..<151_000])
        let small = try run(PiecewiseSource(bytes: bytes)) { $0.batchBytes = 1 << 20 }
        #expect(small.sink.batches.count > 8)
        #expect(small.sink.batches.reduce(0) { $0 + $1.rows.count } == 150_000)
    }

    @Test("Events of a slow stream are recorded before the stream goes on")
    func slowStream() throws {
        let input = SampleInput(seed: 3, lines: 50, badShare: 0)
        let signal = DispatchSemaphore(value: 0)
        let middle = input.bytes.firstIndex(of: 0x0A)! + 1
        var source = PiecewiseSource(bytes: input.bytes)
        source.waitsAt = middle
        source.signal = signal
        var options = IngestOptions()
        options.longestWaitMilliseconds = 20
        var sink = KeepingSink()
        var reported: [Int] = []
        let outcome = try ingest(
            source, into: &sink, types: shippedTypes, options: options,
            progress: {
                reported.append($0.accepted)
                // The rest comes only once the first event has been recorded.
                if $0.accepted == 1, reported.last != reported.dropLast().last { signal.signal() }
            })
        #expect(sink.batches.first?.rows.count == 1)
        #expect(outcome.counts.accepted == input.events)
    }

    @Test("Strict: the first refusal ends the run, earlier batches stay")
    func strict() throws {
        let input = try #require(
            (1...100).lazy.map { SampleInput(seed: $0, lines: 400, badShare: 1) }
                .first { $0.firstRefused ?? 0 > 100 })
        let firstBad = try #require(input.refused.first)
        let line = try #require(input.firstRefused)
        let (sink, outcome, refused) = try run(PiecewiseSource(bytes: input.bytes)) {
            $0.isStrict = true
            $0.batchEvents = 30
            $0.chunkBytes = 3000
        }
        #expect(outcome.isStopped)
        #expect(refused.map { "\($0.0.line) \($0.1)" } == [firstBad])
        #expect(sink.batches.allSatisfy { $0.rows.count == 30 })
        #expect(outcome.counts.accepted == sink.batches.count * 30)
        #expect((line - 40..<line).contains(outcome.counts.accepted))

        let byLog = try run(
            PiecewiseSource(bytes: SampleInput(seed: 4, lines: 70, badShare: 0).bytes),
            sink: KeepingSink(taken: ["50"])
        ) {
            $0.isStrict = true
            $0.batchEvents = 30
        }
        #expect(byLog.outcome.isStopped)
        #expect(byLog.outcome.counts.accepted == 30)
        #expect(byLog.refused.map { $0.0.line } == [50])
    }

    @Test("A cancelled run records what it has and ends, though its input never does")
    func cancelled() throws {
        let input = SampleInput(seed: 5, lines: 300, badShare: 0)
        var source = PiecewiseSource(bytes: input.bytes)
        source.waitsAt = input.bytes.count / 2
        let signal = DispatchSemaphore(value: 0)
        source.signal = signal
        var sink = KeepingSink()
        var asked = 0
        let outcome = try ingest(
            source, into: &sink, types: shippedTypes,
            isCancelled: {
                asked += 1
                return asked > 5
            })
        signal.signal()
        #expect(outcome.isCancelled)
        #expect(outcome.counts.accepted == sink.batches.reduce(0) { $0 + $1.rows.count })
        #expect(outcome.counts.accepted > 0)
    }

    @Test("An input that breaks off gives its whole lines, and the fault")
    func brokenInput() throws {
        let input = SampleInput(seed: 6, lines: 300, badShare: 0)
        let cut = input.bytes.count - 500
        var source = PiecewiseSource(bytes: Array(input.bytes[..<cut]), longest: 2000)
        source.failsAtEnd = true
        let (sink, outcome, refused) = try run(source) { $0.chunkBytes = 1000 }
        #expect(outcome.inputFault as? BrokenInput == BrokenInput())
        #expect(refused.isEmpty)
        let whole = Array(input.bytes[..<(input.bytes[..<cut].lastIndex(of: 0x0A)! + 1)])
        #expect(sink.contents == reference(whole))
    }

    @Test("A sink that fails, fails the run; so do rejects that cannot be written")
    func failingSink() throws {
        let input = SampleInput(seed: 7, lines: 500)
        #expect(throws: BrokenInput.self) {
            try run(PiecewiseSource(bytes: input.bytes), sink: KeepingSink(failsAtBatch: 1)) {
                $0.batchEvents = 100
            }
        }
        var sink = KeepingSink()
        #expect(throws: BrokenInput.self) {
            try ingest(
                PiecewiseSource(bytes: input.bytes), into: &sink, types: shippedTypes,
                rejects: { _, _ in throw BrokenInput() })
        }
    }

    @Test("A line of ten megabytes is refused unchanged, and the lines around it are read")
    func longLine() throws {
        let around = SampleInput(seed: 8, lines: 20, badShare: 0)
        let long = [UInt8](repeating: 0x78, count: 10 << 20)
        var bytes = around.bytes
        if bytes.last != 0x0A { bytes.append(0x0A) }
        bytes += long + [0x0A] + around.bytes
        let (_, outcome, refused) = try run(PiecewiseSource(bytes: bytes)) {
            $0.chunkBytes = 64 << 10
        }
        #expect(outcome.counts.accepted == around.events * 2)
        #expect(refused.count == 1)
        #expect(refused.first?.0.line == 21)
        #expect(refused.first?.0.problem == "the line is longer than 1048576 bytes")
        #expect(refused.first?.1.utf8.count == long.count)
    }

    @Test("Drafts go the same way as lines")
    func drafts() throws {
        var kept: [(Int, String)] = []
        var run = IngestRun(
            sink: KeepingSink(taken: ["7"]), types: shippedTypes,
            rejects: { kept.append(($0.line, String(decoding: Array(copying: $1), as: UTF8.self))) }
        )
        for row in 1...20 {
            let raw = Array("row;\(row)".utf8)
            if row == 13 {
                try run.refuse(
                    Rejection(line: row, field: "agent", problem: "agent is unknown"), raw: raw.span
                )
                continue
            }
            let draft = EventDraft(
                id: "\(row)", source: "desk", type: row == 5 ? "call.wraped" : "call.wrapped",
                subject: "call/\(row)", time: Instant(milliseconds: 0))
            try run.add([draft], line: row, raw: raw.span)
        }
        run.count(lines: 20)
        let outcome = try run.finish()
        #expect(outcome.counts.accepted == 17)
        #expect(kept.map(\.0) == [5, 7, 13])
        #expect(kept.map(\.1) == ["row;5", "row;7", "row;13"])
        #expect(run.sink.contents.count == 18)
    }
}

extension Array where Element == UInt8 {
    init(copying bytes: Span<UInt8>) {
        self.init()
        for index in bytes.indices { append(bytes[index]) }
    }
}
