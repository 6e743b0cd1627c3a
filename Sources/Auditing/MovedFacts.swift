import Definitions
import EventLog
import EventModel
import Projections
import Querying

/// What the entries between two states of a log changed: facts, and the events and definitions
/// behind the changes.
final class MovedFacts {
    private struct Projection {
        var definition: ProjectionDefinition
        /// By case, those that changed.
        var facts: [UInt32: [Fact]]
        /// By case, the entries that it looks at.
        var entries: [UInt32: [UInt32]]
        /// By case, once somebody asked: what was done to it, and what each of that moves; nothing
        /// where that was not tried.
        var causes: [UInt32: (causes: [Cause], moves: [CaseMoves])] = [:]
    }

    private let log: LogStore
    private let registers: (before: DefinitionRegister, after: DefinitionRegister)
    private let libraries: (before: DefinitionLibrary, after: DefinitionLibrary)
    private let entries: Range<UInt32>
    private let boundary: Instant
    private let live: LiveProjections
    private var projections: [String: Projection] = [:]
    /// Which entry each void of the range takes out.
    private let targets: [UInt32: UInt32]

    init(
        _ log: LogStore, _ registers: (DefinitionRegister, DefinitionRegister),
        _ entries: Range<UInt32>, before end: Day, _ options: BuildOptions
    ) throws {
        self.log = log
        self.registers = registers
        self.entries = entries
        libraries = (
            DefinitionLibrary(register: registers.0, types: log.types(in: registers.0)),
            DefinitionLibrary(register: registers.1, types: log.types(in: registers.1))
        )
        (targets, boundary) = try log.read { view in
            var targets: [UInt32: UInt32] = [:]
            for (voided, by) in try view.voids() where entries.contains(by) {
                targets[by] = voided
            }
            let last = entries.lowerBound > 0 ? try view.recorded(entries.lowerBound - 1) : nil
            return (targets, last ?? .earliest)
        }
        live = try LiveProjections(of: log, register: registers.0)
        let definitions = live.sources.map(\.definition)
        let changed = try live.store.changes(
            of: definitions, context: live.context, by: entries, before: end, options: options)
        for (definition, facts) in zip(definitions, changed) where !facts.isEmpty {
            projections[definition.name] = Projection(
                definition: definition, facts: Dictionary(grouping: facts, by: \.caseID),
                entries: try live.store.entries(
                    seenBy: definition, context: live.context,
                    ofCases: Set(facts.map(\.caseID)).sorted(), in: entries))
        }
    }

    // MARK: KPIs

    /// Whether a KPI reads answers of respondents, in one of the states.
    func isAnonymous(_ kpi: String) throws -> Bool {
        try [libraries.before, libraries.after].contains { library in
            guard let definition = try library.kpi(kpi) else { return false }
            return try library.projections(behind: definition).contains {
                try library.projection($0)?.isAnonymous ?? false
            }
        }
    }

    /// What an answer's figures rest on: the definitions that it used, down to the calendars that its
    /// measures are counted by, and the event types that its facts are read from or taken out by.
    ///
    /// - Complexity: O(definitions used).
    func grounds(of answer: Answer) throws -> Set<Name> {
        var names: Set<Name> = []
        for (path, _) in answer.definitions {
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            names.insert(Name(kind: parts[0], name: parts[1]))
            guard parts[0] == "projection" else { continue }
            for library in [libraries.before, libraries.after] {
                guard let definition = try library.projection(parts[1]) else { continue }
                let kinds = definition.subjectKinds
                let undoing = log.types.schemas.filter {
                    $0.undoesCase && $0.occurs(in: kinds)
                }
                // What an event type's next version reads into its events changes facts, too.
                names.formUnion(
                    (definition.reads.map(\.type) + undoing.map(\.type)).map {
                        Name(kind: "event_schema", name: $0)
                    })
            }
        }
        let calendars = answer.columns.flatMap(\.calendars)
        return names.union(calendars.map { Name(kind: "calendar", name: $0.name) })
    }

    /// The changes between the two states of what figures rest on.
    private func changes(of names: Set<Name>) -> [DefinitionChange] {
        let old = registers.before.changes.count
        return registers.after.changes.dropFirst(old).filter { change in
            // New texts for people say nothing new.
            let known = registers.before.definition(change.kind, change.name, change.version)
            if change.action == .registered, known?.meaning == change.meaning { return false }
            // A projection's text says nothing until it is promoted.
            guard names.contains(Name(kind: change.kind, name: change.name)) else { return false }
            return change.kind != "projection" || change.action != .registered
        }
    }

    /// A definition, a calendar or an event type.
    struct Name: Hashable {
        var kind: String
        var name: String
    }

    /// What was redefined between the two states of what figures rest on.
    func redefinitions(of grounds: Set<Name>) throws -> [Cause] {
        try changes(of: grounds).map { change in
            var cause = try cause(.definition, change.sequence)
            cause.subject = "\(change.kind) \(change.name)@\(change.version)"
            cause.type = "definition.\(change.action)"
            return cause
        }
    }

    // MARK: Events

    /// The events that moved a cell: of the cases whose facts give another share to it, those without
    /// which they would not. Where no fact holds anything of what is counted, those whose facts made the
    /// cell, or left it without any.
    func events(
        behind column: String, _ key: [(dimension: String, value: String)], _ period: Period,
        in context: any AskedState, _ states: FollowedStates
    ) throws -> [Cause] {
        let counted = try events(
            behind: column, key, period, in: context, states, countsAll: false)
        if !counted.isEmpty { return counted }
        return try events(behind: column, key, period, in: context, states, countsAll: true)
    }

    private func events(
        behind column: String, _ key: [(dimension: String, value: String)], _ period: Period,
        in context: any AskedState, _ states: FollowedStates, countsAll: Bool
    ) throws -> [Cause] {
        guard
            let shares = try? context.shares(
                QueryRequest(kpis: [column], period: period), key: key, states,
                countsAll: countsAll)
        else { return [] }
        var found: Set<Cause> = []
        for (name, share) in shares {
            guard let projection = projections[name] else { continue }
            let cases = projection.facts.filter { id, facts in
                Self.moves(Self.rows(of: facts), share)
            }.keys
            try lookAt(cases, of: name)
            for id in cases {
                guard let (causes, moves) = projections[name]?.causes[id] else { continue }
                // Of changes that each would have moved it, the last ones alone did; where none did by
                // itself, all did together.
                func moving(_ rows: (CaseMoves) -> MovedRows) -> [Cause] {
                    zip(causes, moves).filter { Self.moves(rows($1), share) }.map(\.0)
                }
                var own = moving(\.last)
                if own.isEmpty { own = moving(\.alone) }
                found.formUnion(own.isEmpty ? causes : own)
            }
        }
        return found.sorted { $0.sequence < $1.sequence }
    }

    /// Whether rows that came and went change what a figure is made of.
    private static func moves(_ rows: MovedRows, _ share: ([UInt32]) -> [Int64]?) -> Bool {
        var shares: [[Int64]: Int64] = [:]
        for (row, count) in rows {
            if let given = share(row) { shares[given, default: 0] += count }
        }
        return shares.values.contains { $0 != 0 }
    }

    private static func rows(of facts: [Fact]) -> MovedRows {
        facts.reduce(into: [:]) { $0[Array($1.row.dropLast(2)), default: 0] += $1.multiplicity }
    }

    /// Finds what was done to some cases since, and what each of it moves of a projection's facts.
    private func lookAt(_ cases: some Sequence<UInt32>, of name: String) throws {
        guard var projection = projections[name] else { return }
        var causes: [UInt32: [Cause]] = [:]
        var changes: [UInt32: [CaseChange]] = [:]
        for id in cases where projection.causes[id] == nil {
            let found = try self.causes(of: projection.entries[id] ?? [])
            causes[id] = found
            // What was done alone moved all that moved; of very much each is told.
            guard (2...Self.mostTried).contains(found.count) else { continue }
            changes[id] = found.map { cause in
                let isVoid = cause.voided != nil
                let added = [isVoid ? cause.anew : cause.sequence].compactMap { $0 }
                return CaseChange(
                    added: Set(added), taken: Set([cause.voided].compactMap { $0 }))
            }
        }
        let moves = try live.store.moves(
            of: projection.definition, context: live.context, by: changes, in: entries)
        for (id, found) in causes { projection.causes[id] = (found, moves[id] ?? []) }
        projections[name] = projection
    }

    /// Of so many changes of a case it is tried which moved a figure, at most: it is evaluated twice for
    /// each.
    private static let mostTried = 1000

    /// The events that set a field of a case since, or that set it before and were taken out.
    func causes(ofCase subject: String, setting field: String) throws -> [Cause] {
        let sequences = try log.read { view -> [UInt32] in
            guard let id = try view.caseID(subject) else { return [] }
            let profiles = view.types.profileTypes(of: String(subject.prefix { $0 != "/" }))
            let names = Set(profiles.map(\.type))
            return try view.caseHistory(id).filter { sequence in
                guard entries.contains(sequence) else { return false }
                let told = targets[sequence] ?? sequence
                guard names.contains(try typeName(told, in: view)) else { return false }
                return try view.sets(told, field)
            }
        }
        return try causes(of: sequences)
    }

    /// What some entries of one case did since, those that it takes together put together.
    private func causes(of sequences: [UInt32]) throws -> [Cause] {
        let voids = sequences.filter { targets[$0] != nil }
        let voided = Set(voids.compactMap { targets[$0] })
        var anew: Set<UInt32> = []
        var found: [Cause] = []
        for void in voids {
            guard let target = targets[void] else { continue }
            // What came and went between the two states moved nothing.
            guard target < entries.lowerBound else { continue }
            let identity = try identity(target)
            let again = try sequences.first { sequence in
                guard sequence > void, targets[sequence] == nil, !voided.contains(sequence),
                    !anew.contains(sequence)
                else { return false }
                return try self.identity(sequence) == identity
            }
            var cause = try cause(again == nil ? .voided : .corrected, void)
            cause.voided = target
            cause.anew = again
            if let again { anew.insert(again) }
            let (type, happened) = try log.read { view in
                (try typeName(target, in: view), try view.happened(target))
            }
            cause.type = type
            cause.happened = happened
            found.append(cause)
        }
        for sequence in sequences
        where targets[sequence] == nil && !anew.contains(sequence) && !voided.contains(sequence) {
            var cause = try cause(.new, sequence)
            if cause.happened <= boundary {
                cause.kind = .late
            } else if log.types[cause.type]?.undoesCase ?? false {
                cause.kind = .undone
            }
            found.append(cause)
        }
        return found
    }

    private func identity(_ sequence: UInt32) throws -> [String?] {
        let entry = try entry(sequence)
        return [entry["source"]?.text, entry["id"]?.text]
    }

    private func entry(_ sequence: UInt32) throws -> JSONValue {
        try log.read { try $0.json(sequence) }
    }

    private func typeName(_ sequence: UInt32, in view: borrowing LogView) throws -> String {
        let segment = try view.segment(containing: sequence)
        return view.types.schemas[Int(segment.types[Int(sequence - segment.first)])].type
    }

    private func cause(_ kind: Cause.Kind, _ sequence: UInt32) throws -> Cause {
        let entry = try entry(sequence)
        let (happened, recorded) = try log.read {
            (try $0.happened(sequence), try $0.recorded(sequence))
        }
        return Cause(
            kind: kind, sequence: sequence, voided: nil, anew: nil,
            subject: entry["subject"]?.text ?? "", type: entry["type"]?.text ?? "",
            happened: happened, recorded: recorded, reason: entry["data"]?["reason"]?.text ?? "",
            person: entry["data"]?["by"]?.text ?? "")
    }
}
