import EventModel

extension LogView {
    /// Cases in which nothing but the order of recording tells which of two events of one instant was
    /// the first, where the later recorded of the two is among some entries; ascending. Whether it
    /// matters to a figure only facts can tell: `LiveProjections.findDoubts` tries it. Orders of a
    /// source that begin alike are taken for the same: to read them whole is left to it, too.
    ///
    /// - Complexity: O(entries), and O(log's entries) or O(entries of the cases · log segments),
    ///   whichever is less; in both the histories of cases whose events were not recorded as they
    ///   happened, or of which some share an instant.
    package func tiedCases(in entries: Range<UInt32>) throws -> [UInt32] {
        guard !entries.isEmpty else { return [] }
        let isOwn = types.schemas.map { $0.isLogsOwn || $0.type == "event.voided" }
        var touched = CaseSet(count: caseCount)
        for segment in try segments(covering: entries) {
            let (cases, types) = (segment.cases, segment.types)
            let rows = entries.clamped(to: segment.first..<segment.first + UInt32(segment.count))
            for sequence in rows {
                let row = Int(sequence - segment.first)
                if !isOwn[Int(types[row])] { touched.insert(cases[row]) }
            }
        }
        let ranks = EventRanks(types)
        var walk = try segmentWalk()
        // As in `findDoubts`: a step through a history costs about as much as ten rows of a column.
        if touched.members.count / 10 > Int(entryCount) / 100 || entries.count == Int(entryCount) {
            touched = try outOfStep(touched, ranks, &walk)
        }
        let voided = Set(try voidedSequences())
        var tied: [UInt32] = []
        for id in touched.members.sorted() {
            var times: [(time: Int64, sequence: UInt32)] = []
            for sequence in try caseHistory(id) where !voided.contains(sequence) {
                let segment = try walk.segment(containing: sequence).segment
                let row = Int(sequence - segment.first)
                guard !isOwn[Int(segment.types[row])] else { continue }
                times.append((segment.times[row], sequence))
            }
            if try hasTie(&times, entries, ranks, &walk) { tied.append(id) }
        }
        return tied
    }

    /// Those of some cases in which an event was recorded after one that comes as late by time and rank,
    /// or later: in all others the order of recording is that of what happened.
    private func outOfStep(
        _ touched: CaseSet, _ ranks: EventRanks, _ walk: inout SegmentWalk
    ) throws -> CaseSet {
        var latest = [Int64](repeating: .min, count: caseCount)
        var last = [UInt32](repeating: 0, count: caseCount)
        var found = CaseSet(count: caseCount)
        for segment in try segments() {
            let (times, cases) = (segment.times, segment.cases)
            for row in 0..<segment.count {
                let id = Int(cases[row])
                let sequence = segment.first + UInt32(row)
                if times[row] > latest[id] {
                    latest[id] = times[row]
                } else if touched.contains(cases[row]), !found.contains(cases[row]) {
                    if try times[row] < latest[id]
                        || place(of: sequence, ranks, &walk, readsTexts: false).rank
                            <= place(of: last[id], ranks, &walk, readsTexts: false).rank
                    {
                        found.insert(cases[row])
                    }
                }
                last[id] = sequence
            }
        }
        return found
    }

    /// Whether two of a case's events are a tie whose later recorded one is among some entries.
    private func hasTie(
        _ times: inout [(time: Int64, sequence: UInt32)], _ entries: Range<UInt32>,
        _ ranks: EventRanks, _ walk: inout SegmentWalk
    ) throws -> Bool {
        times.sort { $0 < $1 }
        var start = 0
        while start < times.count {
            var end = start + 1
            while end < times.count, times[end].time == times[start].time { end += 1 }
            defer { start = end }
            guard end > start + 1 else { continue }
            var alike: [EventPlace] = []
            for event in times[start..<end] {
                alike.append(try place(of: event.sequence, ranks, &walk, readsTexts: false))
            }
            if EventOrder.hasTie(alike, among: entries) { return true }
        }
        return false
    }
}

/// A set of cases that asks and adds without hashing.
private struct CaseSet {
    private var isMember: [Bool]
    private(set) var members: [UInt32] = []

    init(count: Int) { isMember = Array(repeating: false, count: count) }

    func contains(_ id: UInt32) -> Bool { isMember[Int(id)] }

    mutating func insert(_ id: UInt32) {
        guard !isMember[Int(id)] else { return }
        isMember[Int(id)] = true
        members.append(id)
    }
}
