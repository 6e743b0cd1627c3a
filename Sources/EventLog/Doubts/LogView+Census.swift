import EventModel

extension LogView {
    /// What is doubtful about some entries, and about cases because of them, counted by kind with the
    /// first cases of each: all but the ties that decide a figure, which `LiveProjections.countDoubts`
    /// adds.
    ///
    /// - Parameters:
    ///   - census: what was counted already.
    ///   - isImport: whether the entries are those of an import that has told what its input alone
    ///     shows, and what an event shows by itself.
    /// - Complexity: what `findDoubts`, `namesAlike` and `toldDoubts` say.
    package func countDoubts(
        in entries: Range<UInt32>, _ census: inout DoubtCensus, isImport: Bool
    ) throws {
        try findDoubts(in: entries, ofCasesAlone: isImport) { census.add($0) }
        try addWhole(entries, &census, isImport: isImport)
    }

    /// Adds to a census what `findDoubts` does not tell.
    package func addWhole(
        _ entries: Range<UInt32>, _ census: inout DoubtCensus, isImport: Bool,
        after known: KnownNames? = nil
    ) throws {
        census.add(DoubtfulCases(alike: try namesAlike(in: entries, after: known)))
        census.add(try backdated(in: entries))
        if isImport { return }
        for told in try toldDoubts(in: entries) {
            census.add(
                DoubtfulCases(
                    kind: told.kind, count: told.count, first: told.cases, line: told.line,
                    input: told.input.isEmpty ? nil : told.input))
        }
    }

    /// Events that were recorded long after they happened.
    private func backdated(in entries: Range<UInt32>) throws -> DoubtfulCases {
        let isOwn = types.schemas.map { $0.isLogsOwn || $0.type == "event.voided" }
        let mayBeHidden = types.schemas.map(\.takesAnonymous)
        var found = DoubtfulCases(kind: .backdated, count: 0, first: [])
        var first: [UInt32] = []
        for segment in try segments(covering: entries) {
            let (times, recorded, types) = (segment.times, segment.recorded, segment.types)
            let rows = entries.clamped(to: segment.first..<segment.first + UInt32(segment.count))
            for sequence in rows {
                let row = Int(sequence - segment.first)
                guard recorded[row] - times[row] > DoubtKind.usualBackdating,
                    !isOwn[Int(types[row])]
                else { continue }
                found.count += 1
                guard first.count < DoubtfulCases.shown, !first.contains(segment.cases[row]) else {
                    continue
                }
                let subject = try subject(ofCase: segment.cases[row])
                if mayBeHidden[Int(types[row])], EventTypes.isAnonymous(subject) { continue }
                first.append(segment.cases[row])
                found.first.append(subject)
            }
        }
        return found
    }
}

extension DoubtfulCases {
    /// Names that are alike.
    init(alike: [NamesAlike]) {
        self.init(
            kind: .namesAlike, count: alike.count,
            first: alike.prefix(DoubtfulCases.shown).map { "\($0.kind): \($0.text)" })
    }
}
