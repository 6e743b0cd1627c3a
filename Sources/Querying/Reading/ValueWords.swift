import EventLog
import EventModel
import Projections

extension CellLayout.ValueKind {
    /// The words that stand for a text: two where a person and something else are called the same,
    /// of which a dimension has only one kind; none where no row can have it.
    ///
    /// A case is named as `CellTexts` calls it. Where that is its whole subject, what stands behind the
    /// slash will do if only one kind has such a case.
    ///
    /// - Complexity: O(log names).
    func ids(
        of text: String, subjectKinds: [String], in view: borrowing LogView
    ) throws -> [UInt32] {
        switch self {
        case .name: return try view.nameIDs(text)
        case .list(let list): return list.firstIndex(of: text).map { [UInt32($0 + 1)] } ?? []
        case .integer: return Int64(text).flatMap { Self.biased($0) }.map { [$0] } ?? []
        case .day:
            guard let period = try? Period(fixed: text), period.first.grain == .day, period.isSingle
            else { return [] }
            return Self.biased(Int64(period.first.index)).map { [$0] } ?? []
        case .subject: return try cases(text, subjectKinds, in: view).map { $0 + 1 }
        }
    }

    private func cases(
        _ text: String, _ kinds: [String], in view: borrowing LogView
    ) throws -> [UInt32] {
        let isWhole = kinds.contains { text == $0 || text.utf8.starts(with: ($0 + "/").utf8) }
        let whole = isWhole ? try view.caseID(text) : nil
        if kinds.count > 1, let whole { return [whole] }
        var named: [UInt32] = []
        for kind in kinds {
            if let id = try view.caseID(kind + "/" + text) { named.append(id) }
        }
        if named.isEmpty, let whole { return [whole] }
        return named.count == 1 ? named : []
    }

    /// A number as a cell's word; nil where it is one that no cell can hold.
    private static func biased(_ value: Int64) -> UInt32? {
        guard let number = Int32(exactly: value), number != .min else { return nil }
        return UInt32(bitPattern: number) ^ 0x8000_0000
    }
}
