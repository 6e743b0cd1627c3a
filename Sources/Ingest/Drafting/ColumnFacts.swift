internal import EventModel

/// What a column of a sample holds.
struct ColumnFacts: Sendable {
    /// As templates name it: `created_at`, `ticket.via.channel`.
    let reference: String
    let name: ColumnName
    /// Its texts, row by row; nil for nothing.
    let values: [String?]
    /// Each text and how many rows have it, the most frequent first.
    let counts: [(text: String, rows: Int)]
    let filled: Int
    /// How its texts are times, where they are.
    let times: TimeGuess?
    /// What stands for yes and for no, where it holds nothing else.
    let truth: (yes: String, no: String)?
    /// Whether all of it is numbers, and their decimal sign where some have one.
    let isNumber: Bool
    let decimal: Character?
    /// Whether all of it is `h:mm:ss`.
    let isClock: Bool

    init(reference: String, name: String, values: [String?]) {
        self.reference = reference
        self.name = ColumnName(name)
        self.values = values
        var counted: [String: Int] = [:]
        for case let value? in values { counted[value, default: 0] += 1 }
        counts = counted.map { ($0.key, $0.value) }
            .sorted { ($1.rows, $0.text) < ($0.rows, $1.text) }
        filled = counted.values.reduce(0, +)
        let texts = counts.map(\.text)
        let isTimely = self.name.has(ColumnWords.timely)
        times = TimeGuess(texts, isTimely: isTimely)
        truth = ColumnFacts.truth(of: texts)
        let decimals = Set(texts.map { ColumnFacts.decimal(of: $0) })
        isNumber = !texts.isEmpty && !decimals.contains(.none)
        let signs = decimals.compactMap { $0 ?? nil }
        decimal = signs.contains(",") && !signs.contains(".") ? "," : signs.first
        isClock = !texts.isEmpty && texts.allSatisfy { ColumnFacts.isClock($0) }
    }

    var isEmpty: Bool { filled == 0 }
    /// Whether every row has it.
    var isFull: Bool { filled == values.count && filled > 0 }
    /// Whether it is a few texts that come again and again, such as kinds of something.
    var isKind: Bool {
        !isEmpty && counts.count <= 40 && (counts.count <= 3 || counts.count * 2 <= filled)
            && counts.allSatisfy { $0.text.count <= 60 }
    }

    /// The texts that numbers hold, whole ones alone; nil where one is none.
    var wholeNumbers: [Int]? {
        guard isNumber else { return nil }
        var found: [Int] = []
        for (text, _) in counts {
            let parts = text.split(whereSeparator: { $0 == "." || $0 == "," })
            guard let first = parts.first, let number = Int(first),
                parts.dropFirst().allSatisfy({ $0.allSatisfy { $0 == "0" } })
            else { return nil }
            found.append(number)
        }
        return found
    }

    /// Whether what it holds may be about persons, or was written by one: no text of it is shown.
    var isPersonal: Bool {
        name.has(ColumnWords.personal) || name.has(ColumnWords.agents)
            || name.has(ColumnWords.customers) || hasPersonalTexts
    }

    /// The same, as far as its texts tell.
    var hasPersonalTexts: Bool { hasPrivateTexts || looksLikeNames }

    /// Whether it holds addresses, numbers of telephones, or what people wrote.
    var hasPrivateTexts: Bool {
        if times != nil || truth != nil { return false }
        let texts = counts.map(\.text)
        if texts.contains(where: {
            $0.contains("@") || $0.contains("://") || ColumnFacts.isPhone($0)
        }) {
            return true
        }
        if texts.contains(where: { $0.contains("\n") || $0.contains("<") || $0.count > 60 }) {
            return true
        }
        let words = texts.reduce(0) { $0 + $1.split(separator: " ").count }
        return words >= max(1, texts.count) * 5
    }

    /// Whether most of its texts are a few words in capitals, as names are; so are many words of states.
    private var looksLikeNames: Bool {
        if times != nil || truth != nil { return false }
        let named = counts.count { text, _ in
            let words = text.split(separator: " ")
            return (2...4).contains(words.count)
                && words.allSatisfy { word in
                    word.first?.isUppercase == true
                        && word.allSatisfy { $0.isLetter || $0 == "." || $0 == "'" || $0 == "-" }
                }
        }
        return named * 2 > counts.count
    }

    /// Texts that can be shown: of kinds, short numbers and times.
    var samples: [String] {
        guard !isPersonal else { return [] }
        let isShort = isNumber && counts.allSatisfy { $0.text.count <= 6 }
        guard isShort || times != nil || truth != nil || isKind else { return [] }
        return counts.prefix(3).map(\.text)
    }

    private static func truth(of texts: [String]) -> (yes: String, no: String)? {
        let pairs = [
            ("true", "false"), ("yes", "no"), ("y", "n"), ("ya", "tidak"), ("1", "0"),
            ("t", "f"), ("benar", "salah"),
        ]
        guard (1...2).contains(texts.count) else { return nil }
        for (yes, no) in pairs
        where texts.allSatisfy({ $0.lowercased() == yes || $0.lowercased() == no }) {
            // One number alone may be anything.
            if yes == "1", texts.count < 2 { return nil }
            /// As the column has it, or would.
            func written(_ word: String) -> String {
                if let text = texts.first(where: { $0.lowercased() == word }) { return text }
                let other = texts[0]
                if other == other.uppercased() { return word.uppercased() }
                return other.first?.isUppercase == true ? word.capitalizedFirst : word
            }
            return (written(yes), written(no))
        }
        return nil
    }

    /// Of a number its decimal sign, nil within where it has none; nil for what is no number.
    private static func decimal(of text: String) -> Character?? {
        let digits = text.first == "-" ? text.dropFirst() : text[...]
        guard (1...18).contains(digits.count), digits.first?.isASCII == true,
            digits.first?.isNumber == true, digits.last?.isNumber == true
        else { return .none }
        let others = digits.filter { !("0"..."9").contains($0) }
        guard others.count <= 1, let sign = others.first else {
            return others.isEmpty ? .some(nil) : .none
        }
        return sign == "." || sign == "," ? .some(sign) : .none
    }

    static func isClock(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy(\.isNumber) }
    }

    private static func isPhone(_ text: String) -> Bool {
        let digits = text.filter(\.isNumber)
        return (9...15).contains(digits.count)
            && (text.hasPrefix("+") || text.hasPrefix("0") || text.hasPrefix("62"))
            && text.allSatisfy { $0.isNumber || "+-() .".contains($0) }
    }
}

extension String {
    /// The text with its first letter in capitals.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
