package import EventModel

/// What is said of mappings.
package struct MappingWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// The headings of the list: name, what its rows stand in, title.
    package var listHeadings: [String] {
        [pick("Mapping", "Pemetaan"), pick("Reads", "Membaca"), pick("Title", "Judul")]
    }

    package func rows(isTable: Bool) -> String { isTable ? "CSV, XLSX" : "JSON, XES" }

    package var withoutStore: String { DefinitionWords(language).withoutStore }

    package func holds(_ file: String, events: [String]) -> String {
        file.printable + pick(": it holds. Gives ", ": sah. Menghasilkan ")
            + events.joined(separator: ", ")
    }

    /// Lines of a draft that mark a guess.
    package func guesses(_ lines: [Int]) -> String {
        let listed =
            lines.prefix(8).map { String($0) }.joined(separator: ", ")
            + (lines.count > 8 ? " …" : "")
        return pick(
            "\(lines.count) guesses of a draft are still marked with \"# ?\", in lines \(listed)",
            "\(lines.count) dugaan rancangan masih bertanda \"# ?\", di baris \(listed)")
    }

    package func rows(_ count: Int, unreadable: Int) -> String {
        let rest =
            unreadable == 0
            ? ""
            : pick(
                ", \(number(unreadable)) more can't be read",
                ", \(number(unreadable)) lagi tidak terbaca")
        return pick("Rows: ", "Baris: ") + number(count) + rest
    }

    /// Columns that no row has.
    package func absent(_ columns: [String]) -> String {
        pick("No row has: ", "Tidak ada baris yang memuat: ")
            + columns.map(\.printable).joined(separator: ", ")
    }

    package func emptyLevels(_ levels: [String]) -> String {
        pick("Levels without a row: ", "Tingkat tanpa baris: ") + levels.joined(separator: ", ")
    }
}
