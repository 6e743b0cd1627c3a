package import Definitions
internal import Dispatch
public import EventLog
public import EventModel
internal import Synchronization

/// How long to look for ties that decide a figure.
public struct TieTrials: Sendable {
    /// Pairs of events that are tried, about, at most: for each its case is evaluated again.
    public var most: Int
    /// Asked before each few cases.
    public var shouldStop: @Sendable () -> Bool

    /// As many as a user waits for beside what was asked: well below a second.
    public static let few = TieTrials(most: 10_000)

    /// Trials from their parts.
    public init(most: Int = .max, shouldStop: @escaping @Sendable () -> Bool = { false }) {
        self.most = most
        self.shouldStop = shouldStop
    }
}

extension LiveProjections {
    /// All that is doubtful about some entries and about cases because of them, counted by kind with the
    /// first cases and lines of each: `ingest`, `status` and `doctor` tell what it finds.
    ///
    /// - Parameters:
    ///   - isImport: whether the entries are those of an import that has told what its input alone
    ///     shows, and what an event shows by itself.
    ///   - known: what the log knew of names before these entries, where that was noted.
    /// - Throws and complexity: those of `findDoubts` and `LogView.addWhole`; `TieTrials.few` are made.
    public func countDoubts(
        in entries: Range<UInt32>, isImport: Bool = false, after known: KnownNames? = nil
    ) throws -> [DoubtfulCases] {
        var census = DoubtCensus()
        let tied = TiedCasesSearch(entries, in: store.log)
        try store.log.read { view in
            let entries = entries.clamped(to: 0..<view.entryCount)
            try view.findDoubts(in: entries, ofCasesAlone: isImport) { census.add($0) }
            try view.addWhole(entries, &census, isImport: isImport, after: known)
        }
        census.untriedTies = try tryTies(ofCases: tied.found(), among: entries, .few) { doubt, _ in
            census.add(doubt)
        }
        return try store.log.read { try census.named(in: $0) }
    }

    /// Looks for all that is doubtful about some entries, and about cases because of them: what
    /// `LogView.findDoubts` tells, then the cases in which a tie decides a fact of the projections in
    /// force, with the entries of each tie in their order.
    ///
    ///     let untried = try live.findDoubts(in: first..<end) { doubt, _ in found.append(doubt) }
    ///
    /// - Parameters:
    ///   - entries: sequences of the log; those past its end are none.
    ///   - ofCasesAlone: whether only kinds that are about whole cases are wanted.
    ///   - tell: has each doubt, and the view it was found in.
    /// - Returns: how many cases have events that recording alone orders and were not tried.
    /// - Throws: `ProjectionFault.definition`, `.interrupted`, and what the store or `tell` has to say.
    /// - Complexity: what `LogView.findDoubts` says, and for each case tried an evaluation of its
    ///   entries for each pair of events of one instant and rank.
    @discardableResult
    public func findDoubts(
        in entries: Range<UInt32>, ofCasesAlone: Bool = false, trials: TieTrials = TieTrials(),
        _ tell: (CaseDoubt, borrowing LogView) throws -> Void
    ) throws -> Int {
        let tied = TiedCasesSearch(entries, in: store.log)
        try store.log.read { view in
            let entries = entries.clamped(to: 0..<view.entryCount)
            try view.findDoubts(in: entries, ofCasesAlone: ofCasesAlone) { try tell($0, view) }
        }
        return try tryTies(ofCases: tied.found(), among: entries, trials, tell)
    }

    private func tryTies(
        ofCases tied: [UInt32], among entries: Range<UInt32>, _ trials: TieTrials,
        _ tell: (CaseDoubt, borrowing LogView) throws -> Void
    ) throws -> Int {
        guard !tied.isEmpty else { return 0 }
        return try store.ties(
            ofCases: tied, among: entries, sources.map(\.definition), context: context, trials
        ) { id, ties, view in
            let isAnonymous = EventTypes.isAnonymous(try view.subject(ofCase: id))
            try tell(
                CaseDoubt(
                    kind: .tie, caseID: id, sequences: ties.flatMap(\.entries),
                    detail: isAnonymous ? "" : ties.detail, isAnonymous: isAnonymous), view)
        }
    }
}

/// Looks for cases with ties on a thread of its own, while the caller looks for other doubts: each
/// takes about as long as the other.
private final class TiedCasesSearch: Sendable {
    private let result = Mutex<Result<[UInt32], any Error>>(.success([]))
    private let thread = DispatchGroup()

    init(_ entries: Range<UInt32>, in log: LogStore) {
        DispatchQueue.global(qos: .userInitiated).async(group: thread) { [self] in
            let found = Result {
                try log.read { view in
                    try view.tiedCases(in: entries.clamped(to: 0..<view.entryCount))
                }
            }
            result.withLock { $0 = found }
        }
    }

    /// Waits for the search; throws what the store has to say.
    func found() throws -> [UInt32] {
        thread.wait()
        return try result.withLock { $0 }.get()
    }
}

extension [DecidingTie] {
    /// `12 = 15 (handover, resolution) · 17 = 18 (backlog)`
    fileprivate var detail: String {
        map { tie in
            tie.entries.map { String($0) }.joined(separator: " = ")
                + " (\(tie.projections.joined(separator: ", ")))"
        }.joined(separator: " · ")
    }
}

extension ProjectionStore {
    /// Looks for ties that decide facts of some cases.
    ///
    /// A fact that can't be computed is passed over: catching up tells of it. Those of anonymous cases
    /// are looked at by event; what `query` shows of them follows the rounds, not these.
    ///
    /// - Parameters:
    ///   - entries: among which the later recorded of a tie's two events is.
    ///   - tell: has each case that has such ties, and them; never none.
    /// - Returns: how many cases have pairs of alike events that were not tried, and no tie among those
    ///   that were.
    /// - Throws: `ProjectionFault.definition`, `.interrupted`, and what the store or `tell` has to say.
    package func ties(
        ofCases ids: [UInt32], among entries: Range<UInt32>, _ definitions: [ProjectionDefinition],
        context: BuildContext, _ trials: TieTrials = TieTrials(),
        _ tell: (UInt32, [DecidingTie], borrowing LogView) throws -> Void
    ) throws -> Int {
        let (plans, count) = try prepare(definitions, context: context)
        var unsure = 0
        var rest = trials.most
        // Short read transactions.
        for start in stride(from: 0, to: ids.count, by: 256) {
            guard !trials.shouldStop() else { throw ProjectionFault.interrupted }
            let part = ids[start..<min(start + 256, ids.count)]
            try log.read { view in
                let voided = try CaseFacts.voided(upTo: count, in: view)
                var ties = [[DecidingTie]](repeating: [], count: part.count)
                var hasMore = [Bool](repeating: false, count: part.count)
                for plan in plans {
                    var search = TieSearch(plan: plan)
                    var walk = ChainWalk(plan: plan, segments: try view.segmentWalk())
                    for (place, id) in part.enumerated() {
                        let found = try search.ties(
                            ofCase: id, among: entries, upTo: count, voided, rest: &rest, &walk,
                            view)
                        ties[place].merge(found.ties)
                        hasMore[place] = hasMore[place] || found.hasMore
                    }
                }
                for (place, id) in part.enumerated() {
                    ties[place] += try view.profileTies(
                        ofCase: id, among: entries, upTo: count, voided, zone: context.zone
                    ).map { DecidingTie(entries: $0.entries, projections: [$0.field]) }
                    if !ties[place].isEmpty {
                        try tell(id, ties[place], view)
                    } else if hasMore[place] {
                        unsure += 1
                    }
                }
            }
        }
        return unsure
    }
}

extension [DecidingTie] {
    /// Adds those that another plan's projections depend on.
    fileprivate mutating func merge(_ others: [DecidingTie]) {
        for tie in others {
            if let known = firstIndex(where: { $0.entries == tie.entries }) {
                self[known].projections += tie.projections
            } else {
                append(tie)
            }
        }
    }
}
