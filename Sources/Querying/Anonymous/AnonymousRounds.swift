package import EventLog
package import EventModel

/// The groups that a log's answers of anonymous cases are shown in, read when they are first asked
/// for. Used by one thread.
package final class AnonymousRounds {
    private let log: LogStore
    private let zone: TimeZoneRules
    private var known: [UInt32: [RoundLedger]] = [:]

    /// - Parameter zone: whose days part one day's recording from the next.
    package init(of log: LogStore, zone: TimeZoneRules) {
        self.log = log
        self.zone = zone
    }

    /// The local day on which a round lies: that of its beginning.
    func day(of round: Instant) -> Day { zone.day(of: round) }

    /// The groups of every survey as the log's first `count` entries make them.
    ///
    /// - Complexity: O(entries), two bytes of each, and O(events of the types that tell answers).
    func ledgers(upTo count: UInt32) throws -> [RoundLedger] {
        if let ledgers = known[count] { return ledgers }
        let ledgers = try log.read { view -> [RoundLedger] in
            let times = try LogTimes(SharedView(view), upTo: count, zone)
            let events = try RoundEvents(view, upTo: count).bySurvey
            return try events.keys.sorted { $0.lexicographicallyPrecedes($1) }.map {
                try RoundLedger(events[$0] ?? [], times)
            }
        }
        known[count] = ledgers
        return ledgers
    }
}

/// When a log's entries were recorded, as one transaction sees it.
private struct LogTimes: RecordingTimes {
    let count: UInt32
    private let log: SharedView
    private let zone: TimeZoneRules
    /// The entries that end the imports of a command, ascending.
    private let imports: [UInt32]

    init(_ log: SharedView, upTo count: UInt32, _ zone: TimeZoneRules) throws {
        self.log = log
        self.count = count
        self.zone = zone
        imports = try Self.ends(of: log.view, upTo: count)
    }

    private static func ends(of view: borrowing LogView, upTo count: UInt32) throws -> [UInt32] {
        guard let type = view.types.id(of: "ingest.recorded") else { return [] }
        let more = view.types.schemas[Int(type)].columnIndex(of: "more")
        return try view.entries(ofType: type, upTo: count).filter { entry in
            guard let more, let found = try view.value(of: entry, column: more) else { return true }
            return found.value != 2
        }.map(\.sequence)
    }

    func recorded(_ sequence: UInt32) throws -> Instant { try log.view.recorded(sequence) }

    func firstRecorded(after instant: Instant) throws -> UInt32? {
        let before = try log.view.entryCount(recordedBy: instant)
        return before < count ? before : nil
    }

    func rest(from sequence: UInt32) throws -> UInt32? {
        guard sequence < count else { return nil }
        var rest = try nextDay(from: sequence)
        var low = 0
        var high = imports.count
        while low < high {
            let middle = (low + high) / 2
            if imports[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        if low < imports.count { rest = min(rest ?? .max, imports[low]) }
        return rest
    }

    /// The first entry from a sequence on that is the first of its local day.
    private func nextDay(from sequence: UInt32) throws -> UInt32? {
        let day = zone.day(of: try recorded(sequence))
        if sequence > 0, zone.day(of: try recorded(sequence - 1)) < day { return sequence }
        let next = zone.start(of: day.advanced(by: 1))
        return try firstRecorded(after: Instant(milliseconds: next.milliseconds - 1))
    }
}

/// The events of anonymous cases about surveys, as columns tell them.
private struct RoundEvents {
    /// By the survey's fields, each by sequence.
    private(set) var bySurvey: [[String]: [RoundEvent]] = [:]

    /// - Complexity: O(entries), two bytes of each in the segments that hold such events.
    init(_ view: borrowing LogView, upTo count: UInt32) throws {
        var isAnonymous: [UInt32: Bool] = [:]
        let voids = Dictionary(
            try view.voids().filter { $0.by < count }.map { ($0.voided, $0.by) },
            uniquingKeysWith: min)
        for (id, schema) in view.types.schemas.enumerated() {
            guard schema.columns.contains(where: { $0.round == .survey }),
                schema.subjectKinds.isEmpty
                    || !EventTypes.anonymousKinds.isDisjoint(with: schema.subjectKinds)
            else { continue }
            let columns = RoundColumns(schema)
            let entries = try view.entries(ofType: UInt16(id), upTo: count).filter { entry in
                if let known = isAnonymous[entry.caseID] { return known }
                let subject = try view.subject(ofCase: entry.caseID)
                isAnonymous[entry.caseID] = EventTypes.isAnonymous(subject)
                return isAnonymous[entry.caseID] == true
            }
            let places = try view.places(of: entries.map(\.sequence), types: view.types)
            for (entry, place) in zip(entries, places) {
                var event = RoundEvent(place, caseID: entry.caseID)
                event.said = [.text(Array(schema.type.utf8))]
                event.voidedBy = voids[entry.sequence]
                let survey = try columns.read(entry, into: &event, view)
                event.answer?.type = UInt16(id)
                bySurvey[survey, default: []].append(event)
            }
        }
        for survey in bySurvey.keys { bySurvey[survey]?.sort { $0.sequence < $1.sequence } }
    }
}

/// Which columns of a type say what of a round.
private struct RoundColumns {
    private let columns: [(place: Int, field: FieldSchema)]
    private let isInvitation: Bool
    /// An invitation is open for ten years at most.
    private static let mostDays: Int64 = 3660

    init(_ schema: EventSchema) {
        columns = schema.columns.enumerated().filter { $1.round != nil }.map { ($0, $1) }
            .sorted { $0.1.name < $1.1.name }
        isInvitation = schema.isInvitation
    }

    /// A value as it was said: words and names are numbered as the log met them.
    private func said(
        _ value: Int64?, _ field: FieldSchema, _ view: borrowing LogView
    ) throws -> RoundEvent.Said {
        guard let value else { return .nothing }
        if case .enumeration(let words) = field.kind {
            let place = Int(value) - 1
            return words.indices.contains(place) ? .text(Array(words[place].utf8)) : .nothing
        }
        guard field.column == .name else { return .number(value) }
        return .text(Array(try view.name(UInt32(value)).utf8))
    }

    /// Reads an event.
    ///
    /// - Returns: its survey.
    func read(
        _ entry: TypedEntry, into event: inout RoundEvent, _ view: borrowing LogView
    ) throws -> [String] {
        var survey: [String] = []
        var answer = RoundEvent.Answer(question: [], scale: [], isOnScale: true)
        var score: Int64?
        var bounds: (least: Int64?, greatest: Int64?) = (nil, nil)
        for (place, field) in columns {
            let found = try view.value(of: entry, column: place)
            let value = found.flatMap { $0.value == $0.kind.absent ? nil : $0.value }
            event.said.append(try said(value, field, view))
            switch field.round {
            case .survey:
                // Words of two types may stand at other places.
                if case .enumeration(let words) = field.kind {
                    let place = Int(value ?? 0) - 1
                    survey.append(
                        words.indices.contains(place) ? "\(field.name)=\(words[place])" : "")
                } else {
                    survey.append("\(field.name)=\(value ?? 0)")
                }
            case .question: answer.question.append(value ?? .min)
            case .least:
                answer.scale.append(value ?? .min)
                bounds.least = bounds.least ?? value
            case .greatest:
                answer.scale.append(value ?? .min)
                bounds.greatest = bounds.greatest ?? value
            case .group: if event.group == 0, let value, value > 1 { event.group = UInt32(value) }
            case .days: event.days = value.map { min(max(0, $0), Self.mostDays) } ?? event.days
            case .answer: score = score ?? value
            case nil: break
            }
        }
        if !isInvitation {
            if let score {
                answer.isOnScale =
                    score >= bounds.least ?? .min && score <= bounds.greatest ?? .max
            }
            event.answer = answer
        }
        return survey
    }
}
