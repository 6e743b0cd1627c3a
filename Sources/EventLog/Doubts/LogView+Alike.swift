import EventModel

/// Names of one kind that people can't tell apart, or that differ in letter case or blanks alone.
public struct NamesAlike: Hashable, Sendable {
    /// What the names are of: a field (`agent`, `team`), or a kind of case.
    public var field: String
    /// The names, by their bytes; at least two.
    public var names: [String]
    /// The first of the entries looked at that says one of them, and is not the first to say any.
    public var sequence: UInt32

    /// The names as people can tell them apart: what is not seen is spelt out.
    public var text: String { names.map(NamesAlike.visible).joined(separator: " · ") }

    /// A name with what is not seen spelt out: `Bu\u{200b}di`, `Ana \u{20}Maria`.
    static func visible(_ name: String) -> String {
        var text = ""
        var isAfterBlank = false
        for scalar in name.unicodeScalars {
            let isBlank = scalar.properties.isWhitespace
            if scalar.isASCII ? !(isBlank && isAfterBlank) : !scalar.isUnseen && !isBlank {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
            isAfterBlank = isBlank
        }
        return text.printable
    }
}

/// Names that were said, by field, with the entry that says each first.
typealias SaidNames = [String: [String: UInt32]]

extension LogView {
    /// Names that are alike, field by field, where one of some entries is the first to say one of them
    /// and not the first to say any: over the whole log each is told once. Cases of persons count as names
    /// of the field called like their kind. Events of people who are not to be known are passed over.
    ///
    /// - Parameter known: what the log knew before these entries; nil where that was not noted.
    /// - Complexity: O(entries × fields), and O(log names) where some are new; O(log entries × fields)
    ///   where a new one is alike to another.
    public func namesAlike(
        in entries: Range<UInt32>, after known: KnownNames? = nil
    ) throws -> [NamesAlike] {
        var search = NameSearch(types)
        for segment in try segments(covering: entries) { search.look(at: segment, entries) }
        let new = try search.texts(in: self, after: known ?? KnownNames())
        let others = known ?? (entries.lowerBound == 0 ? KnownNames() : knownNames)
        guard try mayBeAlike(new, after: others) else { return [] }
        return try groups(of: search.texts(in: self), in: entries)
    }

    /// What the log knows of names now: those that come later are new.
    public var knownNames: KnownNames {
        KnownNames(names: UInt32(nameCount), cases: UInt32(caseCount))
    }

    /// As `namesAlike(in:)`, of names that entries say or would say.
    func namesAlike(said: SaidNames, in entries: Range<UInt32>) throws -> [NamesAlike] {
        try mayBeAlike(said, after: knownNames) ? groups(of: said, in: entries) : []
    }

    /// Those names and all that the log has, in groups of alike ones.
    private func groups(of said: SaidNames, in entries: Range<UInt32>) throws -> [NamesAlike] {
        var all = try self.said(in: 0..<entryCount)
        for (field, names) in said {
            for (name, sequence) in names {
                all[field, default: [:]][name] = min(all[field]?[name] ?? .max, sequence)
            }
        }
        var found: [NamesAlike] = []
        for (field, names) in all {
            let groups = Dictionary(grouping: names.keys, by: \.nameLikeness)
            for group in groups.values where group.count > 1 {
                let sequences = group.compactMap { names[$0] }.sorted().dropFirst()
                guard let sequence = sequences.first(where: entries.contains) else { continue }
                found.append(
                    NamesAlike(
                        field: field,
                        names: group.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                        sequence: sequence))
            }
        }
        return found.sorted { ($0.sequence, $0.field) < ($1.sequence, $1.field) }
    }

    private func said(in entries: Range<UInt32>) throws -> SaidNames {
        var search = NameSearch(types)
        for segment in try segments(covering: entries) { search.look(at: segment, entries) }
        return try search.texts(in: self)
    }

    /// Whether some new name may be alike to another one of them, or to one that the log knew.
    ///
    /// The texts of the known ones are taken as they are stored: nothing is answered from them.
    private func mayBeAlike(_ new: SaidNames, after known: KnownNames) throws -> Bool {
        var names: Set<String> = []
        var likenesses: Set<String> = []
        for said in new.values {
            let alike = Set(said.keys.map(\.nameLikeness))
            if alike.count < said.count { return true }
            likenesses.formUnion(alike)
            names.formUnion(said.keys)
        }
        if likenesses.isEmpty { return false }
        func isAlike(_ name: String) -> Bool {
            likenesses.contains(name.nameLikeness) && !names.contains(name)
        }
        for id in 2..<max(2, known.names) where isAlike(try unheldName(id)) { return true }
        for id in 0..<known.cases {
            if let person = try unheldPerson(ofCase: id), isAlike(person.name) { return true }
        }
        return false
    }
}

/// How many names and cases a log knew at some time: their numbers are given in order.
public struct KnownNames: Hashable, Sendable {
    var names: UInt32 = 0
    var cases: UInt32 = 0

    /// None: every name is new.
    public init() {}

    init(names: UInt32, cases: UInt32) {
        self.names = names
        self.cases = cases
    }
}

/// The names that entries say, by field.
private struct NameSearch {
    private struct Rule {
        /// Name columns with their fields' places.
        var columns: [(index: Int, field: Int)] = []
        /// Whether its cases are persons.
        var isOfPersons: Bool
    }

    private let personalKinds: Set<String>
    private var fields: [String] = []
    private let rules: [Rule]
    /// By field: names said, with the entry that says each first.
    private var said: [[UInt32: UInt32]]
    /// Cases of persons, with their first entries.
    private var persons: [UInt32: UInt32] = [:]

    init(_ types: EventTypes) {
        personalKinds = types.personalKinds.subtracting(EventTypes.anonymousKinds)
        var fields: [String] = []
        let personalKinds = types.personalKinds
        rules = types.schemas.map { schema in
            let known = NameRule(schema, personalKinds: personalKinds)
            return Rule(
                columns: known.columns.map { column in
                    let place = fields.firstIndex(of: column.field) ?? fields.count
                    if place == fields.count { fields.append(column.field) }
                    return (column.index, place)
                }, isOfPersons: known.isOfPersons)
        }
        self.fields = fields
        said = Array(repeating: [:], count: fields.count)
    }

    mutating func look(at segment: ColumnSegment, _ entries: Range<UInt32>) {
        let rows =
            max(
                entries.lowerBound, segment.first)..<min(
                entries.upperBound, segment.first + UInt32(segment.count))
        let columns = rules.indices.map { type in
            rules[type].columns.map { column in
                (
                    names: segment.column(type: UInt16(type), index: column.index)?.names,
                    field: column.field
                )
            }
        }
        let (types, ordinals, cases) = (segment.types, segment.ordinals, segment.cases)
        // Neighbours often say the same.
        var last = [UInt32](repeating: 0, count: fields.count)
        for sequence in rows {
            let row = Int(sequence - segment.first)
            let type = Int(types[row])
            if rules[type].isOfPersons, persons[cases[row]] == nil {
                persons[cases[row]] = sequence
            }
            for column in columns[type] {
                guard let name = column.names?[Int(ordinals[row])], name > 1,
                    name != last[column.field]
                else { continue }
                last[column.field] = name
                if said[column.field][name] == nil { said[column.field][name] = sequence }
            }
        }
    }

    /// The names that were said, but for those that were known before.
    func texts(in view: borrowing LogView, after known: KnownNames = KnownNames()) throws
        -> SaidNames
    {
        var texts: SaidNames = [:]
        func note(_ text: String, _ field: String, _ sequence: UInt32) {
            texts[field, default: [:]][text, default: .max] = min(
                texts[field]?[text] ?? .max, sequence)
        }
        for (place, names) in said.enumerated() {
            for (id, sequence) in names where id >= known.names {
                note(try view.unheldName(id), fields[place], sequence)
            }
        }
        for (id, sequence) in persons where id >= known.cases {
            if let person = try view.unheldPerson(ofCase: id), personalKinds.contains(person.kind) {
                note(person.name, person.kind, sequence)
            }
        }
        return texts
    }
}

/// Which columns of a type hold names that may be alike, and whether its cases are persons.
struct NameRule {
    /// Name columns with their fields.
    var columns: [(index: Int, field: String)] = []
    var isOfPersons: Bool

    init(_ schema: EventSchema, personalKinds: Set<String>) {
        isOfPersons =
            !schema.mayAnswer && !personalKinds.isDisjoint(with: schema.subjectKinds)
        // What surveys ask of respondents stays with them.
        guard !schema.isLogsOwn, !schema.mayAnswer else { return }
        columns = schema.columns.enumerated().filter { $1.column == .name }.map { ($0, $1.name) }
    }
}
