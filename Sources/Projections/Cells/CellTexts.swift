public import Definitions
public import EventLog
import EventModel

/// What the words of a projection's rows say.
///
/// A case is called by what stands behind its subject's slash; where the definition reads several kinds
/// of case, by the whole subject: `ticket/7` and `call/7` are two.
public struct CellTexts: Hashable, Sendable {
    /// How the rows are written.
    public let layout: CellLayout
    /// Whether a case is called by its whole subject.
    public let namesKinds: Bool

    /// The texts of a projection's rows.
    ///
    /// - Parameter definition: that of the rows' version; nil where it is not known.
    public init(_ layout: CellLayout, of definition: ProjectionDefinition?) {
        self.layout = layout
        namesKinds = definition.map { $0.subjectKinds.count > 1 } ?? false
    }

    /// The text of a dimension's word; nil where it is absent.
    ///
    /// - Complexity: O(log names) for names and cases.
    public func text(
        ofDimension index: Int, _ word: UInt32, in view: borrowing LogView
    ) throws -> String? {
        try text(word, layout.dimensions[index].kind, in: view)
    }

    /// The text of a measure's value; for one that is a name, the name.
    public func text(
        ofMeasure index: Int, _ value: Int64, in view: borrowing LogView
    ) throws -> String? {
        guard case .value(let kind) = layout.measures[index].kind else { return String(value) }
        switch kind {
        case .integer: return String(value)
        case .day: return Day(number: Int32(truncatingIfNeeded: value)).description
        default: return try text(UInt32(truncatingIfNeeded: value), kind, in: view)
        }
    }

    /// A fact's dimensions as texts, then its measures as values or texts; nil where absent.
    ///
    /// - Complexity: O(values × log names).
    public func texts(of fact: Fact, in view: borrowing LogView) throws -> [String?] {
        var texts: [String?] = []
        for index in layout.dimensions.indices {
            texts.append(try text(ofDimension: index, fact.row[1 + index], in: view))
        }
        for index in layout.measures.indices {
            texts.append(
                try layout.value(ofMeasure: index, fact).flatMap {
                    try text(ofMeasure: index, $0, in: view)
                })
        }
        return texts
    }

    private func text(
        _ word: UInt32, _ kind: CellLayout.ValueKind, in view: borrowing LogView
    ) throws -> String? {
        guard word != 0 else { return nil }
        switch kind {
        case .name: return try view.name(word)
        case .list(let list):
            guard Int(word) <= list.count else {
                throw ProjectionFault.damaged(what: "a cell's value")
            }
            return list[Int(word) - 1]
        case .integer: return String(Int64(word) - 0x8000_0000)
        case .day: return Day(number: Int32(Int64(word) - 0x8000_0000)).description
        case .subject:
            let subject = try view.subject(ofCase: word - 1)
            return namesKinds ? subject : CellTexts.name(ofSubject: subject)
        }
    }

    /// What stands behind a subject's slash; the subject itself where it has none.
    public static func name(ofSubject subject: String) -> String {
        // By bytes: a mark that combines with the slash is the name's.
        subject.utf8.firstIndex(of: 0x2F).map { String(subject[subject.utf8.index(after: $0)...]) }
            ?? subject
    }
}
