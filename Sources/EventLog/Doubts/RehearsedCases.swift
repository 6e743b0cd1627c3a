public import EventModel

/// What would be doubtful about some events once they are recorded, and about the cases that they belong
/// to: which would have no opening, or events before it; names that look alike; what is told late.
///
/// As `LogView.countDoubts` tells it of an import, without recording any. What an `event.voided` among
/// them takes out counts no more.
public final class RehearsedCases {
    /// An event: when, and which of all.
    private struct Told {
        var time: Int64
        var identity: UInt64
        var place: UInt32
    }

    /// The events of a case: those that open it, and the others.
    private struct Case {
        var subject: String
        var openings: [Told] = []
        var others: [Told] = []
    }

    private let rules: [RowRules]
    private let nameRules: [NameRule]
    private let isVoid: [Bool]
    private let types: EventTypes
    private let openedKinds: Set<String>
    /// In the order in which they came.
    private var cases: [Case] = []
    private var places: [UInt64: Int] = [:]
    private var eventCount = 0
    /// By fingerprint of source and id: how many events came before the last one that takes it out.
    private var voided: [UInt64: UInt32] = [:]
    /// Names by what they are of, with the place of the event that says each first; and fingerprints of
    /// those known.
    private var names: [String: [String: UInt32]] = [:]
    private var knownNames: [String: Set<UInt64>] = [:]
    private var backdated = DoubtfulCases(kind: .backdated, count: 0, first: [])

    /// Events that are remembered, at most: some 150 MB.
    private static let mostEvents = 5_000_000

    /// None yet.
    public init(_ types: EventTypes) {
        self.types = types
        (openedKinds, rules) = RowRules.all(of: types)
        nameRules = types.schemas.map { NameRule($0, personalKinds: types.personalKinds) }
        isVoid = types.schemas.map { $0.type == "event.voided" }
    }

    /// Whether all events were remembered.
    public var isWhole: Bool { eventCount <= Self.mostEvents }

    /// Takes in the events of a batch that would be recorded.
    ///
    /// - Parameter now: when they would be.
    public func add(_ batch: EventBatch, _ outcome: AppendOutcome, now: Instant) {
        for (place, row) in batch.rows.enumerated() where outcome.isAccepted(place) {
            eventCount += 1
            guard isWhole else { continue }
            if isVoid[Int(row.type)] {
                if let target = Self.target(of: row, in: batch) {
                    voided[target.value] = UInt32(eventCount)
                }
                continue
            }
            noteNames(of: row, in: batch)
            if now.milliseconds - row.time.milliseconds > DoubtKind.usualBackdating {
                noteLate(row, in: batch)
            }
            let rule = rules[Int(row.type)]
            guard rule.needsOpening else { continue }
            let key = row.subjectFingerprint.value
            let known = places[key] ?? cases.count
            if known == cases.count {
                places[key] = known
                cases.append(Case(subject: batch.text(row.subject)))
            }
            let told = Told(
                time: row.time.milliseconds, identity: row.identity.value,
                place: UInt32(eventCount))
            if rule.opens {
                cases[known].openings.append(told)
            } else {
                cases[known].others.append(told)
            }
        }
    }

    /// The event that a void takes out: the fingerprint of its source and id.
    private static func target(of row: EventRow, in batch: EventBatch) -> Fingerprint? {
        guard let event = try? JSONValue(parsing: batch.text(row.canonical)),
            case .string(let source)? = event["data"]?["source"],
            case .string(let id)? = event["data"]?["id"]
        else { return nil }
        return Fingerprint(
            Fingerprint(of: source.utf8Span.span), Fingerprint(of: id.utf8Span.span))
    }

    private func noteNames(of row: EventRow, in batch: EventBatch) {
        let rule = nameRules[Int(row.type)]
        if rule.mayAnswer, EventTypes.isAnonymous(batch.text(row.subject)) { return }
        // A batch that was made before the type grew has fewer slots.
        let columns = batch.columnCounts[Int(row.type)]
        func code(_ column: Int) -> UInt8? {
            guard column < columns else { return nil }
            return UInt8(truncatingIfNeeded: batch.slots[Int(row.firstSlot) + 2 * column])
        }
        for column in rule.columns where column.index < columns {
            let slot = Int(row.firstSlot) + 2 * column.index
            guard batch.slots[slot] != .max else { continue }
            let text = TextRange(
                offset: Int(batch.slots[slot] >> 32),
                length: Int(batch.slots[slot] & 0xFFFF_FFFF))
            let kind = column.kind(column.customers.flatMap { code($0.column) })
            guard text.length > 0,
                knownNames[kind, default: []].insert(batch.slots[slot + 1]).inserted
            else { continue }
            if names[kind]?[batch.text(text)] == nil {
                names[kind, default: [:]][batch.text(text)] = UInt32(eventCount)
            }
        }
        guard rule.isOfPersons else { return }
        let subject = batch.text(row.subject)
        guard let slash = subject.firstIndex(of: "/") else { return }
        let kind = String(subject[..<slash])
        guard types.personalKinds.contains(kind), !EventTypes.isAnonymous(subject),
            knownNames[kind + "/", default: []].insert(row.subjectFingerprint.value).inserted
        else { return }
        let name = String(subject[subject.index(after: slash)...])
        if names[kind]?[name] == nil {
            names[kind, default: [:]][name] = UInt32(eventCount)
        }
    }

    private func noteLate(_ row: EventRow, in batch: EventBatch) {
        backdated.count += 1
        guard backdated.first.count < DoubtfulCases.shown else { return }
        let subject = batch.text(row.subject)
        if !EventTypes.isAnonymous(subject), !backdated.first.contains(subject) {
            backdated.first.append(subject)
        }
    }

    /// What would be doubtful, by kind.
    ///
    /// - Parameter view: the log that the events would be recorded in.
    /// - Complexity: O(events, and those recorded of their cases), and what `namesAlike` says.
    public func doubts(in view: borrowing LogView) throws -> [DoubtfulCases] {
        let taken = try takenOut(in: view)
        var found: [DoubtKind: (count: Int, first: [(id: UInt32, subject: String)])] = [:]
        for told in cases where openedKinds.contains(String(told.subject.prefix { $0 != "/" })) {
            let id = try view.caseID(told.subject)
            for kind in try judge(told, recordedAs: id, taken, in: view) {
                var group = found[kind] ?? (0, [])
                group.count += 1
                group.first.append((id ?? .max, told.subject))
                found[kind] = group
            }
        }
        var census = DoubtCensus()
        for (kind, (count, cases)) in found {
            // Known cases come first, by their numbers.
            let first = cases.enumerated().sorted {
                ($0.element.id, $0.offset) < ($1.element.id, $1.offset)
            }.prefix(DoubtfulCases.shown).map(\.element.subject)
            census.add(DoubtfulCases(kind: kind, count: count, first: first))
        }
        let end = view.entryCount
        let said = names.mapValues { $0.mapValues { end + $0 } }
        census.add(
            DoubtfulCases(
                alike: try view.namesAlike(said: said, in: end..<UInt32.max)))
        census.add(backdated)
        return try census.named(in: view)
    }

    /// Entries that are taken out, or would be.
    private func takenOut(in view: borrowing LogView) throws -> Set<UInt32> {
        var taken = Set(try view.voidedSequences())
        try view.tables.identities.probe(voided.keys.sorted(), in: view.transaction) { _, found in
            taken.insert(found)
        }
        return taken
    }

    private func isTakenOut(_ told: Told) -> Bool {
        !voided.isEmpty && told.place < voided[told.identity] ?? 0
    }

    private func judge(
        _ told: Case, recordedAs id: UInt32?, _ taken: Set<UInt32>, in view: borrowing LogView
    ) throws -> [DoubtKind] {
        var known: (opening: Int64?, others: [Int64]) = (nil, [])
        for sequence in try id.map({ try view.caseHistory($0) }) ?? []
        where !taken.contains(sequence) {
            let segment = try view.segment(containing: sequence)
            let row = Int(sequence - segment.first)
            let rule = rules[Int(segment.types[row])]
            guard rule.needsOpening else { continue }
            let time = segment.times[row]
            if rule.opens {
                known.opening = min(known.opening ?? time, time)
            } else {
                known.others.append(time)
            }
        }
        let openings = told.openings.filter { !isTakenOut($0) }.map(\.time)
        let others = told.others.filter { !isTakenOut($0) }.map(\.time)
        guard let opening = (openings + [known.opening].compactMap { $0 }).min() else {
            // A case that stood so before was told then.
            return known.others.isEmpty && !others.isEmpty ? [.noOpening] : []
        }
        // Of what is recorded that was told already, unless the opening comes now.
        let isNew = opening != known.opening
        let before = (others + (isNew ? known.others : [])).filter { $0 < opening }
        let early = before.filter { $0 < opening - DoubtKind.clockTolerance }
        return (early.isEmpty ? [] : [.endBeforeStart])
            + (early.count == before.count ? [] : [.moved])
    }
}
