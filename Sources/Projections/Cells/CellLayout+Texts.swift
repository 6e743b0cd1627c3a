public import EventLog
import EventModel

extension CellLayout.ValueKind {
    /// The text of a word; nil where it is absent.
    ///
    /// - Complexity: O(log names) for names and cases.
    public func text(_ word: UInt32, in view: borrowing LogView) throws -> String? {
        guard word != 0 else { return nil }
        switch self {
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
            return subject.firstIndex(of: "/").map {
                String(subject[subject.index(after: $0)...])
            } ?? subject
        }
    }
}

extension CellLayout {
    /// The text of a dimension's word; nil where it is absent.
    public func text(
        ofDimension index: Int, _ word: UInt32, in view: borrowing LogView
    ) throws -> String? {
        try dimensions[index].kind.text(word, in: view)
    }

    /// The text of a measure's value; for one that is a name, the name.
    public func text(
        ofMeasure index: Int, _ value: Int64, in view: borrowing LogView
    ) throws -> String? {
        guard case .value(let kind) = measures[index].kind else { return String(value) }
        switch kind {
        case .integer: return String(value)
        case .day: return Day(number: Int32(truncatingIfNeeded: value)).description
        default: return try kind.text(UInt32(truncatingIfNeeded: value), in: view)
        }
    }
}

/// The canonical form of a projection: one line per distinct key, texts instead of ids, sorted;
/// the same for the same facts on any machine, in whatever order its events came.
public struct CanonicalCells: Hashable, Sendable {
    /// Day, dimensions, measures and multiplicity, separated by tabs; `–` where absent. Tabs, line
    /// ends and backslashes in texts are written `\t`, `\n`, `\\`.
    public let lines: [String]

    /// The canonical form of stored rows.
    public init(
        _ status: ProjectionStatus, of store: ProjectionStore, in view: borrowing LogView
    ) throws {
        var writer = CanonicalWriter(status.layout)
        try store.scanMerged(status, in: view) { block in
            try writer.add(block, in: view)
        }
        lines = writer.finish()
    }

    /// The canonical form of rows in memory.
    public init(_ set: CellSet, in view: borrowing LogView) throws {
        var writer = CanonicalWriter(set.layout)
        try set.scan { block in try writer.add(block, in: view) }
        lines = writer.finish()
    }
}

private struct CanonicalWriter {
    private let layout: CellLayout
    private var lines: [String: Int64] = [:]
    /// Texts by dimension or measure (after the dimensions) and value.
    private var texts: [[UInt64: String]]

    init(_ layout: CellLayout) {
        self.layout = layout
        texts = Array(repeating: [:], count: layout.dimensions.count + layout.measures.count)
    }

    mutating func add(_ block: Span<UInt32>, in view: borrowing LogView) throws {
        let layout = layout
        var start = 0
        while start < block.count {
            var line = CellLayout.day(block, start).description
            for index in layout.dimensions.indices {
                let word = layout.dimension(index, block, start)
                line += "\t"
                line += try text(index, UInt64(word)) {
                    try layout.text(ofDimension: index, word, in: view)
                }
            }
            for index in layout.measures.indices {
                line += "\t"
                guard let value = layout.measure(index, block, start) else {
                    line += "–"
                    continue
                }
                let place = layout.dimensions.count + index
                line += try text(place, UInt64(bitPattern: value)) {
                    try layout.text(ofMeasure: index, value, in: view)
                }
            }
            lines[line, default: 0] += layout.multiplicity(block, start)
            start += layout.words
        }
    }

    private mutating func text(
        _ place: Int, _ value: UInt64, _ look: () throws -> String?
    ) throws -> String {
        if let text = texts[place][value] { return text }
        let raw = try look()
        let text =
            raw.map { raw in
                raw.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
                    .replacing("\n", with: "\\n")
            } ?? "–"
        texts[place][value] = text
        return text
    }

    func finish() -> [String] {
        lines.filter { $0.value != 0 }.map { "\($0.key)\t\($0.value)" }.sorted {
            // By bytes, so that no locale and no Unicode version has a say.
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}
