/// Running totals of the time a case spent in paused states, so that a duration asks for two
/// totals however many changes lie between. Made when a case's first duration asks.
struct PauseTracks: ~Copyable {
    struct Change: BitwiseCopyable {
        /// Position of the event that set the state.
        var position: Int32
        var isPaused: Bool
        /// Paused milliseconds before it.
        var total: Int64
    }
    private let tracks: Buffer<TrackCode>
    /// Changes of all tracks of the case at hand, one track after another.
    private var changes = Buffer<Change>()
    private var parts: Buffer<RangeCode>
    private var isMade: Buffer<UInt8>
    private var isAnyMade = false

    init(tracks: [TrackCode]) {
        self.tracks = Buffer(tracks)
        parts = Buffer(repeating: RangeCode(), count: tracks.count)
        isMade = Buffer(repeating: 0, count: tracks.count)
    }

    /// Begins another case.
    mutating func forget() {
        guard isAnyMade else { return }
        isMade.fill(0)
        changes.truncate(to: 0)
        isAnyMade = false
    }

    /// Paused milliseconds between two events of the case, the first of which is not the later.
    mutating func paused(
        _ track: Int, from: Int, to: Int, _ table: borrowing CaseRows,
        _ clocks: inout CalendarClocks
    ) -> Int64 {
        if isMade[track] == 0 { make(track, table, &clocks) }
        return total(track, at: to, table, &clocks) - total(track, at: from, table, &clocks)
    }

    /// Paused milliseconds between two times of the case, the first of which is not the later.
    mutating func paused(
        _ track: Int, fromTime start: Int64, toTime end: Int64, _ table: borrowing CaseRows,
        _ clocks: inout CalendarClocks
    ) -> Int64 {
        if isMade[track] == 0 { make(track, table, &clocks) }
        return total(track, atTime: end, table, &clocks)
            - total(track, atTime: start, table, &clocks)
    }

    /// Paused milliseconds from the case's beginning up to a time.
    private func total(
        _ track: Int, atTime time: Int64, _ table: borrowing CaseRows,
        _ clocks: inout CalendarClocks
    ) -> Int64 {
        let part = parts[track].indices
        var low = part.lowerBound
        var high = part.upperBound
        while low < high {
            let middle = (low + high) >> 1
            if table[Int(changes[middle].position)].time <= time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low > part.lowerBound else { return 0 }
        let last = changes[low - 1]
        return last.total + pausedTime(last, until: time, tracks[track], table, &clocks)
    }

    private mutating func make(
        _ track: Int, _ table: borrowing CaseRows, _ clocks: inout CalendarClocks
    ) {
        let code = tracks[track]
        let start = changes.count
        var total: Int64 = 0
        var position = table.first(Int(code.selector), 0, table.count)
        while position >= 0 {
            if changes.count > start {
                let last = changes[changes.count - 1]
                total =
                    last.total + pausedTime(last, until: table[position].time, code, table, &clocks)
            }
            let isPaused = table.holds(Int(code.paused), at: position)
            changes.append(Change(position: Int32(position), isPaused: isPaused, total: total))
            position = table.first(Int(code.selector), position + 1, table.count)
        }
        parts[track] = RangeCode(start: Int32(start), count: Int32(changes.count - start))
        isMade[track] = 1
        isAnyMade = true
    }

    private func pausedTime(
        _ change: Change, until end: Int64, _ code: TrackCode, _ table: borrowing CaseRows,
        _ clocks: inout CalendarClocks
    ) -> Int64 {
        guard change.isPaused else { return 0 }
        let start = table[Int(change.position)].time
        guard code.calendar >= 0 else { return end - start }
        return clocks.openTime(of: Int(code.calendar), from: start, to: end)
    }

    /// Paused milliseconds from the case's beginning up to an event.
    private func total(
        _ track: Int, at position: Int, _ table: borrowing CaseRows,
        _ clocks: inout CalendarClocks
    ) -> Int64 {
        let part = parts[track].indices
        var low = part.lowerBound
        var high = part.upperBound
        while low < high {
            let middle = (low + high) >> 1
            if Int(changes[middle].position) <= position { low = middle + 1 } else { high = middle }
        }
        guard low > part.lowerBound else { return 0 }
        let last = changes[low - 1]
        return last.total
            + pausedTime(last, until: table[position].time, tracks[track], table, &clocks)
    }
}
