import Definitions
import EventModel
import Testing

@testable import Querying

/// Method: made-up facts are scanned with one too many, and with exactly as many as a limit lets
/// through.
@Suite("Limits of a question")
struct QueryLimitTests {
    /// Facts of one day, each with an agent and a value of its own.
    private struct Facts: FactSource {
        var count: Int
        let layout = FactLayout(
            projection: "p", version: 1, dimensions: [.init(name: "agent")], measures: ["m"])

        func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
            var next = 0
            while next < count {
                let end = min(count, next + 4096)
                var words: [UInt32] = []
                words.reserveCapacity(layout.stride * 4096)
                for number in next..<end {
                    words.append(UInt32(bitPattern: days.lowerBound.number) ^ 0x8000_0000)
                    words.append(UInt32(number + 2))
                    words.append(0x8000_0000)
                    words.append(UInt32(number))
                    words.append(0)
                    words.append(1)
                }
                try body(words.span)
                next = end
            }
        }

        func text(ofDimension index: Int, id: UInt32) -> String { "Agent \(id)" }
        func ids(ofDimension index: Int, text: String) -> [UInt32] { [] }
    }

    private func scan(_ count: Int, byAgent: Bool, bytes: Int = .max) throws {
        var plan = ProjectionPlan(source: Facts(count: count))
        if byAgent {
            plan.keyColumns = [1]
        } else {
            plan.streams.append(FactStream(measure: 2, filters: []))
            plan.isSummed.append(false)
            plan.statistics.append([.percentile(50), .distinct])
        }
        let period = try Period("2025-07-14", today: Day("2025-07-14"))
        let slice = PeriodSlice(period: period, whole: period.first)
        _ = try FactScan.run(
            plan, slices: [slice], days: period.days, memory: QueryMemory(bytes: bytes))
    }

    @Test("A million rows are an answer, one more is not")
    func rows() throws {
        #expect(QueryLimits.cells == 1_000_000)
        try scan(1_000_000, byAgent: true)
        #expect(throws: QueryFault.tooManyRows(limit: 1_000_000)) {
            try scan(1_000_001, byAgent: true)
        }
        #expect(QueryFault.tooManyRows(limit: 1_000_000).description.contains("coarser --grain"))
    }

    @Test("What a question holds stays below its limit, to the byte", arguments: [true, false])
    func memory(byAgent: Bool) throws {
        // The least limit under which 20,000 facts can be read.
        var (low, high) = (0, 64 << 20)
        while low < high {
            let middle = (low + high) / 2
            if (try? scan(20_000, byAgent: byAgent, bytes: middle)) != nil {
                high = middle
            } else {
                low = middle + 1
            }
        }
        #expect(low > 20_000 * 20, "\(low) bytes")
        try scan(20_000, byAgent: byAgent, bytes: low)
        #expect(throws: QueryFault.tooMuchMemory(limit: low - 1)) {
            try scan(20_000, byAgent: byAgent, bytes: low - 1)
        }
        #expect(throws: QueryFault.tooMuchMemory(limit: low)) {
            try scan(40_000, byAgent: byAgent, bytes: low)
        }
    }

    @Test("All scans of a question share one limit, and the fault says what to do")
    func shared() {
        let memory = QueryMemory(bytes: 1000)
        #expect(throws: Never.self) { try memory.take(600) }
        #expect(throws: Never.self) { try memory.take(400) }
        #expect(throws: QueryFault.tooMuchMemory(limit: 1000)) { try memory.take(1) }
        #expect(QueryRequest.usualMemoryBytes == 512 << 20)
        let said = QueryFault.tooMuchMemory(limit: QueryRequest.usualMemoryBytes).description
        #expect(said.contains("512 MiB") && said.contains("--memory 1G"), "\(said)")
    }
}
