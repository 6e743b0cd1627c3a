public import EventModel

/// The cases that some events would belong to: which would have no opening, or events before it.
///
/// As `LogView.findDoubts` tells them once the events are recorded, without recording any. What an
/// `event.voided` among them would take out counts all the same.
public final class RehearsedCases {
    /// When the events of a case happened: its opening, and the others.
    private struct Times {
        var opening: Int64?
        var others: [Int64] = []

        mutating func take(_ time: Int64, opens: Bool) {
            if opens { opening = min(opening ?? time, time) } else { others.append(time) }
        }
    }

    private let rules: [RowRules]
    private let openedKinds: Set<String>
    /// In the order in which they came.
    private var cases: [(subject: String, times: Times)] = []
    private var places: [UInt64: Int] = [:]
    private var eventCount = 0

    /// Events that are remembered, at most: some 100 MB.
    private static let mostEvents = 5_000_000

    /// None yet.
    public init(_ types: EventTypes) {
        (openedKinds, rules) = RowRules.all(of: types)
    }

    /// Whether all events were remembered.
    public var isWhole: Bool { eventCount <= Self.mostEvents }

    /// Takes in the events of a batch that would be recorded.
    public func add(_ batch: EventBatch, _ outcome: AppendOutcome) {
        for (place, row) in batch.rows.enumerated() where outcome.isAccepted(place) {
            let rule = rules[Int(row.type)]
            guard rule.needsOpening else { continue }
            eventCount += 1
            guard isWhole else { continue }
            let key = row.subjectFingerprint.value
            let known = places[key] ?? cases.count
            if known == cases.count {
                places[key] = known
                cases.append((batch.text(row.subject), Times()))
            }
            cases[known].times.take(row.time.milliseconds, opens: rule.opens)
        }
    }

    /// What would be doubtful about cases, by kind.
    ///
    /// - Parameter view: the log that the events would be recorded in.
    /// - Complexity: O(events, and those recorded of their cases).
    public func doubts(in view: borrowing LogView) throws -> [DoubtfulCases] {
        let voided = Set(try view.voidedSequences())
        var found: [DoubtKind: (count: Int, first: [(id: UInt32, subject: String)])] = [:]
        for told in cases where openedKinds.contains(String(told.subject.prefix { $0 != "/" })) {
            let id = try view.caseID(told.subject)
            for kind in try judge(told.times, recordedAs: id, voided, in: view) {
                var group = found[kind] ?? (0, [])
                group.count += 1
                group.first.append((id ?? .max, told.subject))
                found[kind] = group
            }
        }
        return DoubtKind.allCases.compactMap { kind in
            guard let (count, cases) = found[kind] else { return nil }
            // Known cases come first, by their numbers.
            let first = cases.enumerated().sorted {
                ($0.element.id, $0.offset) < ($1.element.id, $1.offset)
            }.prefix(DoubtfulCases.shown).map(\.element.subject)
            return DoubtfulCases(kind: kind, count: count, first: first)
        }
    }

    private func judge(
        _ told: Times, recordedAs id: UInt32?, _ voided: Set<UInt32>, in view: borrowing LogView
    ) throws -> [DoubtKind] {
        var known = Times()
        for sequence in try id.map({ try view.caseHistory($0) }) ?? []
        where !voided.contains(sequence) {
            let segment = try view.segment(containing: sequence)
            let row = Int(sequence - segment.first)
            let rule = rules[Int(segment.types[row])]
            guard rule.needsOpening else { continue }
            known.take(segment.times[row], opens: rule.opens)
        }
        guard let opening = [told.opening, known.opening].compactMap({ $0 }).min() else {
            return known.others.isEmpty ? [.noOpening] : []
        }
        // Of what is recorded that was told already, unless the opening comes now.
        let isNew = opening != known.opening
        let before = (told.others + (isNew ? known.others : [])).filter { $0 < opening }
        let early = before.filter { $0 < opening - DoubtKind.clockTolerance }
        return (early.isEmpty ? [] : [.endBeforeStart])
            + (early.count == before.count ? [] : [.moved])
    }
}
