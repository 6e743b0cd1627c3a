public import Definitions
public import EventLog
import EventModel

/// The canonical form of a projection: one line per distinct key, texts instead of ids, sorted;
/// the same for the same facts on any machine, in whatever order its events came.
public struct CanonicalCells: Hashable, Sendable {
    /// Day, dimensions, measures and multiplicity, separated by tabs, each as `CanonicalCells.cell`
    /// writes it.
    public let lines: [String]

    /// The canonical form of stored rows.
    ///
    /// - Parameter definition: that of the rows' version; nil where it is not known.
    public init(
        _ status: ProjectionStatus, _ definition: ProjectionDefinition?,
        of store: ProjectionStore, in view: borrowing LogView
    ) throws {
        var writer = CanonicalWriter(CellTexts(status.layout, of: definition))
        try store.scanMerged(status, in: view) { block in
            try writer.add(block, in: view)
        }
        lines = writer.finish()
    }

    /// The canonical form of rows in memory.
    public init(_ set: CellSet, in view: borrowing LogView) throws {
        var writer = CanonicalWriter(set.texts)
        try set.scan { block in try writer.add(block, in: view) }
        lines = writer.finish()
    }

    /// A value of a line: `–` where it is absent. Tabs, line ends and backslashes of a text are written
    /// `\t`, `\n`, `\\`, and the text `–` is written `\–`.
    public static func cell(_ text: String?) -> String {
        guard let text else { return "–" }
        if text == "–" { return "\\–" }
        // Scalar by scalar: a mark that combines with a backslash hides it from characters.
        var cell = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": cell.append(contentsOf: ["\\", "\\"])
            case "\t": cell.append(contentsOf: ["\\", "t"])
            case "\n": cell.append(contentsOf: ["\\", "n"])
            default: cell.append(scalar)
            }
        }
        return String(cell)
    }

    /// The values of a line; nil where one is absent.
    public static func values(ofLine line: String) -> [String?] {
        line.unicodeScalars.split(separator: "\t", omittingEmptySubsequences: false).map { cell in
            if cell.elementsEqual("–".unicodeScalars) { return nil }
            var text = String.UnicodeScalarView()
            var isEscaped = false
            for scalar in cell {
                if isEscaped {
                    text.append(scalar == "t" ? "\t" : scalar == "n" ? "\n" : scalar)
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else {
                    text.append(scalar)
                }
            }
            return String(text)
        }
    }
}

private struct CanonicalWriter {
    private let words: CellTexts
    private var lines: [String: Int64] = [:]
    /// Cells by dimension or measure (after the dimensions) and value.
    private var cells: [[UInt64: String]]

    init(_ words: CellTexts) {
        self.words = words
        let layout = words.layout
        cells = Array(repeating: [:], count: layout.dimensions.count + layout.measures.count)
    }

    mutating func add(_ block: Span<UInt32>, in view: borrowing LogView) throws {
        let (words, layout) = (words, words.layout)
        var start = 0
        while start < block.count {
            var line = CellLayout.day(block, start).description
            for index in layout.dimensions.indices {
                let word = layout.dimension(index, block, start)
                line += "\t"
                line += try cell(index, UInt64(word)) {
                    try words.text(ofDimension: index, word, in: view)
                }
            }
            for index in layout.measures.indices {
                line += "\t"
                guard let value = layout.measure(index, block, start) else {
                    line += CanonicalCells.cell(nil)
                    continue
                }
                let place = layout.dimensions.count + index
                line += try cell(place, UInt64(bitPattern: value)) {
                    try words.text(ofMeasure: index, value, in: view)
                }
            }
            lines[line, default: 0] += layout.multiplicity(block, start)
            start += layout.words
        }
    }

    private mutating func cell(
        _ place: Int, _ value: UInt64, _ look: () throws -> String?
    ) throws -> String {
        if let cell = cells[place][value] { return cell }
        let cell = CanonicalCells.cell(try look())
        cells[place][value] = cell
        return cell
    }

    func finish() -> [String] {
        lines.filter { $0.value != 0 }.map { "\($0.key)\t\($0.value)" }.sorted {
            // By bytes, so that no locale and no Unicode version has a say.
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}
