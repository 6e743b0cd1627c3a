import EventLog
import EventModel

/// What list or log have of one case.
struct CaseContent {
    /// An event in force.
    struct Event {
        var sequence: UInt32
        var type: UInt16
        var time: Int64
        var content: EventContent
        /// As it is shown.
        var shown: EventContent

        /// A field as it is shown; nil where it has none, or says nothing.
        func shown(_ field: String) -> String? {
            shown[field].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private let id: UInt32
    var subject: String
    /// As it is shown.
    private(set) var shownSubject: String
    /// Of the types that are compared, in the order of recording.
    var events: [Event] = []
    /// Events of all types.
    var count = 0

    /// - Parameter types: those that are compared; nil for all.
    init(
        ofCase id: UInt32, in view: borrowing LogView, upTo end: UInt32 = .max,
        types: Set<UInt16>? = nil
    ) throws {
        self.id = id
        subject = try view.subject(ofCase: id)
        shownSubject = subject
        for sequence in try view.caseHistory(id)
        where try sequence < end && !view.isVoided(sequence) {
            let segment = try view.segment(containing: sequence)
            let row = Int(sequence - segment.first)
            // That something was taken out says nothing of the case.
            if view.types.schemas[Int(segment.types[row])].type == "event.voided" { continue }
            count += 1
            guard types?.contains(segment.types[row]) ?? true else { continue }
            let content = try view.content(of: sequence)
            events.append(
                Event(
                    sequence: sequence, type: segment.types[row], time: segment.times[row],
                    content: content, shown: content))
        }
    }

    /// From here on it is shown with the tokens that stand for persons in the store it is of.
    mutating func show(as store: LogStore) throws {
        let shown = store.showsTokens
        store.show(tokensOnly: true)
        defer { store.show(tokensOnly: shown) }
        let (id, sequences) = (id, events.map(\.sequence))
        let (subject, contents) = try store.read { view in
            (try view.subject(ofCase: id), try sequences.map { try view.shownContent(of: $0) })
        }
        shownSubject = subject
        for place in events.indices { events[place].shown = contents[place] }
    }
}

/// Compares the cases of a list with those of the log, one after the other, and gathers what was found.
struct ReconciledCases {
    private typealias Event = CaseContent.Event

    let times: Range<Int64>
    private let types: EventTypes
    private let known: Reconciliation.Known
    private let isOfStates: Bool
    private let touching: TouchedKPIs
    private(set) var outcome: Reconciliation.Outcome
    private var touched: [String: Int] = [:]
    /// The log's token for a person's name, where persons are shown as tokens: one whom list and log
    /// have is shown alike.
    var token: ((String) throws -> String?)?

    init(
        period: Period, zone: TimeZoneRules, types: EventTypes, known: Reconciliation.Known,
        isOfStates: Bool, touching: TouchedKPIs, outcome: Reconciliation.Outcome
    ) {
        times =
            zone.start(of: period.days.lowerBound)
            .milliseconds..<zone.start(
                of: period.days.upperBound
            ).milliseconds
        self.types = types
        self.known = known
        self.isOfStates = isOfStates
        self.touching = touching
        self.outcome = outcome
    }

    func finished() -> Reconciliation.Outcome {
        var outcome = outcome
        outcome.touched = touching.kpis.compactMap { kpi in touched[kpi].map { (kpi, $0) } }
        return outcome
    }

    // MARK: Cases

    /// Compares a case of the list with the log's; nil where the log has no such case.
    mutating func compare(_ list: CaseContent, _ log: CaseContent?) throws {
        if EventTypes.isAnonymous(list.subject) {
            outcome.anonymous += list.events.count
            return
        }
        guard let log, log.count > 0 else {
            guard list.events.contains(where: isInPeriod) else { return }
            outcome.missingHere += 1
            var finding = whole(list, .missingHere)
            if list.shownSubject != list.subject {
                let (kind, name) = (
                    list.subject.prefix { $0 != "/" }, list.subject.drop { $0 != "/" }
                )
                let known = try token?(String(name.dropFirst()))
                finding.subject = known.map { kind + "/" + $0 } ?? finding.subject
            }
            return add([finding])
        }
        let subject = log.shownSubject
        let pairs = pairs(list.events, log.events)
        var found: [Reconciliation.Finding] = []
        var isCompared = false
        for (there, here) in pairs
        where [there, here].contains(where: { $0.map(isInPeriod) ?? false }) {
            switch (there, here) {
            case (let there?, let here?):
                isCompared = true
                found += try differences(subject, there, here)
            case (let there?, nil):
                isCompared = true
                found.append(event(subject, there, .missingHere))
            case (nil, let here?):
                // Where the source isn't this one's, its list need not have it.
                guard known.sources.contains(here.content.source),
                    !isEarlierState(here, list.events)
                else { continue }
                isCompared = true
                found.append(event(subject, here, .missingThere))
            case (nil, nil): break
            }
        }
        guard isCompared else { return }
        if found.isEmpty { outcome.same += 1 } else { outcome.different += 1 }
        add(found)
    }

    /// A case that only the log has.
    mutating func addOther(_ log: CaseContent) {
        if EventTypes.isAnonymous(log.subject) { return }
        outcome.missingThere += 1
        add([whole(log, .missingThere)])
    }

    private mutating func add(_ found: [Reconciliation.Finding]) {
        for kpi in Set(found.flatMap(\.kpis)) { touched[kpi, default: 0] += 1 }
        let room = Reconciliation.mostFindings - outcome.findings.count
        outcome.findings += found.prefix(room)
        outcome.unlisted += max(0, found.count - room)
    }

    private func isInPeriod(_ event: Event) -> Bool { times.contains(event.time) }

    /// Whether the log knows of an earlier state, which a list that says how cases stand no longer has.
    private func isEarlierState(_ event: Event, _ list: [Event]) -> Bool {
        let schema = types.schemas[Int(event.type)]
        return isOfStates && !schema.opensCase && schema.fields.contains(where: \.isState)
            && list.contains { $0.time > event.time }
    }

    // MARK: Events

    /// Which event of the log is which of the list: by source and id, then those that say the same, then
    /// of one type those that differ least.
    private func pairs(_ list: [Event], _ log: [Event]) -> [(there: Event?, here: Event?)] {
        var partner: [Int?] = list.map { _ in nil }
        var rest = Array(log.indices)
        func pair(_ place: Int, _ index: Int?) {
            guard let index else { return }
            partner[place] = rest.remove(at: index)
        }
        for (place, event) in list.enumerated() {
            pair(
                place,
                rest.firstIndex {
                    log[$0].content.source == event.content.source
                        && log[$0].content.id == event.content.id
                })
        }
        for (place, event) in list.enumerated() where partner[place] == nil {
            pair(place, rest.firstIndex { Self.differences(event, log[$0]).isEmpty })
        }
        // Another system's events are this one's only where the log has none of this one.
        let isKnown = log.contains { known.sources.contains($0.content.source) }
        for (place, event) in list.enumerated() where partner[place] == nil {
            let near = rest.indices.filter {
                let other = log[rest[$0]]
                return other.type == event.type
                    && (!isKnown || other.content.source == event.content.source)
            }.min { left, right in
                let first = log[rest[left]]
                let second = log[rest[right]]
                return (
                    Self.differences(event, first).count, (first.time - event.time).magnitude
                ) < (Self.differences(event, second).count, (second.time - event.time).magnitude)
            }
            pair(place, near)
        }
        return list.enumerated().map { place, event in (event, partner[place].map { log[$0] }) }
            + rest.map { (nil, log[$0]) }
    }

    /// The order that the source gave its events counts where both have one.
    private static func differences(_ there: Event, _ here: Event) -> [ContentDifference] {
        here.content.differences(to: there.content).filter { difference in
            guard ["sequence", "sequencetype"].contains(difference.field) else { return true }
            return there.content["sequence"] != nil && here.content["sequence"] != nil
        }
    }

    // MARK: Findings

    private func differences(
        _ subject: String, _ there: Event, _ here: Event
    ) throws -> [Reconciliation.Finding] {
        try Self.differences(there, here).map { difference in
            let isData = difference.field.hasPrefix("data.")
            let field = isData ? String(difference.field.dropFirst(5)) : difference.field
            let schema = types.schemas[Int(here.type)]
            let type = schema.type
            let isName = schema.fields.contains { $0.name == field && $0.personal == .name }
            func known(_ text: String) throws -> String? {
                isData && isName ? try token?(text) : nil
            }
            return Reconciliation.Finding(
                verdict: .differs, subject: subject, type: type, field: field,
                there: try known(difference.new) ?? there.shown(difference.field) ?? difference.new,
                here: try known(difference.old) ?? here.shown(difference.field) ?? difference.old,
                sequence: here.sequence,
                kpis: touching.kpis(type, isData ? field : nil))
        }
    }

    private func event(
        _ subject: String, _ event: Event, _ verdict: Reconciliation.Verdict
    ) -> Reconciliation.Finding {
        let type = types.schemas[Int(event.type)].type
        let time = event.content["time"] ?? ""
        let isHere = verdict == .missingThere
        return Reconciliation.Finding(
            verdict: verdict, subject: subject, type: type, field: "", there: isHere ? "" : time,
            here: isHere ? time : "", sequence: isHere ? event.sequence : nil,
            kpis: touching.kpis(type))
    }

    private func whole(
        _ content: CaseContent, _ verdict: Reconciliation.Verdict
    ) -> Reconciliation.Finding {
        let ofTypes = Set(content.events.map { types.schemas[Int($0.type)].type })
        let kpis = Set(ofTypes.flatMap { touching.kpis($0) })
        return Reconciliation.Finding(
            verdict: verdict, subject: content.shownSubject, type: "", field: "", there: "",
            here: "",
            sequence: verdict == .missingThere ? content.events.first?.sequence : nil,
            kpis: touching.kpis.filter(kpis.contains))
    }
}
