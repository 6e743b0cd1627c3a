import EventModel

/// Names of one kind that people can't tell apart, or that differ in letter case alone.
public struct NamesAlike: Hashable, Sendable {
    /// What the names are of: a field (`agent`, `team`), or a kind of case.
    public var field: String
    /// The names, by their bytes; at least two.
    public var names: [String]
    /// The first of the entries looked at that says one of them, and is not the first to say any.
    public var sequence: UInt32

    /// The names as people can tell them apart: what is not seen is spelt out.
    public var text: String { names.map(NamesAlike.visible).joined(separator: " · ") }

    /// A name with what is not seen spelt out: `Bu\u{200b}di`.
    static func visible(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            if scalar.isASCII || !isUnseen(scalar) && !scalar.properties.isWhitespace {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return text.printable
    }

    /// What all names have in common that look alike: without what is not seen, blanks of one width,
    /// letters of one case.
    static func likeness(of name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
        var text = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !isUnseen(scalar) {
            text.append(scalar.properties.isWhitespace ? " " : scalar)
        }
        return NormalText.form(of: String(text).caseFolded)
    }

    /// Whether a character leaves no mark: joiners, directions, selectors and the like.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint
            || scalar.properties.generalCategory == .format
    }
}

extension LogView {
    /// Names said by some entries that are alike, field by field. Cases of persons count as names of
    /// the field called like their kind. Events of people who are not to be known are passed over.
    ///
    /// - Complexity: O(entries × fields + names).
    public func namesAlike(in entries: Range<UInt32>) throws -> [NamesAlike] {
        var search = NameSearch(types)
        for segment in try segments(covering: entries) { search.look(at: segment, entries) }
        return try search.found(in: self)
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
        rules = types.schemas.map { schema in
            // What surveys ask of respondents stays with them.
            let isHidden = schema.isLogsOwn || schema.mayAnswer
            var rule = Rule(
                isOfPersons: !schema.mayAnswer
                    && !types.personalKinds.isDisjoint(with: schema.subjectKinds))
            for (index, field) in schema.columns.enumerated()
            where field.column == .name && !isHidden {
                let place = fields.firstIndex(of: field.name) ?? fields.count
                if place == fields.count { fields.append(field.name) }
                rule.columns.append((index, place))
            }
            return rule
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

    func found(in view: borrowing LogView) throws -> [NamesAlike] {
        var texts: [String: [String: UInt32]] = [:]
        func note(_ text: String, _ field: String, _ sequence: UInt32) {
            let known = texts[field]?[text] ?? .max
            texts[field, default: [:]][text] = min(known, sequence)
        }
        for (place, names) in said.enumerated() {
            for (id, sequence) in names { note(try view.name(id), fields[place], sequence) }
        }
        for (id, sequence) in persons {
            let subject = try view.subject(ofCase: id)
            guard let slash = subject.firstIndex(of: "/") else { continue }
            let kind = String(subject[..<slash])
            if personalKinds.contains(kind) {
                note(String(subject[subject.index(after: slash)...]), kind, sequence)
            }
        }
        var result: [NamesAlike] = []
        for (field, names) in texts {
            let groups = Dictionary(grouping: names.keys, by: NamesAlike.likeness)
            for group in groups.values where group.count > 1 {
                let sequences = group.compactMap { names[$0] }.sorted()
                result.append(
                    NamesAlike(
                        field: field,
                        names: group.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                        sequence: sequences[1]))
            }
        }
        return result.sorted { ($0.sequence, $0.field) < ($1.sequence, $1.field) }
    }
}
