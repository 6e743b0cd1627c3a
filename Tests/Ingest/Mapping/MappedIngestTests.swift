import EventModel
import Foundation
import Ingest
import Testing

/// A log in memory that refuses nothing and keeps all batches.
private struct KeptBatches: EventSink {
    var batches: [Int] = []
    var subjects: [String] = []

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        batches.append(batch.rows.count)
        subjects += batch.rows.map { batch.text($0.subject) }
        var outcome = AppendOutcome()
        outcome.accepted = batch.rows.count
        return outcome
    }
}

@Suite("Imports through a mapping: batches, refusals and faults")
struct MappedIngestTests {
    static let yaml =
        MappedReaderTests.head + """
            events:
              - {type: ticket.opened, data: {origin: customer, channel: phone, priority: "{prio}"}}
              - {type: ticket.attributes_set, data: {priority: "{prio}"}}
            """
    static let csv = """
        no,waktu,prio
        1,2025-01-01,high
        2,2025-01-01,huge
        3,2025-01-01,low,x
        4,2025-01-01,low

        """

    private func run(
        _ bytes: [UInt8], strict: Bool = false, batchEvents: Int = 100
    ) throws -> (outcome: IngestOutcome, sink: KeptBatches, refused: [String], header: String) {
        let mapping = try Mapping.read(
            MappedIngestTests.yaml, file: "test.yaml", in: surroundings())
        var options = IngestOptions()
        options.isStrict = strict
        options.batchEvents = batchEvents
        var sink = KeptBatches()
        var refused: [String] = []
        var header = ""
        let outcome = try ingest(
            InputSource(bytes: bytes, name: "test.csv"), through: mapping, into: &sink,
            types: shippedTypes, options: options,
            header: { header = String(decoding: $0, as: UTF8.self) },
            rejects: { rejection, line in
                let text = (0..<line.count).map { line[$0] }
                refused.append("\(rejection.line) " + String(decoding: text, as: UTF8.self))
            })
        return (outcome, sink, refused, header)
    }

    @Test("a refused row comes back once, unchanged, with its header; the others are recorded")
    func refusals() throws {
        let (outcome, sink, refused, header) = try run(Array(MappedIngestTests.csv.utf8))
        #expect(sink.subjects == ["ticket/1", "ticket/1", "ticket/4", "ticket/4"])
        #expect(refused == ["3 2,2025-01-01,huge\n", "4 3,2025-01-01,low,x\n"])
        #expect(header == "no,waktu,prio\n")
        #expect(outcome.counts.lines == 4 && outcome.counts.accepted == 4)
        #expect(outcome.counts.storedBytes == MappedIngestTests.csv.utf8.count)
        #expect(outcome.inputFault == nil && !outcome.isStopped && !outcome.isCancelled)
    }

    @Test("a row of which one event is refused gives none, and hides none of the rows after it")
    func atomicRows() throws {
        let yaml =
            MappedReaderTests.head + """
                events:
                  - {type: ticket.opened, first: true, data: {origin: customer, channel: phone}}
                  - type: ticket.status_changed
                    changed: [status]
                    data: {status: "{status}", resolution: "{resolution}"}
                """
        let long = String(repeating: "x", count: 70_000)
        let csv = """
            no,waktu,status,resolution
            1,2025-01-01,new,\(long)
            1,2025-01-02,resolved,\(long)
            1,2025-01-03,resolved,ok

            """
        var sink = KeptBatches()
        let outcome = try ingest(
            InputSource(bytes: Array(csv.utf8), name: "test.csv"),
            through: Mapping.read(yaml, file: "test.yaml", in: surroundings()), into: &sink,
            types: shippedTypes)
        #expect(sink.subjects == ["ticket/1", "ticket/1"])
        #expect(outcome.counts.accepted == 2 && outcome.counts.refused == 2)
        #expect(outcome.refusals.map(\.first.line) == [2])
    }

    @Test("a row's events lie in one batch, however small batches are")
    func batches() throws {
        let rows = (1...7).map { "\($0),2025-01-01,high" }
        let csv = Array((["no,waktu,prio"] + rows).joined(separator: "\n").utf8)
        let (outcome, sink, _, _) = try run(csv, batchEvents: 5)
        #expect(outcome.counts.accepted == 14)
        #expect(sink.batches == [4, 4, 4, 2])
    }

    @Test("the first refusal ends a strict run")
    func strict() throws {
        let (outcome, sink, refused, _) = try run(Array(MappedIngestTests.csv.utf8), strict: true)
        #expect(outcome.isStopped && !outcome.isCancelled)
        #expect(refused.count == 1 && !sink.subjects.contains("ticket/4"))
    }

    @Test("a file cut off in the middle is recorded up to there, and the fault named")
    func cutOff() throws {
        let whole = InputSourceTests.gzip
        let yaml =
            MappedReaderTests.head.replacing("{waktu}", with: "2025-01-01")
            .replacing("{no}", with: "{id}") + """
                events: [{type: ticket.assigned, data: {agent: "{name}"}}]
                """
        let mapping = try Mapping.read(yaml, file: "test.yaml", in: surroundings())
        var sink = KeptBatches()
        let cut = InputSource(bytes: Array(whole.dropLast(8)), name: "cut.csv.gz")
        let outcome = try ingest(
            cut, through: mapping, into: &sink, types: shippedTypes)
        #expect(sink.subjects == ["ticket/1", "ticket/2"])
        let fault = try #require(outcome.inputFault as? InputFault)
        #expect(fault.name == "cut.csv.gz" && outcome.counts.lines == 2)
    }
}
