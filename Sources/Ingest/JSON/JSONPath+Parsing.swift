internal import EventModel

/// Why a text is no path that mappings read.
struct JSONPathFault: Error, Hashable {
    /// A clause that reads after the path: `asks for all levels (..)`.
    var problem: String
    /// What could stand there instead.
    var expected: String
}

extension JSONPath {
    /// Where a path begins.
    enum Root: UInt8 {
        /// `$`: the document.
        case document = 0x24
        /// `@`: the value at hand.
        case current = 0x40
    }

    /// Reads a path with its root, which nothing may stand before or behind.
    init(parsing text: String, root: Root = .document) throws(JSONPathFault) {
        var parser = JSONPathParser(text)
        guard parser.take(root.rawValue) else {
            throw JSONPathFault(
                problem: "does not begin with \(Character(Unicode.Scalar(root.rawValue)))",
                expected: "a path such as \(root == .document ? "$" : "@").audits[*]")
        }
        self = try parser.segments(isRelative: false)
        try parser.expectEnd()
    }

    /// Reads what may stand behind the name of a level: `.created_at`, `[0].name` or nothing; or, without
    /// a level, `via.channel`.
    init(parsingSegments text: String, isRelative: Bool) throws(JSONPathFault) {
        var parser = JSONPathParser(text)
        self = try parser.segments(isRelative: isRelative)
        try parser.expectEnd()
    }
}

/// Reads the grammar of RFC 9535, as far as mappings do.
private struct JSONPathParser {
    private let bytes: [UInt8]
    private var position = 0
    /// How deep conditions stand inside each other.
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
    }

    /// Text from the present place on, as faults show it.
    private var rest: String {
        let text = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
        return text.isEmpty ? "its end" : "\"\(text)\""
    }

    private func fault(_ expected: String) -> JSONPathFault {
        JSONPathFault(problem: "can't be read from \(rest) on", expected: expected)
    }

    private static let functions = JSONPathFault(
        problem: "calls a function, which mappings don't",
        expected: "a comparison such as [?@.id==42]")

    func expectEnd() throws(JSONPathFault) {
        if position < bytes.count { throw fault(".name, ['name'], [0], [*], [1:3] or [?@.id==42]") }
    }

    // MARK: Segments

    /// - Parameter isRelative: whether a name may stand first without a dot.
    mutating func segments(isRelative: Bool) throws(JSONPathFault) -> JSONPath {
        var path = JSONPath()
        if isRelative, next != 0x5B { path.segments.append([.name(try shorthand())]) }
        while true {
            let start = position
            skipBlanks()
            if take("..") {
                throw JSONPathFault(
                    problem: "asks for all levels (..), which mappings don't",
                    expected: "the names on the way, with [*] for lists")
            }
            if take(0x2E) {
                path.segments.append([take(0x2A) ? .wildcard : .name(try shorthand())])
            } else if take(0x5B) {
                path.segments.append(try selectors())
            } else {
                position = start
                return path
            }
        }
    }

    private mutating func shorthand() throws(JSONPathFault) -> [UInt8] {
        let start = position
        func isNamePart(_ byte: UInt8) -> Bool {
            byte == 0x5F || byte >= 0x80 || (0x41...0x5A).contains(byte & 0xDF)
        }
        while let byte = next,
            isNamePart(byte) || (position > start && (0x30...0x39).contains(byte))
        {
            position += 1
        }
        guard position > start else {
            throw fault("a name, or ['a name'] where it has other characters")
        }
        return Array(bytes[start..<position])
    }

    private mutating func selectors() throws(JSONPathFault) -> [JSONPath.Selector] {
        var found: [JSONPath.Selector] = []
        repeat {
            skipBlanks()
            found.append(try selector())
            skipBlanks()
        } while take(0x2C)
        guard take(0x5D) else { throw fault("]") }
        return found
    }

    private mutating func selector() throws(JSONPathFault) -> JSONPath.Selector {
        switch next {
        case 0x27, 0x22: return .name(Array(try quoted().utf8))
        case 0x2A:
            position += 1
            return .wildcard
        case 0x3F:
            position += 1
            skipBlanks()
            return .filter(try condition())
        default: return try indexOrSlice()
        }
    }

    private mutating func indexOrSlice() throws(JSONPathFault) -> JSONPath.Selector {
        let start = try integer()
        let afterStart = position
        skipBlanks()
        guard take(0x3A) else {
            position = afterStart
            guard let start else { throw fault("'a name', a number, *, a slice or ?") }
            return .index(start)
        }
        skipBlanks()
        let end = try integer()
        var step: Int?
        let afterEnd = position
        skipBlanks()
        if take(0x3A) {
            skipBlanks()
            step = try integer()
        } else {
            position = afterEnd
        }
        return .slice(start: start, end: end, step: step ?? 1)
    }

    /// A whole number without leading zeros, within ±(2^53−1); nil where none begins.
    private mutating func integer() throws(JSONPathFault) -> Int? {
        let start = position
        _ = take(0x2D)
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        let digits = bytes[start..<position]
        guard !digits.isEmpty else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        guard let number = Int(text), abs(number) <= 9_007_199_254_740_991, String(number) == text
        else {
            position = start
            throw fault("a whole number without zeros before it")
        }
        return number
    }

    /// A text in single or double quotes, with JSON's escapes.
    private mutating func quoted() throws(JSONPathFault) -> String {
        let quote = bytes[position]
        let start = position
        position += 1
        // As JSON has it: the other quote needs no escape in it, its own does.
        var json: [UInt8] = [0x22]
        while let byte = next, byte != quote {
            position += 1
            switch byte {
            case 0x22: json += [0x5C, 0x22]
            case 0x5C:
                guard let escaped = next else { break }
                position += 1
                if escaped == 0x27, quote == 0x27 {
                    json.append(0x27)
                } else if escaped == 0x22, quote == 0x27 {
                    position = start
                    throw fault("\\\" only within double quotes")
                } else {
                    json += [0x5C, escaped]
                }
            default: json.append(byte)
            }
        }
        guard take(quote) else {
            position = start
            throw fault("a quote at the text's end")
        }
        json.append(0x22)
        guard case .string(let text)? = try? JSONValue(parsing: json.span) else {
            position = start
            throw fault("a text with escapes as JSON has them")
        }
        return text
    }

    // MARK: Conditions

    private mutating func condition() throws(JSONPathFault) -> JSONPath.Condition {
        guard depth < 32 else {
            throw fault("a condition with fewer parentheses inside each other")
        }
        depth += 1
        defer { depth -= 1 }
        var any = [try conjunction()]
        while takeBeyondBlanks("||") {
            skipBlanks()
            any.append(try conjunction())
        }
        return any.count == 1 ? any[0] : .any(any)
    }

    private mutating func conjunction() throws(JSONPathFault) -> JSONPath.Condition {
        var all = [try basic()]
        while takeBeyondBlanks("&&") {
            skipBlanks()
            all.append(try basic())
        }
        return all.count == 1 ? all[0] : .all(all)
    }

    private mutating func takeBeyondBlanks(_ word: String) -> Bool {
        let start = position
        skipBlanks()
        if take(word) { return true }
        position = start
        return false
    }

    private mutating func basic() throws(JSONPathFault) -> JSONPath.Condition {
        if take(0x21) {
            skipBlanks()
            guard next == 0x28 || next == 0x40 || next == 0x24 else {
                if let byte = next, (0x61...0x7A).contains(byte) { throw Self.functions }
                throw fault("a path or a condition in parentheses behind !")
            }
            let start = position
            let negated = try basic()
            if case .comparison = negated, bytes[start] != 0x28 {
                position = start
                throw fault("parentheses around a comparison that ! negates")
            }
            return .not(negated)
        }
        if take(0x28) {
            skipBlanks()
            let inner = try condition()
            skipBlanks()
            guard take(0x29) else { throw fault(")") }
            return inner
        }
        let start = position
        let left = try operand()
        skipBlanks()
        let sign = JSONPath.Comparison.allCases.first { take($0.rawValue) }
        guard let sign else {
            guard case .path(let path) = left else {
                position = start
                throw fault("a comparison, or a path that must lead somewhere")
            }
            // Blanks behind it are somebody else's.
            while position > start, bytes[position - 1] <= 32 { position -= 1 }
            return .exists(path)
        }
        skipBlanks()
        let right = try operand()
        for case .path(let path) in [left, right] where !path.isSingular {
            position = start
            throw fault("paths to one value on both sides of \(sign.rawValue)")
        }
        return .comparison(left, sign, right)
    }

    private mutating func operand() throws(JSONPathFault) -> JSONPath.Operand {
        switch next {
        case 0x40:
            position += 1
            return .path(try segments(isRelative: false))
        case 0x24:
            throw JSONPathFault(
                problem: "asks for the whole document ($) within a condition, which mappings don't",
                expected: "@ for the value at hand")
        case 0x27, 0x22: return .text(try quoted())
        case let byte? where byte == 0x2D || (0x30...0x39).contains(byte):
            return .number(try number())
        default:
            if take("true") { return .boolean(true) }
            if take("false") { return .boolean(false) }
            if take("null") { return .null }
            if let byte = next, (0x61...0x7A).contains(byte) { throw Self.functions }
            throw fault("@.name, a text in quotes, a number, true, false or null")
        }
    }

    private mutating func number() throws(JSONPathFault) -> DecimalText {
        var scanner = JSONScanner()
        scanner.position = position
        guard let range = try? scanner.number(bytes.span) else { throw fault("a number") }
        position = range.upperBound
        return DecimalText(String(decoding: bytes[range], as: UTF8.self))
    }
}
