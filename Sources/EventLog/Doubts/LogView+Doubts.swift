import EventModel

extension LogView {
    /// Looks for what is doubtful about some entries, and about cases because of them, as far as the
    /// log's columns tell: events after their recording, answers off their scale, numbers of different
    /// length compared as text, cases without an opening, and events before it. Which ties decide a
    /// figure `LiveProjections.findDoubts` tells besides.
    ///
    /// Each is told once over the whole log, with the entries that made it so: a case without an
    /// opening with its first entry, an end before its start with the later recorded of the two. What
    /// was taken out counts nowhere. `tell` has the doubts of events in the order of the log, then
    /// those of cases.
    ///
    /// - Parameter ofCasesAlone: whether only kinds that are about whole cases are wanted.
    /// - Complexity: O(entries), and O(log's entries) or O(entries of the cases · log segments),
    ///   whichever is less.
    public func findDoubts(
        in entries: Range<UInt32>, ofCasesAlone: Bool = false,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        guard !entries.isEmpty else { return }
        var search = DoubtSearch(types, voided: try voidedSequences(), cases: caseCount)
        for segment in try segments(covering: entries) {
            search.touch(segment, entries)
            if !ofCasesAlone { try search.look(at: segment, entries, in: self, tell) }
        }
        if !ofCasesAlone { try search.lookAtSequences(in: self, entries, tell) }
        // A step back through a case's history costs about as much as ten rows of a column.
        if search.touchedCount / 10 > Int(entryCount) / 100 || entries.count == Int(entryCount) {
            try search.lookAtColumns(of: self, entries, tell)
        } else {
            try search.lookAtHistories(of: self, entries, tell)
        }
    }
}

/// What can be doubtful about rows of one type.
struct RowRules {
    var scales: [ScoreScale]
    var isAnonymous: Bool
    /// Whether it may lie after its recording.
    var mayBeAhead: Bool
    /// Whether it opens a case, and whether it belongs to cases that are opened.
    var opens: Bool
    var needsOpening: Bool

    init(_ schema: EventSchema, openedKinds: Set<String>) {
        scales = schema.scales
        isAnonymous = schema.takesAnonymous
        mayBeAhead = schema.isPlan || schema.isLogsOwn || schema.type == "event.voided"
        opens = schema.opensCase
        needsOpening =
            !mayBeAhead
            && (schema.subjectKinds.isEmpty
                || !openedKinds.isDisjoint(with: schema.subjectKinds))
    }

    /// The kinds of case that some type opens, and the rules of all types by their ids.
    static func all(of types: EventTypes) -> (openedKinds: Set<String>, rules: [RowRules]) {
        let kinds = Set(types.schemas.filter(\.opensCase).flatMap(\.subjectKinds))
        return (kinds, types.schemas.map { RowRules($0, openedKinds: kinds) })
    }
}

/// One search: see `LogView.findDoubts`.
struct DoubtSearch {
    let rules: [RowRules]
    /// Kinds of case that some type opens.
    let openedKinds: Set<String>
    private let voided: Set<UInt32>
    /// By case: whether an entry of the range may want its opening; and these cases.
    private(set) var isTouched: [Bool]
    private(set) var touched: [UInt32] = []
    /// Cases with an event of the range that numbers told as text put in order.
    private(set) var numbered: Set<UInt32> = []

    init(_ types: EventTypes, voided: [UInt32], cases: Int) {
        (openedKinds, rules) = RowRules.all(of: types)
        self.voided = Set(voided)
        isTouched = Array(repeating: false, count: cases)
    }

    var touchedCount: Int { touched.count }

    func isVoided(_ sequence: UInt32) -> Bool {
        !voided.isEmpty && voided.contains(sequence)
    }

    // MARK: Events by themselves

    /// Notes the cases whose openings are asked for.
    mutating func touch(_ segment: ColumnSegment, _ entries: Range<UInt32>) {
        let (cases, types) = (segment.cases, segment.types)
        for sequence in rows(of: segment, entries) {
            let row = Int(sequence - segment.first)
            guard rules[Int(types[row])].needsOpening, !isTouched[Int(cases[row])] else { continue }
            isTouched[Int(cases[row])] = true
            touched.append(cases[row])
        }
    }

    private func rows(of segment: ColumnSegment, _ entries: Range<UInt32>) -> Range<UInt32> {
        entries.clamped(to: segment.first..<segment.first + UInt32(segment.count))
    }

    mutating func look(
        at segment: ColumnSegment, _ entries: Range<UInt32>, in view: borrowing LogView,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        let (times, recorded, cases, types) = (
            segment.times, segment.recorded, segment.cases, segment.types
        )
        let orders = segment.orders
        for sequence in rows(of: segment, entries) {
            let row = Int(sequence - segment.first)
            let rule = rules[Int(types[row])]
            let time = times[row]
            let isAhead = !rule.mayBeAhead && time - recorded[row] > DoubtKind.clockTolerance
            guard isAhead || !rule.scales.isEmpty || orders != nil, !isVoided(sequence) else {
                continue
            }
            if isAhead {
                let isAnonymous = try isAnonymous(rule, cases[row], in: view)
                try tell(
                    CaseDoubt(
                        kind: .future, caseID: cases[row], sequences: [sequence],
                        isAnonymous: isAnonymous))
            }
            if let orders {
                let word = OrderSource(word: orders.sources[row])
                let key = OrderKey(kind: word.kind, columnValue: orders.keys[row])
                if key.digits != nil || key.beginsWithDigits { numbered.insert(cases[row]) }
            }
            for scale in rule.scales {
                try look(at: row, of: segment, scale, rule, in: view, tell)
            }
        }
    }

    private func isAnonymous(
        _ rule: RowRules, _ id: UInt32, in view: borrowing LogView
    ) throws -> Bool {
        try rule.isAnonymous && EventTypes.isAnonymous(view.subject(ofCase: id))
    }

    private func look(
        at row: Int, of segment: ColumnSegment, _ scale: ScoreScale, _ rule: RowRules,
        in view: borrowing LogView, _ tell: (CaseDoubt) throws -> Void
    ) throws {
        let ordinal = Int(segment.ordinals[row])
        let left = scale.left { index in
            segment.column(type: segment.types[row], index: index)?[ordinal] ?? .min
        }
        guard let left else { return }
        let isAnonymous = try isAnonymous(rule, segment.cases[row], in: view)
        try tell(
            CaseDoubt(
                kind: .offScale, caseID: segment.cases[row],
                sequences: [segment.first + UInt32(row)],
                detail: isAnonymous
                    ? "" : "\(scale.field) \(left.score) (\(left.least)–\(left.greatest))",
                isAnonymous: isAnonymous))
    }
}
