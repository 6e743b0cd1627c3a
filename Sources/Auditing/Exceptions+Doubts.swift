import EventLog
import EventModel
import Projections

extension AuditExceptions {
    /// What is doubtful about entries and the cases they belong to. Doubts of one kind that came in one
    /// batch stand together, unless each is listed; those about people who are not to be known are
    /// counted alone.
    func doubts(
        in entries: Range<UInt32>, by live: LiveProjections,
        _ anonymous: inout [AuditException.Kind: Int]
    ) throws -> [AuditException] {
        var groups = DoubtGroups(listsEach: listsEach)
        var hidden: [AuditException.Kind: Int] = [:]
        var exceptions: [AuditException] = []
        try live.findDoubts(in: entries, trials: TieTrials(shouldStop: shouldStop)) { doubt, view in
            guard let kind = AuditException.Kind(doubt.kind) else { return }
            if doubt.isAnonymous {
                hidden[kind, default: 0] += 1
            } else if groups.isFirst(kind, try Self.batch(of: doubt, entries, in: view)) {
                exceptions.append(try Self.exception(kind, doubt, entries, in: view))
            }
        }
        for (place, count) in groups.counts.enumerated() { exceptions[place].count = count }
        anonymous.merge(hidden, uniquingKeysWith: +)
        return try live.store.log.read { view in
            try exceptions
                + view.namesAlike(in: entries).map { alike in
                    AuditException(
                        kind: .namesAlike, sequence: alike.sequence,
                        recorded: try view.recorded(alike.sequence),
                        happened: try view.happened(alike.sequence), subject: alike.kind,
                        detail: alike.text, reason: "", person: "", count: 1)
                }
        }
    }

    /// What imports told of their inputs.
    static func told(
        in entries: Range<UInt32>, of view: borrowing LogView
    ) throws -> [AuditException] {
        try view.toldDoubts(in: entries).compactMap { told in
            guard let kind = AuditException.Kind(told.kind) else { return nil }
            var exception = AuditException(
                kind: kind, sequence: told.sequence, recorded: try view.recorded(told.sequence),
                happened: try view.happened(told.sequence), subject: told.input,
                detail: told.cases.joined(separator: ", "), reason: "", person: "",
                count: told.count)
            exception.firstLine = told.line
            return exception
        }
    }

    /// Of the entries that a doubt is about, the first one that is looked at.
    private static func entry(of doubt: CaseDoubt, _ entries: Range<UInt32>) -> UInt32 {
        doubt.sequences.first(where: entries.contains) ?? doubt.sequences[0]
    }

    private static func batch(
        of doubt: CaseDoubt, _ entries: Range<UInt32>, in view: borrowing LogView
    ) throws -> Instant {
        try view.recorded(entry(of: doubt, entries))
    }

    private static func exception(
        _ kind: AuditException.Kind, _ doubt: CaseDoubt, _ entries: Range<UInt32>,
        in view: borrowing LogView
    ) throws -> AuditException {
        let sequence = entry(of: doubt, entries)
        let segment = try view.segment(containing: sequence)
        let type = view.types.schemas[Int(segment.types[Int(sequence - segment.first)])].type
        return AuditException(
            kind: kind, sequence: sequence, recorded: try view.recorded(sequence),
            happened: try view.happened(sequence),
            subject: try view.subject(ofCase: doubt.caseID),
            detail: doubt.detail.isEmpty ? type : "\(type): \(doubt.detail)", reason: "",
            person: "", count: 1)
    }
}

/// Puts doubts of one kind and batch together.
private struct DoubtGroups {
    private struct Key: Hashable {
        var kind: AuditException.Kind
        var batch: Instant
    }

    let listsEach: Bool
    /// By group, in the order of the first of each: how many there are.
    private(set) var counts: [Int] = []
    private var places: [Key: Int] = [:]

    init(listsEach: Bool) { self.listsEach = listsEach }

    /// Counts a doubt; whether it begins a group.
    mutating func isFirst(_ kind: AuditException.Kind, _ batch: Instant) -> Bool {
        let key = Key(kind: kind, batch: batch)
        if !listsEach, let place = places[key] {
            counts[place] += 1
            return false
        }
        places[key] = counts.count
        counts.append(1)
        return true
    }
}

extension AuditException.Kind {
    /// Its place among the kinds, for a list's order.
    var place: Int { AuditException.Kind.allCases.firstIndex(of: self) ?? 0 }
}
