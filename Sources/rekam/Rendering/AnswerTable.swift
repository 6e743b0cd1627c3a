import Definitions
public import EventModel
public import Querying

/// How text for people is written.
public struct TextStyle: Hashable, Sendable {
    /// The language of headings, units, numbers and dates.
    public var language: Language
    /// Columns of the terminal; nil cuts nothing.
    public var width: Int?
    /// Whether colours may support the words.
    public var isColoured: Bool

    /// A style from its parts.
    public init(language: Language = .english, width: Int? = nil, isColoured: Bool = false) {
        self.language = language
        self.width = width
        self.isColoured = isColoured
    }
}

extension Answer {
    /// The answer as a table for people: what it is about, the figures, what may still change, and
    /// the next useful command. Ends with a line break.
    ///
    /// - Complexity: O(rows × columns).
    public func table(_ style: TextStyle) -> String {
        let content = AnswerContent(self, style.language)
        var lines = TextLines(style: style)
        lines.add(pieces: content.headline, tone: .quiet)
        lines.add("")
        if isEmpty {
            lines.add(content.words.nothing(content.periodLabel))
        } else {
            lines.add(AnswerTableFit(content: content, style: style).lines())
        }
        let notes = content.notes
        if !notes.isEmpty { lines.add("") }
        for note in notes { lines.add(wrapping: note, tone: .plain) }
        if !hasNothing {
            lines.add("")
            lines.add(wrapping: content.words.next(nextCommand), tone: .quiet)
        }
        return lines.text
    }

    /// Whether it was split by dimensions and no group has anything.
    var isEmpty: Bool { !dimensions.isEmpty && rows.isEmpty }

    /// Whether there is not one fact in it: then no further question of it is worth a hint.
    private var hasNothing: Bool {
        (rows + totals).allSatisfy { row in
            (row.figures + row.previous).allSatisfy { figure in
                figure.reason == .nothing || figure.count == 0 && figure.value.numerator == 0
            }
        }
    }

    /// The command that was asked, with one useful thing more.
    var nextCommand: String {
        // Of a long list the first is example enough.
        var words = ["rekam", "query"] + columns.prefix(columns.count > 4 ? 1 : 4).map(\.name)
        if !dimensions.isEmpty { words += ["--by", dimensions.map(\.name).joined(separator: ",")] }
        for (dimension, values) in filters {
            for value in values {
                words.append(Answer.option(dimension, value))
            }
        }
        words += ["--period", period.description]
        let finer: [Grain: Grain] = [.year: .month, .half: .month, .quarter: .month, .month: .week]
        if dimensions.isEmpty, grain == nil, let other = otherDimensions.first {
            words += ["--by", other]
        } else if comparison == nil, period.previous != nil {
            words += grain.map { ["--grain", $0.rawValue] } ?? []
            words += ["--compare", "previous"]
        } else if grain == nil, let finer = finer[period.last.grain] {
            words += ["--grain", finer.rawValue]
        } else {
            words += grain.map { ["--grain", $0.rawValue] } ?? []
            words += ["--format", "csv"]
        }
        return words.joined(separator: " ")
    }

    /// The option that keeps one value of a dimension.
    static func option(_ dimension: String, _ value: String) -> String {
        ["agent", "team", "channel"].contains(dimension)
            ? "--\(dimension) " + quoted(value) : "--where " + quoted(dimension + "=" + value)
    }

    /// A word as a shell takes it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0)
                || "-_.=–/:".unicodeScalars.contains($0)
        }
        if isPlain, !word.isEmpty { return word }
        guard word.printable == word else { return spelt(word) }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    /// A word with characters that are not seen, as bash, zsh and ksh take it: `$'Bu\u200bdi'`.
    private static func spelt(_ word: String) -> String {
        var text = ""
        for scalar in word.unicodeScalars {
            let isShown = String(scalar).printable.unicodeScalars.elementsEqual([scalar])
            if scalar == "'" || scalar == "\\" {
                text += "\\"
                text.unicodeScalars.append(scalar)
            } else if isShown {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                let width = scalar.value > 0xFFFF ? 8 : 4
                text += scalar.value > 0xFFFF ? "\\U" : "\\u"
                text += String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return "$'" + text + "'"
    }
}

/// Lines that keep to a terminal's width.
struct TextLines {
    let style: TextStyle
    private var lines: [String] = []

    init(style: TextStyle) { self.style = style }

    /// All lines, each with its line break.
    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func add(_ line: String) { lines.append(line) }

    mutating func add(_ more: [String]) { lines += more }

    /// Pieces joined by " · ", broken between them where the line is full.
    mutating func add(pieces: [String], tone: Tone) {
        var line = ""
        for piece in pieces {
            let longer = line.isEmpty ? piece : line + " · " + piece
            if let width = style.width, !line.isEmpty, TextWidth.of(longer) > width {
                put(line, tone)
                line = piece
            } else {
                line = longer
            }
        }
        put(line, tone)
    }

    /// A sentence, broken between words where the line is full.
    mutating func add(wrapping text: String, tone: Tone, indent: Int = 0) {
        let blanks = String(repeating: " ", count: indent)
        guard let width = style.width else {
            put(blanks + text, tone)
            return
        }
        for line in TextWidth.wrapped(text, to: max(1, width - indent)) { put(blanks + line, tone) }
    }

    /// A name and a text beside it, whose further lines stand under the first.
    mutating func add(hanging name: String, _ text: String) {
        guard let limit = style.width else {
            add(name + text)
            return
        }
        let indent = TextWidth.of(name)
        let isNarrow = limit < indent + 20
        if isNarrow { add(wrapping: name, tone: .plain) }
        let room = isNarrow ? limit : limit - indent
        for (index, line) in TextWidth.wrapped(text, to: max(1, room)).enumerated() {
            let start =
                isNarrow ? "" : (index == 0 ? name : String(repeating: " ", count: indent))
            add(TextWidth.cut(start + line, to: limit))
        }
    }

    private mutating func put(_ line: String, _ tone: Tone) {
        let fitting = style.width.map { TextWidth.cut(line, to: $0) } ?? line
        lines.append(tone.paint(fitting, isColoured: style.isColoured))
    }
}
