import EventModel

/// Numbers of different length that are compared as text.
extension DoubtSearch {
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
            var alike: [Instant: [(sequence: UInt32, key: OrderKey)]] = [:]
            for sequence in try view.caseHistory(id) where !isVoided(sequence) {
                let segment = try view.segment(containing: sequence)
                let row = Int(sequence - segment.first)
                guard let orders = segment.orders else { continue }
                let word = OrderSource(word: orders.sources[row])
                let key = OrderKey(kind: word.kind, columnValue: orders.keys[row])
                guard let source = word.source, key.digits != nil || key.beginsWithDigits else {
                    continue
                }
                let instant = Instant(
                    source: source, time: segment.times[row],
                    nanoseconds: segment.nanoseconds?[row] ?? 0)
                alike[instant, default: []].append((sequence, key))
            }
            // The entries of long ones are read only where there is something to compare.
            let groups = alike.values.filter { $0.count > 1 }
            for group in groups.sorted(by: { $0[0].sequence < $1[0].sequence }) {
                try compare(group, ofCase: id, in: view, entries, tell)
            }
        }
    }

    private func compare(
        _ group: [(sequence: UInt32, key: OrderKey)], ofCase id: UInt32,
        in view: borrowing LogView, _ entries: Range<UInt32>, _ tell: (CaseDoubt) throws -> Void
    ) throws {
        var first: (digits: Int, sequence: UInt32)?
        for (sequence, key) in group {
            guard let digits = try digits(key, sequence, in: view) else { continue }
            guard let known = first else {
                first = (digits, sequence)
                continue
            }
            guard known.digits != digits, entries.contains(sequence) else { continue }
            try tell(
                CaseDoubt(kind: .sequenceWidths, caseID: id, sequences: [sequence, known.sequence]))
        }
    }

    private func digits(
        _ key: OrderKey, _ sequence: UInt32, in view: borrowing LogView
    ) throws -> Int? {
        guard key.beginsWithDigits else { return key.digits }
        let text = try view.sourceOrder(of: sequence)
        return text.allSatisfy { (0x30...0x39).contains($0) } ? text.count : nil
    }
}
