import EventModel
import Foundation
import Ingest
import Synchronization

/// A small generator of the same numbers everywhere (SplitMix64).
struct PipelineGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

struct BrokenInput: Error, Equatable {}

/// Bytes in memory, handed out in pieces of seeded sizes; may fail at the end, or wait before it.
struct PiecewiseSource: ByteSource {
    var bytes: [UInt8]
    var longest = 1 << 20
    var generator = PipelineGenerator(state: 1)
    var failsAtEnd = false
    /// Waits for a signal once this many bytes have been handed out.
    var waitsAt: Int?
    var signal: DispatchSemaphore?
    private(set) var storedBytes = 0

    mutating func read(into buffer: inout MutableSpan<UInt8>) throws -> Int {
        if let waitsAt, storedBytes >= waitsAt {
            signal?.wait()
            self.waitsAt = nil
        }
        let rest = (waitsAt ?? bytes.count) - storedBytes
        if rest == 0, failsAtEnd { throw BrokenInput() }
        let most = min(buffer.count, longest, rest)
        guard most > 0 else { return 0 }
        let count = Int.random(in: 1...most, using: &generator)
        for index in 0..<count { buffer[index] = bytes[storedBytes + index] }
        storedBytes += count
        return count
    }
}

/// Keeps what it is given, refuses some events as a log would.
struct KeepingSink: EventSink {
    var batches: [EventBatch] = []
    var firstSequence: UInt32 = 0
    /// Ids that another event has already.
    var taken: Set<String> = []
    var failsAtBatch: Int?

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        if batches.count == failsAtBatch { throw BrokenInput() }
        var outcome = AppendOutcome()
        for (place, row) in batch.rows.enumerated() where taken.contains(batch.text(row.id)) {
            outcome.rejections.append(
                (place, Rejection(field: "id", problem: "another event has this id")))
            if isStrict { return outcome }
        }
        batches.append(batch)
        outcome.accepted = batch.rows.count - outcome.rejections.count
        let end = firstSequence + UInt32(outcome.accepted)
        outcome.sequences = firstSequence..<end
        firstSequence = end
        return outcome
    }

    /// What all batches hold, in order: line, canonical text, slots with names spelt out.
    var contents: [String] {
        batches.flatMap { batch in batch.rows.map { KeepingSink.describe(batch, $0) } }
    }

    static func describe(_ batch: EventBatch, _ row: EventRow) -> String {
        let columns = shippedTypes.schemas[Int(row.type)].columns
        let slots = columns.indices.map { index in
            let slot = Int(row.firstSlot) + index * 2
            let word = batch.slots[slot]
            guard columns[index].column == .name, word != .max else {
                return "\(word)/\(batch.slots[slot + 1])"
            }
            let range = TextRange(offset: Int(word >> 32), length: Int(word & 0xFFFF_FFFF))
            return "\(batch.text(range))/\(batch.slots[slot + 1])"
        }
        return "\(row.line) \(batch.text(row.canonical)) \(batch.text(row.subject))"
            + " \(batch.text(row.id)) \(batch.text(row.source)) \(slots)"
    }
}

/// Seeded input: good lines of several types, with bad, empty and blank ones between them.
struct SampleInput {
    var bytes: [UInt8] = []
    /// What a run must give back as refused: line number and text.
    var refused: [String] = []
    var lines = 0
    /// The line refused first.
    var firstRefused: Int?
    var events = 0

    init(seed: UInt64, lines count: Int, badShare: Int = 10, byteOrderMark: Bool = false) {
        var generator = PipelineGenerator(state: seed)
        if byteOrderMark { bytes += [0xEF, 0xBB, 0xBF] }
        for number in 1...max(1, count) {
            let kind = Int.random(in: 0..<100, using: &generator)
            var line = SampleInput.event(number, &generator)
            if kind < badShare {
                line = SampleInput.spoiled(line, &generator)
                refused.append("\(number) \(line)")
                firstRefused = firstRefused ?? number
            } else if kind < badShare + 3 {
                line = ["", "  ", "\t"][kind % 3]
            } else {
                events += 1
            }
            bytes += Array(line.utf8)
            lines += 1
            if number < count || kind % 2 == 0 {
                bytes += kind % 5 == 0 ? [0x0D, 0x0A] : [0x0A]
            }
        }
    }

    private static func event(_ number: Int, _ generator: inout PipelineGenerator) -> String {
        let text = String(
            repeating: ["x", "\\\"", "é", "\\n"][number % 4],
            count: .random(in: 0..<40, using: &generator))
        return #"{"specversion":"1.0","id":"\#(number)","source":"desk","type":"ticket.opened","#
            + #""subject":"ticket/\#(number % 97)","time":"2025-07-14T08:12:00Z","data":{"#
            + #""channel":"email","origin":"customer","agent":"Agent \#(number % 7)","#
            + #""customer":"\#(text)","level":\#(number % 10),"title":"\#(text)"}}"#
    }

    private static func spoiled(_ line: String, _ generator: inout PipelineGenerator) -> String {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return String(line.dropLast(Int.random(in: 1..<40, using: &generator)))
        case 1: return line.replacingOccurrences(of: "customer\"", with: "custom\"")
        case 2: return "not JSON"
        default: return line.replacingOccurrences(of: "2025-07-14", with: "2025-02-30")
        }
    }
}
