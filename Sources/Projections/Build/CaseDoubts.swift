public import Definitions
import EventLog
import EventModel

/// What is doubtful about a case: what the order of recording alone decided, and what clocks or the
/// source left open. Entries are sequences of the log.
public struct CaseDoubts: Hashable, Sendable {
    /// Two events that nothing tells apart: of one instant and rank, and of no source's order. Had
    /// they been recorded the other way round, some facts would be others.
    public struct Tie: Hashable, Sendable {
        /// The one recorded first, which counts as the first.
        public var first: UInt32
        /// The other.
        public var second: UInt32
        /// Names of the projections whose facts depend on it, in the order they were given.
        public var projections: [String]
    }

    /// A length of time whose end lies before its start, so that it has no value.
    public struct Reversal: Hashable, Sendable {
        /// The event at which it should start.
        public var start: UInt32
        /// The event at which it should end.
        public var end: UInt32
    }

    /// The case.
    public var caseID: UInt32
    /// Whether it is one of respondents: it may be counted, never named, nor may its entries.
    public var isAnonymous = false
    /// Whether its kind of case is opened by an event, and it has none.
    public var lacksOpening = false
    /// Events up to `ProjectionDefinition.usualToleranceMilliseconds` before the opening, which count
    /// as at it, in the order of recording.
    public var moved: [UInt32] = []
    /// Earlier ones, which stay where they are.
    public var early: [UInt32] = []
    /// Lengths of time, of any of the projections, that end before they start.
    public var reversals: [Reversal] = []
    /// Ties that decide: see `Tie`.
    public var ties: [Tie] = []
    /// Whether it has more pairs of alike events than were tried (`mostPairs`), so that there may be
    /// ties that are not named.
    public var hasMorePairs = false

    /// Pairs of events tried in one case, at most: each has the case evaluated again.
    public static let mostPairs = 256

    /// Whether there is anything to tell.
    public var isEmpty: Bool {
        !lacksOpening && moved.isEmpty && early.isEmpty && reversals.isEmpty && ties.isEmpty
            && !hasMorePairs
    }
}

extension ProjectionStore {
    /// Looks for what is doubtful in some cases: see `CaseDoubts`.
    ///
    ///     let cases = try store.cases(touchedBy: position..<end)
    ///     let doubtful = try store.doubts(
    ///         ofCases: cases, live.sources.map(\.definition), context: live.context)
    ///
    /// - Parameters:
    ///   - definitions: whose facts count: those in force. Those of anonymous cases have facts by
    ///     event; what `query` shows of them follows the rounds, not these.
    ///   - upTo: the log's first so many entries; nil for all.
    /// - Returns: the doubtful ones alone, in the order given.
    /// - Throws: `ProjectionFault.definition`, `.interrupted`, and what the store has to say. A fact
    ///   that can't be computed is passed over: catching up tells of it.
    /// - Complexity: O(entries of the cases), and an evaluation of the case for each pair of events of
    ///   one instant and rank that some projection looks at.
    public func doubts(
        ofCases ids: [UInt32], _ definitions: [ProjectionDefinition], context: BuildContext,
        upTo: UInt32? = nil, options: BuildOptions = BuildOptions()
    ) throws -> [CaseDoubts] {
        let (plans, count) = try prepare(definitions, context: context)
        let end = min(upTo ?? count, count)
        let clocks = ClockDoubts(types: context.types)
        var doubts: [CaseDoubts] = []
        // Short read transactions.
        for start in stride(from: 0, to: ids.count, by: 256) {
            guard !options.shouldStop() else { throw ProjectionFault.interrupted }
            let part = ids[start..<min(start + 256, ids.count)]
            try log.read { view in
                let voided = try CaseFacts.voided(upTo: end, in: view)
                var found = try part.map { id in
                    try clocks.doubts(ofCase: id, upTo: end, voided: voided, in: view)
                }
                for plan in plans {
                    var search = TieSearch(plan: plan)
                    var walk = ChainWalk(plan: plan, segments: try view.segmentWalk())
                    for place in found.indices {
                        try search.search(&found[place], upTo: end, voided, &walk, view)
                    }
                }
                doubts += found.filter { !$0.isEmpty }
            }
        }
        return doubts
    }

    /// The cases that some entries are of, ascending.
    ///
    /// - Complexity: O(entries).
    public func cases(touchedBy entries: Range<UInt32>) throws -> [UInt32] {
        var cases: Set<UInt32> = []
        var first = entries.lowerBound
        // Short read transactions.
        while first < entries.upperBound {
            let end = min(entries.upperBound, first + min(1 << 20, entries.upperBound - first))
            try log.read { view in
                for segment in try view.segments(covering: first..<end) {
                    let last = min(end, segment.first + UInt32(segment.count))
                    for sequence in max(first, segment.first)..<last {
                        cases.insert(segment.cases[Int(sequence - segment.first)])
                    }
                }
            }
            first = end
        }
        return cases.sorted()
    }
}

extension LiveProjections {
    /// What is doubtful in some cases, by the projections in force: see `ProjectionStore.doubts`.
    public func doubts(
        ofCases ids: [UInt32], upTo: UInt32? = nil, options: BuildOptions = BuildOptions()
    ) throws -> [CaseDoubts] {
        try store.doubts(
            ofCases: ids, sources.map(\.definition), context: context, upTo: upTo,
            options: options)
    }
}

/// What a case's times say by themselves, whatever is measured.
private struct ClockDoubts {
    private let types: EventTypes
    /// Kinds of case that an event opens.
    private let openedKinds: Set<String>

    init(types: EventTypes) {
        self.types = types
        openedKinds = Set(types.schemas.filter(\.opensCase).flatMap(\.subjectKinds))
    }

    func doubts(
        ofCase id: UInt32, upTo: UInt32, voided: Set<UInt32>, in view: borrowing LogView
    ) throws -> CaseDoubts {
        let subject = try view.subject(ofCase: id)
        var doubts = CaseDoubts(
            caseID: id, isAnonymous: EventTypes.isAnonymous(subject))
        guard openedKinds.contains(String(subject.prefix { $0 != "/" })) else { return doubts }
        var events: [(sequence: UInt32, time: Int64)] = []
        var opening: Int64?
        var walk = try view.segmentWalk()
        for sequence in try view.caseHistory(id) where sequence < upTo && !voided.contains(sequence)
        {
            let segment = try walk.segment(containing: sequence).segment
            let row = Int(sequence - segment.first)
            guard Int(segment.types[row]) < types.schemas.count else { continue }
            let schema = types.schemas[Int(segment.types[row])]
            guard !schema.isLogsOwn else { continue }
            events.append((sequence, segment.times[row]))
            if schema.opensCase { opening = min(opening ?? .max, segment.times[row]) }
        }
        guard let opening else {
            doubts.lacksOpening = !events.isEmpty
            return doubts
        }
        let tolerance = ProjectionDefinition.usualToleranceMilliseconds
        for event in events where event.time < opening {
            if event.time >= opening - tolerance {
                doubts.moved.append(event.sequence)
            } else {
                doubts.early.append(event.sequence)
            }
        }
        return doubts
    }
}
