import EventModel
internal import LMDB
import Vault

/// Names of one kind that people can't tell apart, or that differ in letter case or blanks alone.
public struct NamesAlike: Hashable, Sendable {
    /// What the names are of: agents, customers and teams in whatever fields, else a field or a kind of
    /// case.
    public var kind: String
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

/// Names that were said, by what they are of, with the entry that says each first.
typealias SaidNames = [String: [String: UInt32]]

extension LogView {
    /// Names of one kind that are alike, where one of some entries is the first to say one of them and
    /// not the first to say any: over the whole log each is told once. All fields that name agents name
    /// one kind, as do those of customers and of teams, and cases of such persons. Events of people who
    /// are not to be known are passed over.
    ///
    /// - Parameter known: what the log knew before these entries; nil where that was not noted.
    /// - Complexity: O(log names) where some may be new, and O(entries × fields) where any two in the log
    ///   look alike, in whatever fields; O(log entries × fields) where a new one is among these.
    public func namesAlike(
        in entries: Range<UInt32>, after known: KnownNames? = nil
    ) throws -> [NamesAlike] {
        if known == knownNames { return [] }
        guard let candidates = try lookalikes() else { return [] }
        var search = NameSearch(types, candidates)
        for segment in try segments(covering: entries) {
            try search.look(at: segment, entries, in: self)
        }
        guard try !search.texts(in: self, after: known ?? KnownNames()).isEmpty else { return [] }
        return try groups(of: search.texts(in: self), candidates, in: entries)
    }

    /// What the log knows of names now: those that come later are new.
    public var knownNames: KnownNames {
        KnownNames(names: UInt32(nameCount), cases: UInt32(caseCount))
    }

    /// As `namesAlike(in:)`, of names that entries say or would say.
    func namesAlike(said: SaidNames, in entries: Range<UInt32>) throws -> [NamesAlike] {
        guard let candidates = try lookalikes(among: said) else { return [] }
        let said = said.mapValues { names in names.filter { candidates.has($0.key) } }
            .filter { !$0.value.isEmpty }
        return said.isEmpty ? [] : try groups(of: said, candidates, in: entries)
    }

    /// The names that look like others, of all that the log has and of some more, in whatever fields;
    /// nil where there are none. Texts are taken as they are stored: nothing is answered from them.
    ///
    /// - Complexity: O(log names), in the order in which they lie.
    private func lookalikes(among others: SaidNames = [:]) throws -> Lookalikes? {
        let vault = try persons.reader()
        let sorter = RadixSort()
        sorter.reset(
            capacity: try nameCount + (vault?.tokenCount ?? 0)
                + others.values.reduce(0) { $0 + $1.count })
        func add(_ text: Span<UInt8>) {
            sorter.add(
                Fingerprint(likenessOf: text).value,
                UInt32(truncatingIfNeeded: Fingerprint(of: text).value))
        }
        try forEachPlainName { _, text in add(text) }
        try vault?.forEachStoredText { text, _ in add(text) }
        for said in others.values {
            for name in said.keys { add(name.utf8Span.span) }
        }
        guard var found = Lookalikes(sorter, names: nameCount, cases: caseCount) else { return nil }
        try forEachPlainName { id, text in if found.has(text) { found.isName[Int(id)] = true } }
        try vault?.forEachStoredText { text, row in
            guard found.has(text) else { return }
            let token = Token(of: Disclosure(array: row.copyBytes()))
            if let id = try tables.names.id(of: token.marked, in: transaction) {
                found.isName[Int(id)] = true
            }
            for kind in types.personalKinds {
                let subject = kind + "/" + token.marked.dropFirst()
                guard let id = try tables.cases.id(of: subject, in: transaction) else { continue }
                found.isCase[Int(id)] = true
            }
        }
        return found
    }

    /// Lends the names that no tokens stand for.
    private func forEachPlainName(_ body: (UInt32, Span<UInt8>) throws -> Void) throws {
        for id in LogState.firstName..<state.nameCount {
            try tables.names.withText(id, in: transaction) { text in
                let isToken = text.count == Sealing.width && text[0] == PersonalText.mark
                if !isToken { try body(id, text) }
            }
        }
    }

    /// Those names and all that the log has, in groups of alike ones.
    private func groups(
        of said: SaidNames, _ candidates: Lookalikes, in entries: Range<UInt32>
    ) throws -> [NamesAlike] {
        var search = NameSearch(types, candidates)
        for segment in try segments() { try search.look(at: segment, 0..<entryCount, in: self) }
        var all = try search.texts(in: self)
        for (kind, names) in said {
            for (name, sequence) in names {
                all[kind, default: [:]][name] = min(all[kind]?[name] ?? .max, sequence)
            }
        }
        var found: [NamesAlike] = []
        for (kind, names) in all {
            let groups = Dictionary(grouping: names.keys, by: \.nameLikeness)
            for group in groups.values where group.count > 1 {
                let sequences = group.compactMap { names[$0] }.sorted().dropFirst()
                guard let sequence = sequences.first(where: entries.contains) else { continue }
                found.append(
                    NamesAlike(
                        kind: kind,
                        names: group.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                        sequence: sequence))
            }
        }
        return found.sorted { ($0.sequence, $0.kind) < ($1.sequence, $1.kind) }
    }
}

/// Names and cases of persons that look like others.
private struct Lookalikes {
    /// What different names have in common.
    private var likenesses: Set<UInt64> = []
    /// By id.
    var isName: [Bool]
    var isCase: [Bool]

    /// - Parameter sorter: of each name the fingerprint of its likeness, and half of its own: one pair of
    ///   alike names in four billion is passed over.
    init?(_ sorter: RadixSort, names: Int, cases: Int) {
        sorter.sort()
        for place in 0..<max(1, sorter.count) - 1
        where sorter.key(place) == sorter.key(place + 1)
            && sorter.value(place) != sorter.value(place + 1)
        {
            likenesses.insert(sorter.key(place))
        }
        guard !likenesses.isEmpty else { return nil }
        isName = Array(repeating: false, count: names)
        isCase = Array(repeating: false, count: cases)
    }

    func has(_ name: Span<UInt8>) -> Bool {
        likenesses.contains(Fingerprint(likenessOf: name).value)
    }

    func has(_ name: String) -> Bool { has(name.utf8Span.span) }
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

/// The names that entries say, by what they are of, of those that look like others.
private struct NameSearch {
    private let personalKinds: Set<String>
    private let candidates: Lookalikes
    private let rules: [NameRule]
    /// By kind: names said, with the entry that says each first.
    private var said: [String: [UInt32: UInt32]] = [:]
    /// Cases of persons, with their first entries.
    private var persons: [UInt32: UInt32] = [:]

    init(_ types: EventTypes, _ candidates: Lookalikes) {
        self.candidates = candidates
        personalKinds = types.personalKinds.subtracting(EventTypes.anonymousKinds)
        let personalKinds = types.personalKinds
        rules = types.schemas.map { NameRule($0, personalKinds: personalKinds) }
    }

    /// Looks through the entries of a segment, which follows those before it: column by column, since few
    /// names are candidates.
    mutating func look(
        at segment: ColumnSegment, _ entries: Range<UInt32>, in view: borrowing LogView
    ) throws {
        let (types, cases) = (segment.types, segment.cases)
        for row in 0..<segment.count where candidates.isCase[Int(cases[row])] {
            let sequence = segment.first + UInt32(row)
            guard rules[Int(types[row])].isOfPersons, persons[cases[row]] == nil,
                entries.contains(sequence)
            else { continue }
            persons[cases[row]] = sequence
        }
        for (type, count) in segment.typeRows {
            var rows: [UInt32]?
            for column in rules[Int(type)].columns {
                guard let names = segment.column(type: type, index: column.index)?.names else {
                    continue
                }
                let actors = column.customers.flatMap {
                    segment.column(type: type, index: $0.column)?.codes
                }
                for ordinal in 0..<count where candidates.isName[Int(names[ordinal])] {
                    let kind = column.kind(actors?[ordinal])
                    let known = said[kind]?[names[ordinal]] ?? .max
                    if known < segment.first { continue }
                    let all = rows ?? segment.rows(of: type)
                    rows = all
                    guard entries.contains(all[ordinal]) else { continue }
                    let id = cases[Int(all[ordinal] - segment.first)]
                    if rules[Int(type)].mayAnswer,
                        EventTypes.isAnonymous(try view.subject(ofCase: id))
                    {
                        continue
                    }
                    said[kind, default: [:]][names[ordinal]] = min(known, all[ordinal])
                }
            }
        }
    }

    /// The names that were said, but for those that were known before.
    func texts(in view: borrowing LogView, after known: KnownNames = KnownNames()) throws
        -> SaidNames
    {
        var texts: SaidNames = [:]
        func note(_ text: String, _ kind: String, _ sequence: UInt32) {
            texts[kind, default: [:]][text, default: .max] = min(
                texts[kind]?[text] ?? .max, sequence)
        }
        for (kind, names) in said {
            for (id, sequence) in names where id >= known.names {
                note(try view.name(id), kind, sequence)
            }
        }
        for (id, sequence) in persons where id >= known.cases {
            if let person = try view.person(ofCase: id), personalKinds.contains(person.kind) {
                note(person.name, person.kind, sequence)
            }
        }
        return texts
    }
}

extension ColumnSegment {
    /// The sequences of a type's entries.
    fileprivate func rows(of type: UInt16) -> [UInt32] {
        (0..<count).filter { types[$0] == type }.map { first + UInt32($0) }
    }
}

/// Which columns of a type hold names that may be alike, and whether its cases are persons.
struct NameRule {
    /// A column of names.
    struct Column {
        var index: Int
        /// What it names.
        var kind: String
        /// Where an event says that it is a customer instead: the column, and the code that says so.
        var customers: (column: Int, code: UInt8)?

        /// What it names in an event, by the code of who acts.
        func kind(_ actor: UInt8?) -> String {
            customers.map { $0.code == actor } ?? false ? "customer" : kind
        }
    }

    var columns: [Column] = []
    var isOfPersons: Bool
    /// Whether its events may be answers of people who are not to be known: what such a one says stays
    /// with them.
    var mayAnswer: Bool

    init(_ schema: EventSchema, personalKinds: Set<String>) {
        isOfPersons =
            !schema.mayAnswer && !personalKinds.isDisjoint(with: schema.subjectKinds)
        mayAnswer = schema.mayAnswer
        guard !schema.isLogsOwn else { return }
        columns = schema.columns.enumerated().filter { $1.column == .name }.map { index, column in
            Column(
                index: index, kind: schema.namedKind(of: column),
                customers: schema.customerActor(column.name))
        }
    }
}
