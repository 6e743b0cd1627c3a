/// What somebody most likely got wrong where YAML can't be read, said by what to type.
///
/// A YAML library says what its grammar missed ("did not find expected key"), mostly behind the place
/// where the mistake was made. This looks at the text around both.
struct YAMLMistake {
    /// What the library says.
    var problem: String
    /// Where it was, from 1.
    var place: (line: Int, column: Int)
    /// In what it was, and where that began; nil where it does not say.
    var context: (text: String, line: Int, column: Int)?
    /// The document's lines.
    var lines: [[Unicode.Scalar]]
    /// The file's line on which the document begins, for what is said.
    var firstLine = 1

    /// What is told of it.
    struct Told {
        var line: Int
        var column: Int
        var what: String
        var expected: String
    }

    init(
        _ problem: String, at place: (line: Int, column: Int),
        in context: (text: String, line: Int, column: Int)?, of text: String
    ) {
        self.problem = problem
        self.place = place
        self.context = context
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            Array($0.unicodeScalars)
        }
    }

    /// What is told, lines counted from the document's first.
    var told: Told {
        tab ?? unclosedQuote ?? flow ?? colon ?? block ?? character
            ?? Told(
                line: place.line, column: place.column,
                what: "the YAML can't be read here: \(problem)", expected: "")
    }

    // MARK: The text around

    /// A line's number in the file.
    private func filed(_ line: Int) -> Int { line + firstLine - 1 }

    private func line(_ number: Int) -> [Unicode.Scalar] {
        lines.indices.contains(number - 1) ? lines[number - 1] : []
    }

    private func indent(_ number: Int) -> Int { line(number).prefix { $0 == " " }.count }

    /// The nearest line above that is neither empty nor a comment; 0 where there is none.
    private func lineBefore(_ number: Int) -> Int {
        var at = number - 1
        while at > 0 {
            let first = line(at).first { $0 != " " && $0 != "\t" }
            if let first, first != "#" { return at }
            at -= 1
        }
        return 0
    }

    private var here: Unicode.Scalar? {
        let line = line(place.line)
        return line.indices.contains(place.column - 1) ? line[place.column - 1] : nil
    }

    private func told(
        _ line: Int, _ column: Int, _ what: String, _ expected: String
    ) -> Told {
        Told(line: line, column: column, what: what, expected: expected)
    }

    private func says(_ part: String) -> Bool { problem.contains(part) }

    private func isIn(_ part: String) -> Bool { context?.text.contains(part) ?? false }

    // MARK: Kinds of mistakes

    /// A tab among the blanks that a line begins with.
    private var tab: Told? {
        for number in [place.line, context?.line ?? place.line] {
            let start = line(number).prefix { $0 == " " || $0 == "\t" }
            guard let column = start.firstIndex(of: "\t") else { continue }
            return told(
                number, column + 1, "this line is indented with a tab",
                "blanks alone, two for each step in")
        }
        return nil
    }

    private var unclosedQuote: Told? {
        guard isIn("quoted scalar"), let context else { return nil }
        if says("end of stream") || says("document indicator") {
            return told(
                context.line, context.column, "the quote that begins here is never closed",
                "another at the text's end")
        }
        guard says("escape") else { return nil }
        return told(
            place.line, place.column, "this backslash means nothing in double quotes",
            "single quotes around the text, or \\\\ for one backslash")
    }

    /// Brackets that are not closed, or were never opened.
    private var flow: Told? {
        if isIn("flow"), says("expected ','"), let context {
            let (open, close) = says("']'") ? ("[", "]") : ("{", "}")
            guard place.line == context.line else {
                return told(
                    context.line, context.column, "the \(open) that begins here is not closed",
                    "\(close) at its end")
            }
            if here == ":", isSecondColon { return secondColon }
            return told(
                place.line, place.column,
                "the \(open) of column \(context.column) is not closed here", "a comma or \(close)")
        }
        if let here, here == "}" || here == "]", says("expected") {
            return told(
                place.line, place.column, "no bracket is open that this \(here) would close",
                "it left out")
        }
        return nil
    }

    /// Colons that are missing, or too many.
    private var colon: Told? {
        if says("could not find expected ':'"), let context {
            return unspaced(context.line)
                ?? told(
                    context.line, context.column, "this line has no colon", "key: value")
        }
        guard says("mapping values are not allowed") else { return nil }
        let before = lineBefore(place.line)
        let isFirst = !line(place.line).prefix(max(0, place.column - 1)).contains(":")
        if before > 0, isFirst, let told = unspaced(before) { return told }
        if before > 0, isFirst, indent(place.line) > indent(before) {
            return told(
                place.line, indent(place.line) + 1,
                "this line is indented deeper than line \(filed(before)), which has a value already",
                "as many blanks before it as before that one")
        }
        return secondColon
    }

    private var secondColon: Told {
        told(
            place.line, place.column, "a second colon stands here",
            "quotes around a text that holds a colon and a blank, or {…} around what has keys")
    }

    /// Whether what stands before a colon is one word after another colon: `en: Reply: first`, and not
    /// `from: opened to: answer`, where a comma is missing.
    private var isSecondColon: Bool {
        let before = line(place.line).prefix(place.column - 1)
        guard let last = before.lastIndex(where: { ":,{[".unicodeScalars.contains($0) }),
            before[last] == ":"
        else { return false }
        return before[(last + 1)...].split(separator: " ").count == 1
    }

    /// `key:value`, which YAML takes for one word.
    private func unspaced(_ number: Int) -> Told? {
        let text = line(number).drop { $0 == " " || $0 == "-" }
        guard let colon = text.firstIndex(of: ":"), colon + 1 < text.endIndex,
            text[colon + 1] != " ",
            text[..<colon].allSatisfy({ $0.properties.isAlphabetic || $0 == "_" })
        else { return nil }
        return told(number, colon + 2, "no blank stands after this colon", "key: value")
    }

    /// Lines that are not where the lines about them are.
    private var block: Told? {
        if says("block sequence entries are not allowed") {
            return told(
                place.line, place.column, "a list begins in the line of its key",
                "each - on a line of its own, or [a, b]")
        }
        if says("comment or line break") {
            return told(
                place.line, place.column, "a text after | or > begins on the next line",
                "the end of the line")
        }
        if says("document start") {
            return told(
                place.line, place.column, "the definition has ended before this line",
                "its keys each at the beginning of a line, and --- between two definitions")
        }
        if says("node content") {
            return told(place.line, place.column, "a value is missing here", "one before this")
        }
        guard says("expected key") || says("'-' indicator") else { return nil }
        if here == "-", says("expected key") {
            return told(
                place.line, place.column, "a list goes on here, where a key should stand",
                "the blanks of the list's other lines, or a key before it")
        }
        guard place.column == indent(place.line) + 1 else {
            return told(
                place.line, place.column, "the text before this has ended",
                "the whole text in one pair of quotes; '' is a ' within single ones")
        }
        if says("'-' indicator") {
            return told(
                place.line, place.column, "this line stands where a list goes on",
                "- before it, or the blanks of the lines it belongs to")
        }
        let before = lineBefore(place.line)
        return told(
            place.line, place.column,
            "this line is indented by \(indent(place.line)), as no line is that it could belong to"
                + (before > 0 ? " (line \(filed(before)): \(indent(before)))" : ""),
            "the blanks of the lines it belongs to")
    }

    /// Characters that begin nothing.
    private var character: Told? {
        guard let here, says("cannot start any token") else { return nil }
        return told(
            place.line, place.column, "a text can't begin with \(here)", "quotes around it")
    }
}
