import EventModel

/// Cases without an opening, and events before it.
extension DoubtSearch {
    /// What is known of a case: its first entry that wants an opening, the opening, and what lies before
    /// it.
    private struct Opened {
        var first: UInt32 = .max
        var opening: (time: Int64, sequence: UInt32)?
        /// What lies before it by more than clocks may differ, and by less.
        var early: [UInt32] = []
        var moved: [UInt32] = []

        mutating func see(_ sequence: UInt32, at time: Int64, _ rule: RowRules) {
            first = min(first, sequence)
            if rule.opens, opening.map({ time < $0.time }) ?? true {
                opening = (time, sequence)
            }
        }
    }

    /// Events of each sort that are kept of a case, at most.
    private static let mostEvents = 8

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
                    openings[id] == none || openings[id] > times[row], !isVoided(sequence)
                else { continue }
                var opened = found[cases[row]] ?? Opened()
                opened.first = min(opened.first, sequence)
                if openings[id] != none {
                    opened.opening = (openings[id], openedBy[id])
                    note(sequence, at: times[row], in: &opened, entries)
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
            for row in rows { note(row.sequence, at: row.time, in: &opened, entries) }
            try judge(id, opened, in: view, entries, tell)
        }
    }

    /// Keeps an event that lies before its opening, where the later recorded of the two is looked at.
    private func note(
        _ sequence: UInt32, at time: Int64, in opened: inout Opened, _ entries: Range<UInt32>
    ) {
        guard let opening = opened.opening, time < opening.time,
            entries.contains(max(sequence, opening.sequence))
        else { return }
        if time < opening.time - DoubtKind.clockTolerance {
            if opened.early.count < Self.mostEvents { opened.early.append(sequence) }
        } else if opened.moved.count < Self.mostEvents {
            opened.moved.append(sequence)
        }
    }

    private func judge(
        _ id: UInt32, _ opened: Opened, in view: borrowing LogView, _ entries: Range<UInt32>,
        _ tell: (CaseDoubt) throws -> Void
    ) throws {
        if let opening = opened.opening {
            for (kind, events) in [(.endBeforeStart, opened.early), (.moved, opened.moved)]
                as [(DoubtKind, [UInt32])] where !events.isEmpty
            {
                try tell(
                    CaseDoubt(kind: kind, caseID: id, sequences: events + [opening.sequence]))
            }
        } else if entries.contains(opened.first) {
            guard openedKinds.contains(try view.kind(ofCase: id)) else { return }
            try tell(CaseDoubt(kind: .noOpening, caseID: id, sequences: [opened.first]))
        }
    }
}
