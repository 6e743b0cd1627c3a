import Definitions
import EventLog
public import EventModel

/// One fact with the events behind it.
public struct Fact: Hashable, Sendable {
    /// An event that a definition has a name for.
    public struct NamedEvent: Hashable, Sendable {
        /// The binding's name; `fact` is the event the fact is about.
        public var name: String
        /// The event's sequence.
        public var sequence: UInt32
    }

    /// The case.
    public var caseID: UInt32
    /// The sequence of the fact's event.
    public var sequence: UInt32
    /// The events that the definition looked up for it, the fact's own first.
    public var events: [NamedEvent]
    /// Its row: see `CellLayout`. A multiplicity of -1 takes a stock's earlier flow back.
    public var row: [UInt32]

    /// A fact of no case that is named, and of no event.
    package init(row: [UInt32]) {
        (caseID, sequence, events, self.row) = (0, 0, [], row)
    }

    init(caseID: UInt32, sequence: UInt32, events: [NamedEvent], row: [UInt32]) {
        self.caseID = caseID
        self.sequence = sequence
        self.events = events
        self.row = row
    }

    /// The sequences of the other events it rests on, ascending.
    public var support: [UInt32] {
        var sequences = Set(events.map(\.sequence))
        sequences.remove(sequence)
        return sequences.sorted()
    }

    /// The sequence of the event with a name; nil where the fact has none.
    public func event(_ name: String) -> UInt32? { events.first { $0.name == name }?.sequence }

    /// How many such facts it stands for: negative where it takes some back.
    public var multiplicity: Int64 {
        get {
            Int64(bitPattern: UInt64(row[row.count - 2]) << 32 | UInt64(row[row.count - 1]))
        }
        set {
            let bits = UInt64(bitPattern: newValue)
            row[row.count - 2] = UInt32(truncatingIfNeeded: bits >> 32)
            row[row.count - 1] = UInt32(truncatingIfNeeded: bits)
        }
    }

    /// The row's day.
    public var day: Day { CellLayout.day(row.span, 0) }

    /// Bytes that one takes in memory, about.
    var byteCount: Int { 96 + 4 * row.count + 24 * events.count }
}

/// Reads facts from what a traced evaluation wrote: rows, each followed by its case and the
/// sequences of its bindings' events.
struct TraceReader {
    private let words: Int
    private let names: [String]

    /// A reader for one of a plan's projections.
    init(_ plan: Plan, _ projection: Int) {
        words = plan.layouts[projection].words
        names = plan.slotNames(projection)
    }

    /// Lends each row, and what reads its fact.
    func read(_ trace: Span<UInt32>, _ body: (Span<UInt32>, () -> Fact) throws -> Void) rethrows {
        let width = words + 1 + names.count
        var start = 0
        while start < trace.count {
            defer { start += width }
            try body(trace.extracting(start..<start + words)) { fact(trace, start) }
        }
    }

    private func fact(_ trace: Span<UInt32>, _ start: Int) -> Fact {
        let first = start + words + 1
        var events: [Fact.NamedEvent] = []
        for (slot, name) in names.enumerated() where !name.isEmpty {
            let sequence = trace[first + slot]
            if sequence != .max { events.append(.init(name: name, sequence: sequence)) }
        }
        return Fact(
            caseID: trace[start + words], sequence: trace[first], events: events,
            row: (start..<start + words).map { trace[$0] })
    }
}

extension Plan {
    /// The binding whose event each slot of a projection holds: `fact` is slot 0; "" for a binding
    /// that counts and so has no event.
    func slotNames(_ projection: Int) -> [String] {
        var names = [String](
            repeating: "", count: Int(codes.projections[projection].slotCount))
        names[0] = "fact"
        for binding in definitions[projection].bindings {
            if case .count = binding.kind { continue }
            if let slot = slots[projection][binding.name] { names[Int(slot)] = binding.name }
        }
        return names
    }
}
