import EventModel
import Vault

// What people are called, and how it is found in texts that others typed.

extension LogView {
    /// Other names of a person, as events say that set aliases: theirs, and those that have them for an
    /// alias. Names that were erased are left out.
    ///
    /// - Complexity: O(entries), two bytes of each, and events that set an alias.
    package func aliases(of person: Person) throws -> [Person] {
        try aliases(of: person, among: aliasPairs())
    }

    /// Who has which alias, as the events that were not taken out say.
    package func aliasPairs() throws -> [(owner: Person, alias: Person)] {
        var pairs: [(owner: Person, alias: Person)] = []
        for (index, schema) in types.schemas.enumerated()
        where schema.fields.contains(where: { $0.name == "alias" && $0.personal == .name }) {
            for entry in try entries(ofType: UInt16(index), upTo: entryCount)
            where try !isVoided(entry.sequence) {
                let subject = try tables.cases.text(
                    caseID(ofEntry: entry.sequence), in: transaction)
                guard let slash = subject.firstIndex(of: "/"),
                    let token = Token(String(subject[subject.index(after: slash)...]).utf8Span.span)
                else { continue }
                let kind = String(subject[..<slash])
                try forEachPersonal(ofEntry: entry.sequence) { personal, alias, _ in
                    guard personal.kind == .name,
                        persons.revealing.batch.text(personal.key) == "alias"
                    else { return }
                    pairs.append(
                        (Person(kind: kind, token: token), Person(kind: kind, token: alias)))
                }
            }
        }
        return pairs
    }

    /// The same, where the pairs are known.
    package func aliases(
        of person: Person, among pairs: [(owner: Person, alias: Person)]
    ) throws -> [Person] {
        try Self.names(of: person, among: pairs).filter {
            try $0.token != person.token && text(of: $0.token) != nil
        }.sorted { $0.sealedSubject < $1.sealedSubject }
    }

    /// All names of a person, also those that were erased: this one, and each that an alias ties to it.
    /// An alias of an alias is another name of the same person.
    static func names(
        of person: Person, among pairs: [(owner: Person, alias: Person)]
    ) -> [Person] {
        var found: [Token: Person] = [person.token: person]
        var isOver = false
        while !isOver {
            let before = found.count
            for (owner, alias) in pairs {
                if found[owner.token] != nil, found[alias.token] == nil {
                    found[alias.token] = alias
                }
                if found[alias.token] != nil, found[owner.token] == nil {
                    found[owner.token] = owner
                }
            }
            isOver = found.count == before
        }
        return Array(found.values)
    }

    /// Whose the cases of some entries are: the persons whose cases they are, and those whom they name
    /// as customers.
    ///
    /// - Complexity: O(entries of these cases).
    package func customers(ofCasesIn ranges: [Range<UInt32>]) throws -> Set<Person> {
        var cases: Set<UInt32> = []
        for range in ranges {
            for sequence in range { cases.insert(try caseID(ofEntry: sequence)) }
        }
        var found: Set<Person> = []
        for id in cases {
            let subject = try tables.cases.text(id, in: transaction)
            let parts = subject.split(separator: "/", maxSplits: 1).map(String.init)
            if parts.count == 2, types.personalKinds.contains(parts[0]),
                let token = Token(parts[1].utf8Span.span)
            {
                found.insert(Person(kind: parts[0], token: token))
            }
            for sequence in try caseHistory(id) {
                try forEachPersonal(ofEntry: sequence) { personal, token, _ in
                    guard personal.kind == .name,
                        persons.revealing.batch.text(personal.key) == "customer"
                    else { return }
                    found.insert(Person(kind: "customer", token: token))
                }
            }
        }
        return found
    }

    /// What a person is called: the name, and the names that events describing their cases show.
    ///
    /// - Complexity: O(entries of the person's own cases).
    package func names(of person: Person) throws -> [String] {
        var names = try [text(of: person.token)].compactMap(\.self)
        for kind in types.personalKinds.sorted() {
            let subject = Person(kind: kind, token: person.token).sealedSubject
            guard let id = try tables.cases.id(of: subject, in: transaction) else { continue }
            for sequence in try caseHistory(id) {
                guard let field = try schema(ofEntry: sequence).profileName else { continue }
                let event = try JSONValue(
                    parsing: String(decoding: try revealedEntry(sequence), as: UTF8.self))
                if case .string(let name)? = event["data"]?[field], !names.contains(name) {
                    names.append(name)
                }
            }
        }
        return names
    }
}
