public import EventLog
public import EventModel
import Projections

/// Something an auditor looks at twice: a thing taken out, refused, changed or recorded late.
public struct AuditException: Hashable, Sendable {
    /// What kind it is.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// An event taken out.
        case void
        /// A ticket removed.
        case removal
        /// Lines of an input refused.
        case refusal
        /// A version that came to answer.
        case promotion
        /// A version dropped.
        case dropped
        /// A new version of a KPI, scorecard, calendar or other definition: what is aimed at.
        case definition
        /// A period's books opened again.
        case reopening
        /// A sample planned once more of the same KPI and period: one of several can be chosen.
        case plannedAgain = "planned_again"
        /// An event recorded long after it happened.
        case backdated
        /// An entry of the log's own whose time was given with `REKAM_NOW`.
        case clockSet = "clock_set"
        /// An entry of the log's own that was made while the clock ran far behind the log: it was set
        /// back, or had been ahead.
        case clockBehind = "clock_behind"
        /// An event of a time after its recording, and no plan.
        case future
        /// An answer off its scale.
        case offScale = "off_scale"
        /// Numbers of different length that are compared as text and put events in order.
        case sequenceWidths = "sequence_widths"
        /// A case without an opening.
        case noOpening = "no_opening"
        /// An event long before the opening of its case.
        case endBeforeStart = "end_before_start"
        /// An event a little before the opening of its case, which counts as at it.
        case moved
        /// Events that recording alone put in order, where it decides a figure.
        case tie
        /// Names that differ in letter case or blanks alone, or in what is not seen.
        case namesAlike = "names_alike"
        /// What an import told of its input: values that look like phone numbers or addresses, local
        /// times and dates that can be read in two ways or in none, rows that end early, rows elsewhere
        /// than their times or what is recorded say.
        case phone, email
        case localTimeRepeated = "local_time_repeated"
        case localTimeSkipped = "local_time_skipped"
        case twoDateFormats = "two_date_formats"
        case dateAlone = "date_alone"
        case shortRow = "short_row"
        case textCut = "text_cut"
        case absentColumn = "absent_column"
        case rowsOutOfOrder = "rows_out_of_order"
        case rowPlaces = "row_places"

        /// The kind that a doubt is; nil for one that is no exception.
        public init?(_ doubt: DoubtKind) { self.init(rawValue: doubt.rawValue) }
    }

    /// What kind of exception it is.
    public var kind: Kind
    /// The entry; of several, one of them: all that is told here is of this one. Of what was recorded
    /// late it is the one that happened earliest, of doubts the first.
    public var sequence: UInt32
    /// When the entry was recorded.
    public var recorded: Instant
    /// When it happened.
    public var happened: Instant
    /// The case, the definition, the input or the period.
    public var subject: String
    /// What it was: an event's type, a number of lines.
    public var detail: String
    /// The reason given; empty where none was.
    public var reason: String
    /// Who did it, as said; empty where nobody was named.
    public var person: String
    /// How many entries it stands for; of a refusal, and of what an import told, lines.
    public var count: Int
    /// Of a refusal, how many lines there were; else 0.
    public var lines = 0
    /// Of what an import told, the first line that has it.
    public var firstLine: Int?
    /// Of a sample planned once more, the entry of the first plan.
    public var firstPlan: UInt32?
    /// Whether it stands for entries of people who are not to be known, all of the kind together:
    /// neither these entries nor their times are told.
    public var isAnonymous = false
}

extension AuditException {
    /// So many entries of people who are not to be known.
    fileprivate init(anonymous kind: Kind, count: Int) {
        self.init(
            kind: kind, sequence: .max, recorded: .latest, happened: .latest, subject: "",
            detail: "", reason: "", person: "", count: count, isAnonymous: true)
    }
}

/// Finds the exceptions among the entries that were recorded in a period.
public struct AuditExceptions {
    /// Events recorded later than so many milliseconds after they happened are backdated.
    public var backdatedAfterMilliseconds = DoubtKind.usualBackdating
    /// Whether each backdated event and each doubt stands for itself, rather than all of a kind that
    /// came in one batch.
    public var listsEach = false
    /// Asked now and then where the search is long.
    public var shouldStop: @Sendable () -> Bool = { false }
    private let log: LogStore

    /// A search of a log.
    public init(of log: LogStore) { self.log = log }

    /// Everything found, in the order of the log. What the log itself recorded with its very first entry
    /// is the making of the store, and none, but that its time was given. Entries of people who are not to be known are counted by
    /// kind, at the end.
    ///
    /// - Throws: `ProjectionFault.interrupted`, and what the log and its definitions have to say.
    /// - Complexity: O(entries recorded in the period + names in them), and what
    ///   `LiveProjections.findDoubts` says.
    public func found(in period: Period, zone: TimeZoneRules) throws -> [AuditException] {
        var found: [AuditException] = []
        var anonymous: [AuditException.Kind: Int] = [:]
        let searched: Range<UInt32> = try log.read { view in
            guard view.entryCount > 0 else { return 0..<0 }
            try view.holdTail()
            let made = try Self.making(of: view)
            let before = try Self.count(before: period.days.lowerBound, zone, in: view)
            let first = max(made, before)
            let end = try Self.count(before: period.days.upperBound, zone, in: view)
            if made > 0, before == 0, end > 0 {
                found += try Self.givenClock(ofMaking: made, in: view)
            }
            guard first < end else { return 0..<0 }
            var batches = ExceptionBatches(each: listsEach)
            for segment in try view.segments(covering: first..<end) {
                let rows =
                    max(first, segment.first)..<min(end, segment.first + UInt32(segment.count))
                for sequence in rows {
                    let row = Int(sequence - segment.first)
                    let schema = view.types.schemas[Int(segment.types[row])]
                    let recorded = Instant(milliseconds: segment.recorded[row])
                    let happened = Instant(milliseconds: segment.times[row])
                    let isLate =
                        !schema.isLogsOwn && schema.type != "event.voided"
                        && recorded.milliseconds - happened.milliseconds
                            > backdatedAfterMilliseconds
                    let kind = Self.kinds[schema.type]
                    guard isLate || kind != nil || schema.isLogsOwn else { continue }
                    if schema.takesAnonymous,
                        EventTypes.isAnonymous(try view.subject(ofCase: segment.cases[row]))
                    {
                        if let kind { anonymous[kind, default: 0] += 1 }
                        if isLate { anonymous[.backdated, default: 0] += 1 }
                        continue
                    }
                    var kinds: [AuditException.Kind] = isLate ? [.backdated] : []
                    // What is only late need not be read.
                    if kind != nil || schema.isLogsOwn {
                        let entry = try view.json(sequence)
                        if let exception = try exception(schema.type, sequence, entry, in: view) {
                            found.append(exception)
                        }
                        if entry["rekamclock"] != nil { kinds.append(.clockSet) }
                        let behind = recorded.milliseconds - happened.milliseconds
                        if schema.isLogsOwn, behind > DoubtKind.clockTolerance {
                            kinds.append(.clockBehind)
                        }
                    }
                    for kind in kinds {
                        batches.add(
                            AuditException(
                                kind: kind, sequence: sequence, recorded: recorded,
                                happened: happened,
                                subject: try view.subject(ofCase: segment.cases[row]),
                                detail: schema.type, reason: "", person: "", count: 1))
                    }
                }
            }
            found += batches.exceptions
            return first..<end
        }
        if !searched.isEmpty {
            found += try log.read {
                try Self.told(in: searched, of: $0) + Self.plannedAgain(in: searched, of: $0)
            }
            found += try doubts(in: searched, by: LiveProjections(of: log), &anonymous)
        }
        return found.sorted { ($0.sequence, $0.kind.place) < ($1.sequence, $1.kind.place) }
            + AuditException.Kind.allCases.compactMap { kind in
                anonymous[kind].map { AuditException(anonymous: kind, count: $0) }
            }
    }

    /// How many entries are the making of the store: its own ones, recorded with the very first.
    private static func making(of view: borrowing LogView) throws -> UInt32 {
        let end = try view.entryCount(recordedBy: view.recorded(0))
        for segment in try view.segments(covering: 0..<end) {
            let types = segment.types
            for row in 0..<min(segment.count, Int(end - segment.first))
            where !view.types.schemas[Int(types[row])].isLogsOwn {
                return segment.first + UInt32(row)
            }
        }
        return end
    }

    /// That the time of the store's making was given, which everything recorded later rests on.
    private static func givenClock(
        ofMaking count: UInt32, in view: borrowing LogView
    ) throws -> [AuditException] {
        let entry = try view.json(0)
        guard entry["rekamclock"] != nil else { return [] }
        return [
            AuditException(
                kind: .clockSet, sequence: 0, recorded: try view.recorded(0),
                happened: try view.happened(0), subject: entry["subject"]?.text ?? "",
                detail: entry["type"]?.text ?? "", reason: "", person: "", count: Int(count))
        ]
    }

    /// How many entries were recorded before a day.
    private static func count(
        before day: Day, _ zone: TimeZoneRules, in view: borrowing LogView
    ) throws -> UInt32 {
        try view.entryCount(
            recordedBy: Instant(milliseconds: zone.start(of: day).milliseconds - 1))
    }

    private static let kinds: [String: AuditException.Kind] = [
        "event.voided": .void, "ticket.removed": .removal, "ingest.recorded": .refusal,
        "definition.promoted": .promotion, "definition.dropped": .dropped,
        "definition.registered": .definition, "period.reopened": .reopening,
    ]

    private func exception(
        _ type: String, _ sequence: UInt32, _ entry: JSONValue, in view: borrowing LogView
    ) throws -> AuditException? {
        guard let kind = Self.kinds[type] else { return nil }
        let data = entry["data"]
        func text(_ name: String) -> String { data?[name]?.text ?? "" }
        var exception = AuditException(
            kind: kind, sequence: sequence, recorded: try view.recorded(sequence),
            happened: try view.happened(sequence), subject: entry["subject"]?.text ?? "",
            detail: type, reason: text("reason"), person: text("by"), count: 1)
        switch kind {
        case .void:
            exception.detail = "\(text("source")) \(text("id"))"
        case .refusal:
            let refused = data?["refused"]?.integer ?? 0
            guard refused > 0 else { return nil }
            exception.subject = text("input")
            exception.lines = Int(data?["lines"]?.integer ?? 0)
            exception.detail = "\(refused) of \(exception.lines) lines refused"
            exception.reason = text("refusals")
            exception.count = Int(refused)
        case .promotion, .dropped, .definition:
            exception.subject =
                "\(text("kind")) \(text("name"))@\(data?["version"]?.integer ?? 0)"
        case .reopening: exception.subject = text("period")
        default: break
        }
        return exception
    }
}

/// Exceptions of which all of a kind that came in one batch are one, shown by the event of them that
/// happened earliest.
private struct ExceptionBatches {
    private let each: Bool
    private var open: [AuditException.Kind: Int] = [:]
    private(set) var exceptions: [AuditException] = []

    init(each: Bool) { self.each = each }

    /// Takes one in; entries come in the order of the log.
    mutating func add(_ exception: AuditException) {
        if !each, let place = open[exception.kind],
            exceptions[place].recorded == exception.recorded
        {
            let count = exceptions[place].count + 1
            if exception.happened < exceptions[place].happened { exceptions[place] = exception }
            exceptions[place].count = count
        } else {
            open[exception.kind] = exceptions.count
            exceptions.append(exception)
        }
    }
}
