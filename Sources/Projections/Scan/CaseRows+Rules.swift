import EventLog

// What rows say beside each other, once they are in order. A row that says nothing new loses the bits
// of the selectors that look for something happening; what is so stays to be read from it.

extension CaseRows {
    mutating func applyRules() {
        if rules.openings | rules.watched != 0 { heedOpening() }
        if rules.merging != 0 { mergeUpdates() }
        if rules.telling != 0 { heedRepetitions() }
    }

    @inline(__always)
    func isOne(of types: UInt64, _ row: Row) -> Bool {
        types >> UInt64(truncatingIfNeeded: row.stamp & 0x3F) & 1 != 0
    }

    /// Takes from a row what it would have found.
    @inline(__always)
    private mutating func silence(_ position: Int) {
        rows[start + position].mask &= ~rules.finders[self[position].type]
    }

    /// Has a row say nothing at all; it keeps its place, for others may have waited for it.
    @inline(never)
    private mutating func mute(_ position: Int) {
        let row = self[position]
        rows[start + position].stamp = row.stamp & ~0xFF | Int64(Row.unread)
        rows[start + position].mask = 0
    }

    // MARK: The opening

    /// The first opening opens, and all others say nothing: where a file was cut, and which of its rows
    /// was read first, tell which of them are there, and must tell nothing else. What came a little
    /// before it counts as at it.
    private mutating func heedOpening() {
        var first = -1
        let noted = rules.openings | rules.watched
        for position in 0..<count where isOne(of: noted, self[position]) {
            if !isOne(of: rules.openings, self[position]) {
                watch(position)
            } else if first < 0 {
                first = position
            } else {
                mute(position)
            }
        }
        guard first > 0 else { return }
        let opening = self[first]
        let (earliest, overflow) = opening.time.subtractingReportingOverflow(rules.tolerance)
        var low = first
        while low > 0, overflow || self[low - 1].time >= earliest { low -= 1 }
        guard low < first else { return }
        move(low..<first, to: opening)
        for position in low..<count where isOne(of: rules.watched, self[position]) {
            watch(position)
        }
    }

    /// Notices where two rows of one type and instant stand apart, that may be one update.
    @inline(__always)
    private mutating func watch(_ position: Int) {
        let row = self[position]
        guard position + 1 < count, self[position + 1].time == row.time else { return }
        var next = position + 1
        while next < count, areSimultaneous(self[next], row) {
            if self[next].type == row.type {
                if next > position + 1 { lacksRows = true }
                return
            }
            next += 1
        }
    }

    /// Has rows happen at the instant of the opening that follows them: among each other in their own
    /// order, among those of that instant by rank.
    ///
    /// A row that comes early holds up those that follow it, also where nobody looks at it: where
    /// that could tell, all rows of the case are needed. Where every row of the instant goes before
    /// the first moved one already, it can't: more that come early only hold up each other.
    private mutating func move(_ range: Range<Int>, to opening: Row) {
        var end = range.upperBound
        while end < count, areSimultaneous(self[end], opening) { end += 1 }
        spare.truncate(to: 0)
        var rest = (range.upperBound..<end).map { self[$0] }[...]
        var target = start + range.lowerBound
        for position in range {
            var row = self[position]
            row.stamp = opening.time << 15 | row.stamp & 0x7FFF
            if extras.contains(.nanoseconds) {
                copyWords(of: &row)
                payload[Int(row.payload) - 1] = payload[Int(opening.payload) - 1]
            }
            while let next = rest.first, next.rank < row.rank {
                if position > range.lowerBound { lacksRows = !isWhole }
                spare.append(next)
                rest = rest.dropFirst()
            }
            spare.append(row)
        }
        if !rest.isEmpty { lacksRows = !isWhole }
        for row in rest { spare.append(row) }
        for place in 0..<spare.count {
            rows[target] = spare[place]
            target += 1
        }
    }

    // MARK: One update in several rows

    /// Rows of one type and instant that say different states are one change, unless their source
    /// counts them as two: the first of them has what all of them say, the others have happened with
    /// it.
    private mutating func mergeUpdates() {
        var position = 0
        while position + 1 < count {
            var end = position + 1
            while end < count, areSimultaneous(self[position], self[end]) { end += 1 }
            if end - position > 1 { mergeUpdates(position..<end) }
            position = end
        }
    }

    private mutating func mergeUpdates(_ range: Range<Int>) {
        let leaders = unsafe rules.leaders.base
        for position in range where isOne(of: rules.merging, self[position]) {
            guard saysState(self[position]) else { continue }
            let type = self[position].type
            let leader = Int(unsafe leaders[type])
            if leader >= 0, canJoin(position, leader) {
                join(position, leader)
            } else {
                unsafe leaders[type] = Int32(position)
            }
        }
        for position in range { unsafe leaders[self[position].type] = -1 }
    }

    private mutating func saysState(_ row: Row) -> Bool {
        rules.toldOfType[row.type].indices.contains { place in
            value(rules.places[place], of: row) != .min
        }
    }

    /// Whether a row says other states than one before it, or the same of them, nobody else said
    /// them, and their source does not tell them apart.
    private mutating func canJoin(_ position: Int, _ leader: Int) -> Bool {
        let (row, first) = (self[position], self[leader])
        for place in rules.toldOfType[row.type].indices {
            let told = rules.places[place]
            let (new, known) = (value(told, of: row), value(told, of: first))
            if new != .min, known != .min, new != known { return false }
        }
        for place in rules.actorsOfType[row.type].indices {
            let actors = (
                value(rules.places[place], of: row), value(rules.places[place], of: first)
            )
            // 1 is "", nobody.
            if actors.0 > 1, actors.1 > 1, actors.0 != actors.1 { return false }
        }
        guard extras.contains(.orders) else { return true }
        return !eventPlace(of: row).isParted(from: eventPlace(of: first))
    }

    private mutating func join(_ position: Int, _ leader: Int) {
        let row = self[position]
        var first = self[leader]
        copyWords(of: &first)
        for place in rules.columnsOfType[row.type].indices {
            let column = rules.columns[place]
            guard isAbsent(column, of: first) else { continue }
            let (to, from) = (Int(first.payload + column.word), Int(row.payload + column.word))
            payload[to] = payload[from]
            if column.place & 1 != 0 { payload[to + 1] = payload[from + 1] }
        }
        first.mask = unsafe rules.masks.mask(
            first.type,
            PayloadRow(
                words: payload.base + Int(first.payload), places: rules.placeOfUse.base))
        rows[start + leader] = first
        silence(position)
    }

    /// Gives a row words of its own, to be changed: another table of the case may hold it as it was.
    private mutating func copyWords(of row: inout Row) {
        let before = extras.words
        let source = Int(row.payload) - before
        row.payload = UInt32(payload.count + before)
        for word in 0..<before + Int(rules.wordsOfType[row.type]) {
            payload.append(payload[source + word])
        }
    }

    private mutating func isAbsent(_ column: CaseRuleTables.PayloadColumn, of row: Row) -> Bool {
        let word = Int(row.payload + column.word)
        let first = payload[word]
        guard column.place & 1 != 0 else {
            return first == UInt32(truncatingIfNeeded: column.absent)
        }
        return Int64(bitPattern: UInt64(first) << 32 | UInt64(payload[word + 1])) == column.absent
    }

    // MARK: Repetitions

    /// A row that says states, all of which were so already, has no other effect.
    private mutating func heedRepetitions() {
        // Types are below 64, states below their count: the plan made both.
        let inForce = unsafe rules.inForce.base
        unsafe inForce.update(repeating: .min, count: rules.stateCount)
        for position in 0..<count where isOne(of: rules.setting, self[position]) {
            let row = self[position]
            var tells = false
            var isNew = false
            for place in rules.settingsOfType[row.type].indices {
                let setting = rules.settings[place]
                var value = value(setting.place, of: row)
                if value == .min { continue }
                // Nobody is who had it from the start.
                if setting.isName, value == 1 { value = .min }
                let state = Int(setting.state)
                switch setting.effect {
                case .tells:
                    tells = true
                    if unsafe inForce[state] != value { isNew = true }
                    unsafe inForce[state] = value
                case .sets: unsafe inForce[state] = value
                case .ends:
                    // What says again what is so ends nothing.
                    let isChange = unsafe inForce[Int(setting.about)] != value
                    if isChange, unsafe inForce[state] != value { unsafe inForce[state] = .min }
                }
            }
            if tells, !isNew { silence(position) }
        }
    }
}

/// A row by what went with it.
@safe
private struct PayloadRow: ColumnValues {
    // All columns that a merging type's masks ask for go with its rows: `PlanBuilder` sees to it.
    let words: UnsafeMutablePointer<UInt32>
    /// Word × 2 of each column, plus 1 for two words.
    let places: UnsafeMutablePointer<Int32>

    private func word(_ use: Int) -> Int {
        let place = unsafe places[use]
        precondition(place >= 0, "a column of an update does not go with its rows")
        return Int(place >> 1)
    }

    func code(_ use: Int) -> UInt8 { unsafe UInt8(truncatingIfNeeded: words[word(use)]) }

    func name(_ use: Int) -> UInt32 { unsafe words[word(use)] }

    func integer(_ use: Int) -> Int64 {
        let word = word(use)
        return unsafe Int64(bitPattern: UInt64(words[word]) << 32 | UInt64(words[word + 1]))
    }
}
