import EventModel

extension LogView {
    /// Looks for what is doubtful about some entries, and about cases because of them, as far as the
    /// log's columns tell: events after their recording, answers off their scale, numbers of different
    /// length compared as text, cases without an opening, and events long before it.
    ///
    /// Each is told once over the whole log, with the entries that made it so: a case without an
    /// opening with its first entry, an end before its start with the later recorded of the two. What
    /// was taken out counts nowhere. `tell` has the doubts of events in the order of the log, then
    /// those of cases.
    ///
    /// - Complexity: O(entries), and O(log's entries) or O(entries of the cases · log segments),
    ///   whichever is less.
    public func findDoubts(
        in entries: Range<UInt32>, _ tell: (CaseDoubt) throws -> Void
    ) throws {
        guard !entries.isEmpty else { return }
        var search = DoubtSearch(types, voided: try voidedSequences(), cases: caseCount)
        for segment in try segments(covering: entries) {
            try search.look(at: segment, entries, in: self, tell)
        }
        try search.lookAtSequences(in: self, entries, tell)
        // A step back through a case's history costs about as much as ten rows of a column.
        if search.touchedCount / 10 > Int(entryCount) / 100 || entries.count == Int(entryCount) {
            try search.lookAtColumns(of: self, entries, tell)
        } else {
            try search.lookAtHistories(of: self, entries, tell)
        }
    }
}

/// What can be doubtful about rows of one type.
private struct RowRules {
    var scale: AnswerScale?
    var isAnonymous: Bool
    /// Whether it may lie after its recording.
    var mayBeAhead: Bool
    /// Whether it opens a case, and whether it belongs to cases that are opened.
    var opens: Bool
    var needsOpening: Bool

    init(_ schema: EventSchema, openedKinds: Set<String>) {
        scale = schema.answerScale
        isAnonymous = schema.takesAnonymous
        mayBeAhead = schema.isPlan || schema.isLogsOwn || schema.type == "event.voided"
        opens = schema.opensCase
        needsOpening =
            !mayBeAhead
            && (schema.subjectKinds.isEmpty
                || !openedKinds.isDisjoint(with: schema.subjectKinds))
    }
}

/// One search: see `LogView.findDoubts`.
private struct DoubtSearch {
    private let rules: [RowRules]
    /// Kinds of case that some type opens.
    private let openedKinds: Set<String>
    private let voided: Set<UInt32>
    /// By case: whether an entry of the range may want its opening; and these cases.
    private var isTouched: [Bool]
    private var touched: [UInt32] = []
    /// Cases with an event of the range that numbers told as text put in order.
    private var numbered: Set<UInt32> = []

    init(_ types: EventTypes, voided: [UInt32], cases: Int) {
        let kinds = Set(types.schemas.filter(\.opensCase).flatMap(\.subjectKinds))
        openedKinds = kinds
        rules = types.schemas.map { RowRules($0, openedKinds: kinds) }
        self.voided = Set(voided)
        isTouched = Array(repeating: false, count: cases)
    }

    var touchedCount: Int { touched.count }

    private func isVoided(_ sequence: UInt32) -> Bool {
        !voided.isEmpty && voided.contains(sequence)
    }

    // MARK: Events by themselves

    mutating func look(
        at segment: ColumnSegment, _ entries: Range<UInt32>, in view: borrowing LogView,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        let rows =
            max(
                entries.lowerBound, segment.first)..<min(
                entries.upperBound, segment.first + UInt32(segment.count))
        let (times, recorded, cases, types) = (
            segment.times, segment.recorded, segment.cases, segment.types
        )
        let orders = segment.orders
        for sequence in rows {
            let row = Int(sequence - segment.first)
            let rule = rules[Int(types[row])]
            let time = times[row]
            let isAhead = !rule.mayBeAhead && time - recorded[row] > DoubtKind.clockTolerance
            if rule.needsOpening, !isTouched[Int(cases[row])] {
                isTouched[Int(cases[row])] = true
                touched.append(cases[row])
            }
            guard isAhead || rule.scale != nil || orders != nil, !isVoided(sequence) else {
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
            if let scale = rule.scale {
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
        at row: Int, of segment: ColumnSegment, _ scale: AnswerScale, _ rule: RowRules,
        in view: borrowing LogView, _ tell: (CaseDoubt) throws -> Void
    ) throws {
        let ordinal = Int(segment.ordinals[row])
        func value(_ index: Int) -> Int64 {
            segment.column(type: segment.types[row], index: index)?[ordinal] ?? .min
        }
        let answer = value(scale.answer)
        guard
            let ends = scale.leftBy(
                answer, least: value(scale.least), greatest: value(scale.greatest))
        else { return }
        let isAnonymous = try isAnonymous(rule, segment.cases[row], in: view)
        try tell(
            CaseDoubt(
                kind: .offScale, caseID: segment.cases[row],
                sequences: [segment.first + UInt32(row)],
                detail: isAnonymous ? "" : "\(answer) (\(ends.least)–\(ends.greatest))",
                isAnonymous: isAnonymous))
    }

    // MARK: Numbers compared as text

    /// What is told apart: the events of one source and instant in a case.
    private struct Instant: Hashable {
        var source: UInt32
        var time: Int64
        var nanoseconds: UInt32
    }

    func lookAtSequences(
        in view: borrowing LogView, _ entries: Range<UInt32>, _ tell: (CaseDoubt) throws -> Void
    ) throws {
        for id in numbered.sorted() {
            var first: [Instant: (digits: Int, sequence: UInt32)] = [:]
            for sequence in try view.caseHistory(id) where !isVoided(sequence) {
                let segment = try view.segment(containing: sequence)
                let row = Int(sequence - segment.first)
                guard let orders = segment.orders else { continue }
                let word = OrderSource(word: orders.sources[row])
                let key = OrderKey(kind: word.kind, columnValue: orders.keys[row])
                guard let source = word.source,
                    let digits = try digits(key, sequence, in: view)
                else { continue }
                let instant = Instant(
                    source: source, time: segment.times[row],
                    nanoseconds: segment.nanoseconds?[row] ?? 0)
                guard let known = first[instant] else {
                    first[instant] = (digits, sequence)
                    continue
                }
                guard known.digits != digits, entries.contains(sequence) else { continue }
                try tell(
                    CaseDoubt(
                        kind: .sequenceWidths, caseID: id, sequences: [sequence, known.sequence]))
            }
        }
    }

    private func digits(
        _ key: OrderKey, _ sequence: UInt32, in view: borrowing LogView
    ) throws -> Int? {
        guard key.beginsWithDigits else { return key.digits }
        let text = try view.sourceOrder(of: sequence)
        return text.allSatisfy { (0x30...0x39).contains($0) } ? text.count : nil
    }

    // MARK: Openings

    /// What is known of a case: its first entry that wants an opening, the opening, and what lies long
    /// before it.
    private struct Opened {
        var first: UInt32 = .max
        var opening: (time: Int64, sequence: UInt32)?
        var early: [UInt32] = []

        mutating func see(_ sequence: UInt32, at time: Int64, _ rule: RowRules) {
            first = min(first, sequence)
            if rule.opens, opening.map({ time < $0.time }) ?? true {
                opening = (time, sequence)
            }
        }
    }

    /// Early events that are kept of a case, at most.
    private static let mostEarly = 8

    /// Through all columns, twice: for logs of which much is looked at.
    func lookAtColumns(
        of view: borrowing LogView, _ entries: Range<UInt32>,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        let none = Int64.max
        var openings = [Int64](repeating: none, count: isTouched.count)
        var openedBy = [UInt32](repeating: .max, count: isTouched.count)
        let segments = try view.segments()
        for segment in segments {
            let (times, cases, types) = (segment.times, segment.cases, segment.types)
            for row in 0..<segment.count where rules[Int(types[row])].opens {
                let id = Int(cases[row])
                guard isTouched[id], times[row] < openings[id],
                    !isVoided(segment.first + UInt32(row))
                else { continue }
                openings[id] = times[row]
                openedBy[id] = segment.first + UInt32(row)
            }
        }
        var found: [UInt32: Opened] = [:]
        for segment in segments {
            let (times, cases, types) = (segment.times, segment.cases, segment.types)
            for row in 0..<segment.count where rules[Int(types[row])].needsOpening {
                let id = Int(cases[row])
                let sequence = segment.first + UInt32(row)
                guard isTouched[id],
                    openings[id] == none
                        || openings[id] - DoubtKind.clockTolerance > times[row],
                    !isVoided(sequence)
                else { continue }
                var opened = found[cases[row]] ?? Opened()
                opened.first = min(opened.first, sequence)
                if openings[id] != none {
                    opened.opening = (openings[id], openedBy[id])
                    note(sequence, in: &opened.early, openedBy[id], entries)
                }
                found[cases[row]] = opened
            }
        }
        for id in found.keys.sorted() {
            if let opened = found[id] { try judge(id, opened, in: view, entries, tell) }
        }
    }

    /// Case by case: for a few cases of a long log.
    func lookAtHistories(
        of view: borrowing LogView, _ entries: Range<UInt32>,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        for id in touched.sorted() {
            var opened = Opened()
            var rows: [(sequence: UInt32, time: Int64)] = []
            for sequence in try view.caseHistory(id) where !isVoided(sequence) {
                let segment = try view.segment(containing: sequence)
                let row = Int(sequence - segment.first)
                let rule = rules[Int(segment.types[row])]
                guard rule.needsOpening else { continue }
                opened.see(sequence, at: segment.times[row], rule)
                rows.append((sequence, segment.times[row]))
            }
            if let opening = opened.opening {
                for row in rows where row.time < opening.time - DoubtKind.clockTolerance {
                    note(row.sequence, in: &opened.early, opening.sequence, entries)
                }
            }
            try judge(id, opened, in: view, entries, tell)
        }
    }

    /// Keeps an event that lies before its opening, where the later recorded of the two is looked at.
    private func note(
        _ sequence: UInt32, in early: inout [UInt32], _ opening: UInt32, _ entries: Range<UInt32>
    ) {
        guard early.count < DoubtSearch.mostEarly, entries.contains(max(sequence, opening))
        else { return }
        early.append(sequence)
    }

    private func judge(
        _ id: UInt32, _ opened: Opened, in view: borrowing LogView, _ entries: Range<UInt32>,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        if let opening = opened.opening {
            guard !opened.early.isEmpty else { return }
            try tell(
                CaseDoubt(
                    kind: .endBeforeStart, caseID: id,
                    sequences: opened.early + [opening.sequence]))
        } else if entries.contains(opened.first) {
            let subject = try view.subject(ofCase: id)
            guard openedKinds.contains(String(subject.prefix { $0 != "/" })) else { return }
            try tell(CaseDoubt(kind: .noOpening, caseID: id, sequences: [opened.first]))
        }
    }
}
