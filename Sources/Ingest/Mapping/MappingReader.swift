public import Definitions
public import EventModel

/// What the world outside gives a mapping file while it is read.
public struct MappingSurroundings {
    /// The store's event types.
    public var types: EventTypes
    /// The store's time zone: that of a mapping that names none.
    public var storeZone: TimeZoneRules
    /// The rules of a zone of the tz database; nil when there is no such zone.
    public var zone: (String) -> TimeZoneRules?
    /// The bytes of a lookup file, its path taken from the mapping file's folder.
    public var file: (String) throws -> [UInt8]
    /// Constants that the command gives, by name.
    public var settings: [String: String] = [:]
    /// Lookup files that the command gives, by the lookup's name.
    public var tables: [String: (path: String, bytes: [UInt8])] = [:]

    /// Surroundings from their parts.
    public init(
        types: EventTypes, storeZone: TimeZoneRules,
        zone: @escaping (String) -> TimeZoneRules? = { _ in nil },
        file: @escaping (String) throws -> [UInt8] = { path in
            throw InputFault(name: path, cause: .missing)
        }
    ) {
        self.types = types
        self.storeZone = storeZone
        self.zone = zone
        self.file = file
    }
}

extension Mapping {
    /// Reads a mapping file (Schemas/mapping.schema.json gives its shape, Schemas/mappings/README.md
    /// its meaning).
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: its name, for faults.
    /// - Throws: everything wrong in it, with file, line, column and the nearest valid word.
    public static func read(
        _ text: String, file: String, in surroundings: MappingSurroundings
    ) throws(DefinitionFaults) -> Mapping {
        let faults = FaultList(file: file)
        let documents = SourceDocument.split(text, file: file)
        let reader = MappingReader(surroundings: surroundings, faults: faults)
        if documents.count == 1, let root = YAMLReader.read(documents[0], faults: faults) {
            reader.mapping.contents = Array(text.utf8)
            reader.read(root)
        } else if documents.isEmpty {
            faults.report(line: 1, column: 1, "the file holds no mapping")
        } else if documents.count > 1 {
            faults.report(
                line: documents[1].firstLine, column: 1, "a second document begins here",
                expected: "one mapping a file")
        }
        guard faults.faults.isEmpty else { throw DefinitionFaults(faults.faults) }
        return reader.mapping
    }
}

/// Reads a mapping's YAML into its plan. Split by part of the file.
final class MappingReader {
    let surroundings: MappingSurroundings
    let faults: FaultList
    var mapping = Mapping()
    var columnByName: [String: Int] = [:]
    /// By column: where it is first named.
    var columnPlaces: [YAMLValue] = []
    var valueByName: [String: Int] = [:]
    var timeByName: [String: Int] = [:]
    var lookupByName: [String: Int] = [:]
    var constants: [String: String] = [:]
    var formats = [TimeFormat.iso]
    var zone: TimeZoneRules

    init(surroundings: MappingSurroundings, faults: FaultList) {
        self.surroundings = surroundings
        self.faults = faults
        zone = surroundings.storeZone
    }

    private static let keys = [
        "mapping", "version", "title", "source", "csv", "sheet", "rows", "time", "numbers",
        "missing",
        "optional", "constants", "lookups", "values", "times", "keep", "skip", "case", "at",
        "order", "row-order", "merge",
        "events",
    ]

    func read(_ root: YAMLValue) {
        guard let fields = Keys(root, of: "a mapping file", Self.keys, faults) else { return }
        mapping.name = fields.required("mapping", "the mapping's name").flatMap(text) ?? ""
        if let version = fields["version"] {
            guard let number = version.integer, (1...999_999).contains(number) else {
                return faults.report(
                    at: version, "\(version.inWords) is no version",
                    expected: "a whole number from 1")
            }
            mapping.version = Int(number)
        }
        mapping.source = fields.required("source", "the name of the system").flatMap(text) ?? ""
        if let csv = fields["csv"] { readFormat(csv) }
        if let sheet = fields["sheet"] { readSheet(sheet) }
        if let rows = fields["rows"] { readLevels(rows) }
        // Before times, some of which are numbers.
        if let numbers = fields["numbers"] { readNumbers(numbers) }
        if let time = fields["time"] { readTimeDefaults(time) }
        if let missing = fields["missing"] {
            mapping.missing = missing.elements.map { NormalText.form(of: anyText($0)) }
        }
        if let optional = fields["optional"] {
            mapping.optionalColumns = Set(optional.elements.compactMap(text))
        }
        readConstants(fields["constants"])
        for pair in pairs(fields["lookups"], "lookups") { readLookup(pair) }
        for name in surroundings.tables.keys.sorted() where lookupByName[name] == nil {
            faults.report(
                line: 1, column: 1,
                "the mapping has no lookup \"\(name)\", whose file --table gives",
                word: name, among: lookupByName.keys.sorted())
        }
        for pair in pairs(fields["values"], "values") { readNamedValue(pair) }
        for pair in pairs(fields["times"], "times") { readNamedTime(pair) }
        if let keep = fields["keep"] { mapping.keep = tests(keep) }
        if let skip = fields["skip"] { mapping.skip = tests(skip) }
        if let subject = fields.required("case", "the case, for example ticket/{number}") {
            mapping.subject = template(subject)
        }
        if let at = fields.required("at", "the row's time, one of \"times\"") {
            mapping.rowTime = timeIndex(at)
        }
        readOrder(fields)
        guard let events = fields.required("events", "the events a row gives") else { return }
        guard case .list(let list) = events.content, !list.isEmpty else {
            return faults.report(
                at: events, "\(events.inWords) stands where events should", expected: "a list")
        }
        for event in list { readEvent(event) }
        finish()
    }

    /// Texts that stay the same for a whole input; one without a value is said with the command.
    private func readConstants(_ value: YAMLValue?) {
        for pair in pairs(value, "constants") {
            if let said = surroundings.settings[pair.name] {
                constants[pair.name] = NormalText.form(of: said)
            } else if pair.value.isEmpty {
                faults.report(
                    at: pair.key,
                    "the mapping wants \"\(pair.name)\", which differs from file to file",
                    expected: "--set \(pair.name)=TEXT beside --mapping")
                constants[pair.name] = ""
            } else {
                constants[pair.name] = NormalText.form(of: anyText(pair.value))
            }
        }
        for name in surroundings.settings.keys.sorted() where constants[name] == nil {
            faults.report(
                line: 1, column: 1, "the mapping has no constant \"\(name)\", which --set gives",
                expected: constants.isEmpty
                    ? "one under \"constants\"" : listed(constants.keys.sorted()))
        }
        let said = surroundings.settings.sorted { $0.key < $1.key }.map {
            "\($0.key)=\($0.value)\n"
        }
        if !said.isEmpty { mapping.contents += Array("\n--- set\n".utf8) + said.joined().utf8 }
    }

    private func readFormat(_ value: YAMLValue) {
        let keys = ["delimiter", "encoding", "header", "skip"]
        guard let fields = Keys(value, of: "\"csv\"", keys, faults) else { return }
        if let delimiter = fields["delimiter"] {
            let names = CSVFormat.delimiters.map(\.name)
            mapping.format.delimiter =
                choice(delimiter, "delimiter", names + ["auto"])
                .flatMap { name in CSVFormat.delimiters.first { $0.name == name }?.byte }
        }
        if let encoding = fields["encoding"] {
            let names = TextEncoding.allCases.map(\.rawValue)
            mapping.format.encoding =
                choice(encoding, "encoding", names + ["latin-1", "auto"])
                .flatMap { $0 == "latin-1" ? .latin1 : TextEncoding(rawValue: $0) }
        }
        mapping.format.linesAbove = linesAbove(fields["skip"])
        if let header = fields["header"] {
            mapping.format.header = header.elements.compactMap(text)
        }
    }

    private func readSheet(_ value: YAMLValue) {
        guard let fields = Keys(value, of: "\"sheet\"", ["name", "skip", "header"], faults) else {
            return
        }
        mapping.sheet = SheetFormat(
            name: fields["name"].flatMap(text), rowsAbove: linesAbove(fields["skip"]),
            header: fields["header"].map { $0.elements.compactMap(text) })
    }

    private func linesAbove(_ value: YAMLValue?) -> Int {
        guard let value else { return 0 }
        guard let lines = value.integer, (0...1000).contains(lines) else {
            faults.report(
                at: value, "\(value.inWords) stands here",
                expected: "how many lines stand above the header, 0 to 1000")
            return 0
        }
        return Int(lines)
    }

    private func readNumbers(_ value: YAMLValue) {
        guard let fields = Keys(value, of: "\"numbers\"", ["decimal"], faults),
            let decimal = fields.required("decimal", "point or comma")
        else { return }
        if choice(decimal, "decimal sign", ["point", "comma"]) == "comma" {
            mapping.decimal = UInt8(ascii: ",")
        }
    }

    private func readTimeDefaults(_ value: YAMLValue) {
        guard let fields = Keys(value, of: "\"time\"", ["format", "zone"], faults) else { return }
        if let format = fields["format"] { formats = readFormats(format) }
        if let zone = fields["zone"] { self.zone = readZone(zone) }
    }
}

// MARK: What all parts use

extension MappingReader {
    /// A text that is not empty.
    func text(_ value: YAMLValue) -> String? {
        if let text = value.text { return text }
        faults.report(at: value, "\(value.inWords) stands where a text should")
        return nil
    }

    /// A text that may be empty, or be left out for the empty one.
    func anyText(_ value: YAMLValue) -> String {
        guard case .scalar(let text, let isPlain) = value.content else {
            faults.report(at: value, "\(value.inWords) stands where a text should")
            return ""
        }
        return isPlain && value.isEmpty ? "" : text
    }

    func choice(_ value: YAMLValue, _ what: String, _ words: [String]) -> String? {
        guard let word = value.text, words.contains(word) else {
            faults.report(
                at: value, "\(value.inWords) is no \(what)", word: value.text, among: words)
            return nil
        }
        return word
    }

    func flag(_ value: YAMLValue) -> Bool {
        guard let flag = value.boolean else {
            faults.report(at: value, "\(value.inWords) stands here", expected: "true or false")
            return false
        }
        return flag
    }

    func pairs(_ value: YAMLValue?, _ what: String) -> [YAMLPair] {
        guard let value else { return [] }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where \(what) should", expected: "a mapping")
            return []
        }
        return pairs
    }

    /// The place of a column; the file's header is asked later whether it has it.
    func column(_ name: String, at value: YAMLValue) -> Int {
        if let index = columnByName[name] { return index }
        columnByName[name] = mapping.columns.count
        columnPlaces.append(value)
        mapping.columns.append(name)
        return mapping.columns.count - 1
    }

    /// A text with `{columns}` and `{values}` put in; `{{` stands for a brace.
    func template(_ value: YAMLValue) -> Template {
        let text = anyText(value)
        var template = Template()
        var literal = ""
        var rest = text[...]
        func finishLiteral() {
            if !literal.isEmpty { template.parts.append(.literal(literal)) }
            literal = ""
        }
        while let brace = rest.firstIndex(of: "{") {
            literal += rest[..<brace]
            rest = rest[rest.index(after: brace)...]
            if rest.first == "{" {
                literal += "{"
                rest = rest.dropFirst()
                continue
            }
            guard let end = MappingReader.closingBrace(of: rest), end > rest.startIndex else {
                faults.report(
                    at: value, "a brace stands alone in \(value.inWords)",
                    expected: "{column}, or {{ for a brace")
                return template
            }
            finishLiteral()
            template.parts.append(reference(String(rest[..<end]), at: value))
            rest = rest[rest.index(after: end)...]
        }
        literal += rest
        finishLiteral()
        return template
    }

    /// What the mapping, the command or the file says where it has the name, else a column.
    func reference(_ name: String, at place: YAMLValue) -> Template.Part {
        if let given = GivenText(rawValue: name) { return .given(given) }
        if let constant = constants[name] { return .literal(constant) }
        return valueByName[name].map { .value($0) } ?? .column(column(name, at: place))
    }

    /// The brace that ends what is put in; one within the quotes of a path is none.
    private static func closingBrace(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var isInBrackets = false
        for (place, character) in zip(text.indices, text) {
            switch character {
            case "}" where quote == nil: return place
            case "[": isInBrackets = true
            case "]" where quote == nil: isInBrackets = false
            case "'", "\"":
                guard isInBrackets else { continue }
                if quote == nil { quote = character } else if quote == character { quote = nil }
            default: break
            }
        }
        return nil
    }
}

/// The keys of a YAML mapping, checked: unknown ones are reported, missing ones can be asked for.
struct Keys {
    private let value: YAMLValue
    private let pairs: [YAMLPair]
    private let faults: FaultList

    init?(_ value: YAMLValue, of subject: String, _ keys: [String], _ faults: FaultList) {
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where \(subject) should",
                expected: "a mapping with \(listed(keys))")
            return nil
        }
        self.value = value
        self.pairs = pairs
        self.faults = faults
        for pair in pairs where !keys.contains(pair.name) {
            faults.report(
                at: pair.key, "\(subject) has no key \"\(pair.name)\"", word: pair.name, among: keys
            )
        }
    }

    subscript(key: String) -> YAMLValue? { pairs.first { $0.name == key }?.value }

    func required(_ key: String, _ expected: String) -> YAMLValue? {
        if let value = self[key] { return value }
        faults.report(at: value, "\"\(key)\" is missing", expected: expected)
        return nil
    }
}
