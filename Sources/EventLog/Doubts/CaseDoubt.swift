public import EventModel

/// A doubt about recorded events of one case.
public struct CaseDoubt: Hashable, Sendable {
    /// What is doubtful.
    public var kind: DoubtKind
    /// The case.
    public var caseID: UInt32
    /// The entries it is about, the one to name first; never empty.
    public var sequences: [UInt32]
    /// What is wrong, in numbers and times that read alike in every language: `score 1000 (1–5)`; may be
    /// empty.
    public var detail: String
    /// Whether it is about an answer of somebody who is not to be known: only how many is told.
    public var isAnonymous: Bool

    /// A doubt from its parts.
    public init(
        kind: DoubtKind, caseID: UInt32, sequences: [UInt32], detail: String = "",
        isAnonymous: Bool = false
    ) {
        precondition(!sequences.isEmpty, "a doubt names an entry")
        self.kind = kind
        self.caseID = caseID
        self.sequences = sequences
        self.detail = detail
        self.isAnonymous = isAnonymous
    }
}

/// Counts doubts by kind, keeping the first cases of each.
public struct DoubtCensus: Sendable {
    private var counts: [DoubtKind: Int] = [:]
    private var first: [DoubtKind: [CaseDoubt]] = [:]
    private var whole: [DoubtKind: DoubtfulCases] = [:]
    /// Cases with ties that were not tried.
    public var untriedTies = 0

    /// Nothing yet.
    public init() {}

    /// Counts one.
    public mutating func add(_ doubt: CaseDoubt) {
        counts[doubt.kind, default: 0] += 1
        guard !doubt.isAnonymous, first[doubt.kind, default: []].count < DoubtfulCases.shown,
            !first[doubt.kind, default: []].contains(where: { $0.caseID == doubt.caseID })
        else { return }
        first[doubt.kind, default: []].append(doubt)
    }

    /// Adds what was counted elsewhere, to what was so of the same kind.
    public mutating func add(_ found: DoubtfulCases) {
        guard found.count > 0 else { return }
        guard var known = whole[found.kind] else {
            whole[found.kind] = found
            return
        }
        known.count += found.count
        if known.line == nil { (known.line, known.input) = (found.line, found.input) }
        let more = found.first.filter { !known.first.contains($0) }
        known.first += more.prefix(DoubtfulCases.shown - known.first.count)
        whole[found.kind] = known
    }

    /// What was counted, in the order of the kinds, with the names of cases.
    public func named(in view: borrowing LogView) throws -> [DoubtfulCases] {
        var result: [DoubtfulCases] = []
        for kind in DoubtKind.allCases {
            if let found = whole[kind] {
                result.append(found)
                continue
            }
            let untried = kind == .tie ? untriedTies : 0
            let count = counts[kind] ?? 0
            guard count + untried > 0 else { continue }
            var names: [String] = []
            for doubt in first[kind] ?? [] { names.append(try view.subject(ofCase: doubt.caseID)) }
            result.append(
                DoubtfulCases(kind: kind, count: count, first: names, untried: untried))
        }
        return result
    }
}
