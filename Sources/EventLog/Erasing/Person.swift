package import EventModel
package import Vault

/// A person by the token that stands for the name, and the kind of case that was asked for.
package struct Person: Hashable, Sendable {
    /// `agent`, `customer`, `respondent`, or a kind that a schema marks.
    package var kind: String
    /// The name's token; other roles under the same name share it.
    package var token: Token

    /// A person from its parts.
    package init(kind: String, token: Token) {
        self.kind = kind
        self.token = token
    }

    /// The subject as the log has it: the kind and the token.
    package var sealedSubject: String {
        kind + "/" + String(decoding: token.encoded, as: UTF8.self)
    }
}

/// Where a person stands in the log.
package struct PersonTrace: Sendable {
    /// What the person is in an entry.
    package enum Role: Hashable, Sendable {
        /// Whose case it is, by the kind of case.
        case subject(kind: String)
        /// Named in a field of a type of event.
        case field(type: String, name: String)
    }

    /// Whom it is about.
    package var person: Person
    /// Entries by role.
    package var roles: [Role: Int] = [:]
    /// The entries in which the person stands, ascending.
    package var entries: [UInt32] = []
    /// The entries whose texts tell of the person, ascending: see `LogView.trace`.
    package var texts: [UInt32] = []

    /// Whether the log has the person at all.
    package var isEmpty: Bool { entries.isEmpty }
}

extension LogView {
    /// Who is meant by a subject: `customer/4711`, or `customer/~` and the token. Nil where no such
    /// name has a token, also after it was erased.
    package func person(_ subject: String) throws -> Person? {
        guard let slash = subject.utf8.firstIndex(of: 0x2F) else { return nil }
        let kind = String(subject[..<slash])
        guard types.personalKinds.contains(kind) else { return nil }
        // As names are recorded.
        let name = NormalText.form(of: String(subject[subject.utf8.index(after: slash)...]))
        return try persons.token(of: name).map { Person(kind: kind, token: $0) }
    }

    /// What people call a person; nil where nothing explains the token.
    package func text(of token: Token) throws -> String? {
        try persons.vaultReader()?.disclosure(of: token)?.text
    }

    /// Where a person stands, and which texts tell of them.
    ///
    /// Texts go with a person
    /// - of every entry of the person's own cases,
    /// - of every entry of a case that names them as `customer`: a ticket is theirs, whoever wrote;
    ///   where the event that names them was taken out, of what was taken out of the case alone,
    /// - of an entry that names them as `agent`, `who` or `with`, where its type tells of people (it
    ///   may have a person as its case, or is a quality review): an assessment, an absence, a cost,
    /// - of a dispute that they raised about a figure of no one person: those whose figure it is do,
    /// - of an entry in which they act as a customer,
    /// - of the record of an import whose input's name has their name in it, or one of the words.
    ///
    /// What they wrote as agents in the cases of others stays: it tells of those.
    ///
    /// - Parameters:
    ///   - words: texts in which one of these stands go, too.
    ///   - sparesAnswers: whether texts in answers of people who are not to be known are left out:
    ///     where nothing is erased, nobody searches in them.
    /// - Complexity: O(entries), some bytes of each; with words O(texts of the vault).
    package func trace(
        _ person: Person, words: [String] = [], sparesAnswers: Bool = false
    ) throws -> PersonTrace {
        var trace = PersonTrace(person: person)
        var entries: Set<UInt32> = []
        var texts: Set<UInt32> = []
        for kind in types.personalKinds.sorted() {
            let subject = Person(kind: kind, token: person.token).sealedSubject
            guard let id = try tables.cases.id(of: subject, in: transaction) else { continue }
            let history = try caseHistory(id)
            trace.roles[.subject(kind: kind)] = history.count
            entries.formUnion(history)
            texts.formUnion(history)
        }
        var theirs = LinkedCases()
        try forEachNaming([person.token]) { sequence, type, field, caseID in
            trace.roles[.field(type: type.type, name: field), default: 0] += 1
            entries.insert(sequence)
            if field == "customer" { theirs.add(caseID, isTakenOut: try isVoided(sequence)) }
            if type.tellsOfPeople, ["agent", "who", "with"].contains(field) {
                texts.insert(sequence)
            }
            if try field == "by" && type.type == "figure.disputed" && !isPersons(caseID) {
                texts.insert(sequence)
            }
            if try field == "actor" && isCustomer(actorOf: sequence, type) {
                texts.insert(sequence)
            }
        }
        texts.formUnion(try self.entries(of: theirs))
        if let reader = try persons.vaultReader() {
            // Shorter names would be found in names of files that have nothing to do with them.
            let names = try (self.names(of: person) + words).filter { $0.utf8.count >= 3 }
            texts.formUnion(try inputs(naming: SpeltNames(names), reader))
            texts.formUnion(try self.entries(withAny: SpeltNames(words), reader))
        }
        if sparesAnswers { try texts.subtract(texts.filter { try isAnswer($0) }) }
        trace.entries = entries.sorted()
        trace.texts = texts.sorted()
        return trace
    }

    /// Whether a case is one of a person.
    private func isPersons(_ caseID: UInt32) throws -> Bool {
        let kind = try subject(ofCase: caseID).prefix { $0 != "/" }
        return types.personalKinds.contains(String(kind))
    }

    /// Entries that name one of some persons in a field of `data`, in order.
    func forEachNaming(
        _ tokens: Set<Token>,
        _ body: (UInt32, EventSchema, _ field: String, _ caseID: UInt32) throws -> Void
    ) throws {
        let ids = Set(
            try tokens.compactMap { try tables.names.id(of: $0.marked, in: transaction) })
        // Nearly all names are none of theirs, and most are not near them either.
        let range = (ids.min() ?? 1)...(ids.max() ?? 1)
        let columns = types.schemas.map { schema in
            schema.columns.indices.filter { schema.columns[$0].personal == .name }
        }
        let parsed = types.schemas.map(\.hasNamesWithoutColumns)
        for segment in try segments() {
            var found: [(row: Int, field: String)] = []
            for (type, rows) in segment.typeRows {
                let schema = types.schemas[Int(type)]
                var named: [Int: [String]] = [:]
                if !ids.isEmpty {
                    for index in columns[Int(type)] {
                        guard let names = segment.column(type: type, index: index)?.names else {
                            continue
                        }
                        for ordinal in 0..<rows
                        where range.contains(names[ordinal]) && ids.contains(names[ordinal]) {
                            named[ordinal, default: []].append(schema.columns[index].name)
                        }
                    }
                }
                guard parsed[Int(type)] || !named.isEmpty else { continue }
                var row = 0
                while let next = segment.types.first(type, from: row) {
                    row = next + 1
                    for field in named[Int(segment.ordinals[next])] ?? [] {
                        found.append((next, field))
                    }
                    guard parsed[Int(type)] else { continue }
                    let sequence = segment.first + UInt32(next)
                    try forEachPersonal(ofEntry: sequence) { personal, other, _ in
                        guard personal.kind == .name, personal.pair == PersonalText.noPair,
                            tokens.contains(other)
                        else { return }
                        found.append((next, persons.revealing.batch.text(personal.key)))
                    }
                }
            }
            for (row, field) in found.sorted(by: { $0.row < $1.row }) {
                try body(
                    segment.first + UInt32(row), types.schemas[Int(segment.types[row])], field,
                    segment.cases[row])
            }
        }
    }

    /// Records of imports whose input's name has one of some names in it.
    private func inputs(naming names: SpeltNames, _ reader: VaultReader) throws -> [UInt32] {
        guard !names.isEmpty, let type = types.id(of: "ingest.recorded") else { return [] }
        var found: [UInt32] = []
        for entry in try entries(ofType: type, upTo: entryCount) {
            for (token, _) in try textTokens(ofEntry: entry.sequence) {
                guard let text = try reader.disclosure(of: token)?.text,
                    names.standInAnyOrder(in: text)
                else { continue }
                found.append(entry.sequence)
            }
        }
        return found
    }

    /// Whether the records of an import tell of an input whose name was erased.
    ///
    /// - Parameter id: the one that its records begin with.
    /// - Complexity: O(imports) where anybody was erased.
    package func hasErasedInput(ofImport id: String) throws -> Bool {
        guard let type = types.id(of: "ingest.recorded"), let erasures = types.id(of: Erasure.type),
            try !entries(ofType: erasures, upTo: entryCount).isEmpty
        else { return false }
        return try entries(ofType: type, upTo: entryCount).contains { entry in
            let json = try JSONValue(
                parsing: String(decoding: try self.entry(entry.sequence), as: UTF8.self))
            guard case .string(let own)? = json["id"], own == id || own.hasPrefix(id + "/") else {
                return false
            }
            return try textTokens(ofEntry: entry.sequence).contains {
                try disclosure(of: $0.token) == nil
            }
        }
    }

    /// Entries of which a text has one of some words in it.
    private func entries(withAny words: SpeltNames, _ reader: VaultReader) throws -> [UInt32] {
        guard !words.isEmpty else { return [] }
        var found: [UInt32] = []
        try reader.forEachText { sequence, _, disclosure in
            guard sequence < entryCount, let text = disclosure.text else { return }
            if words.standAsWords(in: text) { found.append(sequence) }
        }
        // Texts with a column are found by their token: few types have them.
        for (index, schema) in types.schemas.enumerated()
        where schema.columns.contains(where: { $0.personal == .text }) {
            for entry in try entries(ofType: UInt16(index), upTo: entryCount) {
                for (token, place) in try textTokens(ofEntry: entry.sequence) where place == nil {
                    guard let text = try reader.disclosure(of: token)?.text else { continue }
                    if words.standAsWords(in: text) { found.append(entry.sequence) }
                }
            }
        }
        return found
    }

    /// What erasing some persons takes out of the vault: the names, and the texts that are still there;
    /// not those of cases that tell of somebody who is held.
    package func erasure(
        of traces: [PersonTrace], reason: String, by: String?, at time: Instant
    ) throws -> Erasure {
        try erasurePlan(of: traces, reason: reason, by: by, at: time).erasure
    }

    /// What erasing some persons takes out of the vault, and how many texts stay since their cases tell
    /// of somebody who is held.
    package func erasurePlan(
        of traces: [PersonTrace], reason: String, by: String?, at time: Instant
    ) throws -> (erasure: Erasure, staying: Int) {
        let held = try heldEntries(personActs())
        var staying: [UInt32: Int] = [:]
        guard let reader = try persons.vaultReader() else {
            throw VaultFault.missing(path: store.path)
        }
        var names: [Token] = []
        var texts: [UInt32: [Token]] = [:]
        for trace in traces {
            if try reader.disclosure(of: trace.person.token) != nil {
                names.append(trace.person.token)
            }
            for sequence in trace.texts where texts[sequence] == nil {
                let left = try textTokens(ofEntry: sequence).filter { token, place in
                    if let place {
                        return try reader.disclosure(sequence: sequence, place: place) != nil
                    }
                    return try reader.disclosure(of: token) != nil
                }
                guard !left.isEmpty else { continue }
                if try held.contains(sequence, ofCase: caseID(ofEntry: sequence)) {
                    staying[sequence] = left.count
                } else {
                    texts[sequence] = left.map(\.token)
                }
            }
        }
        return (
            Erasure(names: names, texts: texts, reason: reason, by: by, time: time),
            staying.values.reduce(0, +)
        )
    }
}

extension EventSchema {
    /// Whether what it says is said of people: a person may be its case, or it reviews one.
    fileprivate var tellsOfPeople: Bool {
        subjectKinds.contains { EventTypes.persons.contains($0) } || type == "quality.reviewed"
    }

    /// Whether a version of it has names of persons that are no columns.
    var hasNamesWithoutColumns: Bool {
        (earlier + [self]).contains { version in
            version.fields.contains { $0.personal == .name && $0.column == nil }
        }
    }
}

extension LogView {
    /// What explains a token; nil where nothing does.
    package func disclosure(of token: Token) throws -> Disclosure? {
        try persons.vaultReader()?.disclosure(of: token)
    }

    /// Whether whoever acts in an entry does so as a customer.
    private func isCustomer(actorOf sequence: UInt32, _ schema: EventSchema) throws -> Bool {
        guard let (column, code) = schema.customerActor("actor") else { return false }
        let segment = try segment(containing: sequence)
        let row = Int(sequence - segment.first)
        let kinds = segment.column(type: segment.types[row], index: column)?.codes
        return kinds.map { $0[Int(segment.ordinals[row])] == code } ?? false
    }

    /// The case of an entry.
    func caseID(ofEntry sequence: UInt32) throws -> UInt32 {
        let segment = try segment(containing: sequence)
        return segment.cases[Int(sequence - segment.first)]
    }

    /// The type of an entry.
    package func schema(ofEntry sequence: UInt32) throws -> EventSchema {
        let segment = try segment(containing: sequence)
        return types.schemas[Int(segment.types[Int(sequence - segment.first)])]
    }
}

extension LogStore {
    /// What people call those whose tokens, `~` and 43 characters, stand in a text; who was erased is
    /// left out.
    package func names(inTokensOf text: String) throws -> [String: String] {
        var names: [String: String] = [:]
        let bytes = Array(text.utf8)
        let width = PersonalText.tokenBytes + 1
        try read { view in
            var place = 0
            while place + width <= bytes.count {
                guard bytes[place] == PersonalText.mark,
                    let token = Token(marked: Array(bytes[place..<place + width]).span)
                else {
                    place += 1
                    continue
                }
                place += width
                if names[token.marked] == nil { names[token.marked] = try view.text(of: token) }
            }
        }
        return names
    }
}
