public import EventModel

/// What the log's first entries alone know: for answers as of an earlier state.
extension LogView {
    /// When an entry was recorded; traps beyond the log's end.
    ///
    /// - Complexity: O(log segments).
    public func recorded(_ sequence: UInt32) throws -> Instant {
        let segment = try segment(containing: sequence)
        return Instant(milliseconds: segment.recorded[Int(sequence - segment.first)])
    }

    /// When an entry's event happened; traps beyond the log's end.
    ///
    /// - Complexity: O(log segments).
    public func happened(_ sequence: UInt32) throws -> Instant {
        let segment = try segment(containing: sequence)
        return Instant(milliseconds: segment.times[Int(sequence - segment.first)])
    }

    /// When an entry's event happened, as its sender said; traps beyond the log's end.
    ///
    /// - Complexity: O(log segments).
    public func sent(_ sequence: UInt32) throws -> SentTime {
        let segment = try segment(containing: sequence)
        let row = Int(sequence - segment.first)
        return SentTime(
            Instant(milliseconds: segment.times[row]), nanoseconds: segment.nanoseconds?[row] ?? 0)
    }

    /// How many entries were recorded by a time, that moment included. Recording times never
    /// decrease, so these are the log's first ones.
    ///
    /// - Complexity: O(log entries · log segments).
    public func entryCount(recordedBy time: Instant) throws -> UInt32 {
        var low: UInt32 = 0
        var high = entryCount
        while low < high {
            let middle = low + (high - low) / 2
            if try recorded(middle) <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many name ids the log's first entries gave out (see `nameCount`): a name with this id or
    /// a later one was not known then.
    ///
    /// - Complexity: O(entries · name columns); four bytes of each are read.
    package func nameCount(upTo count: UInt32) throws -> UInt32 {
        guard count > 0 else { return 2 }
        if count >= entryCount { return UInt32(nameCount) }
        var highest: UInt32 = 1
        for segment in try segments(covering: 0..<count) {
            if Int(count - segment.first) >= segment.count {
                highest = max(highest, highestName(segment))
                continue
            }
            for row in 0..<Int(count - segment.first) {
                let type = segment.types[row]
                for index in types.schemas[Int(type)].columns.indices {
                    guard let names = segment.column(type: type, index: index)?.names else {
                        continue
                    }
                    highest = max(highest, names[Int(segment.ordinals[row])])
                }
            }
        }
        return highest + 1
    }

    private func highestName(_ segment: ColumnSegment) -> UInt32 {
        var highest: UInt32 = 0
        for (type, _) in segment.typeRows {
            for index in types.schemas[Int(type)].columns.indices {
                segment.column(type: type, index: index)?.names?.withSpan { names in
                    for place in names.indices { highest = max(highest, names[place]) }
                }
            }
        }
        return highest
    }

    /// How many cases have an event among the log's first entries: ids are given in the order of
    /// first appearance, so that these are the lowest.
    ///
    /// - Complexity: O(log cases · entries of a case).
    package func caseCount(upTo count: UInt32) throws -> UInt32 {
        var low: UInt32 = 0
        var high = UInt32(caseCount)
        while low < high {
            let middle = low + (high - low) / 2
            if try hasCase(middle, upTo: count) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a case has an event among the log's first entries.
    ///
    /// - Complexity: O(entries of the case).
    package func hasCase(_ id: UInt32, upTo count: UInt32) throws -> Bool {
        try caseHistory(id).first.map { $0 < count } ?? false
    }
}
