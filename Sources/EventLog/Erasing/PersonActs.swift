package import EventModel
package import Vault

/// What the log's own events say of how persons are kept: holds, retentions, published names.
package struct PersonActs: Sendable {
    /// A hold that was not released.
    package struct Hold: Hashable, Sendable {
        /// Whom it holds.
        package var person: Person
        /// Why.
        package var reason: String
        /// Who added it.
        package var by: String?
        /// When.
        package var time: Instant
        /// The entry that tells it; nil where the file beside the store alone does.
        fileprivate var sequence: UInt32?

        /// A hold as the file beside the store tells it.
        package init(person: Person, reason: String, by: String?, time: Instant) {
            self.person = person
            self.reason = reason
            self.by = by
            self.time = time
        }
    }

    /// How long persons of a kind are kept.
    package struct Retention: Hashable, Sendable {
        /// After how many days they are due; nil: never.
        package var days: Int?
        /// Why.
        package var reason: String
        /// Who set it.
        package var by: String?
    }

    /// Holds in force, in the order in which they were added.
    package private(set) var holds: [Hold] = []
    /// Retentions in force, by kind.
    package private(set) var retentions: [String: Retention] = [:]
    /// Names told in clear for ever: entry by token.
    package private(set) var published: [Token: UInt32] = [:]
    /// These names, in UTF-8: texts are told apart by their bytes.
    package private(set) var publishedNames: Set<[UInt8]> = []

    /// The entries in which each hold that was released was in force.
    private(set) var endedHolds: [Range<UInt32>] = []

    mutating func take(_ type: String, _ json: JSONValue, _ entry: TypedEntry) {
        func text(_ name: String) -> String? {
            guard case .string(let text)? = json["data"]?[name] else { return nil }
            return text
        }
        let token = text("token").flatMap { Token($0.utf8Span.span) }
        let person = token.map { Person(kind: text("kind") ?? "", token: $0) }
        switch (type, person) {
        case ("hold.added", let person?):
            let reason = text("reason") ?? ""
            holds.removeAll { $0.person.token == person.token && $0.reason == reason }
            var hold = Hold(
                person: person, reason: reason, by: text("by"),
                time: Instant(milliseconds: entry.time))
            hold.sequence = entry.sequence
            holds.append(hold)
        case ("hold.released", let person?):
            let reason = text("hold")
            for hold in holds
            where hold.person.token == person.token && (reason == nil || hold.reason == reason) {
                endedHolds.append((hold.sequence ?? 0)..<entry.sequence)
            }
            holds.removeAll {
                $0.person.token == person.token && (reason == nil || $0.reason == reason)
            }
        case ("retention.set", _):
            var days: Int?
            if case .number(let digits)? = json["data"]?["days"] { days = Int(digits) }
            retentions[text("kind") ?? ""] = Retention(
                days: days, reason: text("reason") ?? "", by: text("by"))
        case ("name.published", let person?):
            published[person.token] = entry.sequence
            let array = text("disclosure").flatMap { Base64URL.decode($0.utf8Span.span) }
            guard let array else { break }
            let disclosure = Disclosure(array: array)
            guard Token(of: disclosure) == person.token, let name = disclosure.text else { break }
            publishedNames.insert(Array(name.utf8))
        default: break
        }
    }

    /// Takes holds that the file beside the store tells and the log does not.
    mutating func take(_ kept: [Hold]) {
        holds += kept.filter { hold in
            !holds.contains { $0.person.token == hold.person.token && $0.reason == hold.reason }
        }
    }

    /// The types that tell it.
    static let types = ["hold.added", "hold.released", "retention.set", "name.published"]
}

extension LogView {
    /// What the log says of how persons are kept, and the file of holds beside the store.
    ///
    /// - Complexity: O(entries), two bytes of each, and such events.
    package func personActs() throws -> PersonActs {
        var found: [(TypedEntry, String)] = []
        for name in PersonActs.types {
            guard let type = types.id(of: name) else { continue }
            found += try entries(ofType: type, upTo: entryCount).map { ($0, name) }
        }
        var acts = PersonActs()
        for (entry, name) in found.sorted(by: { $0.0.sequence < $1.0.sequence }) {
            let json = try JSONValue(
                parsing: String(decoding: try self.entry(entry.sequence), as: UTF8.self))
            acts.take(name, json, entry)
        }
        do {
            acts.take(try store.keptHolds.read(identity: store.identity).holds)
        } catch is StoreFault where store.isReadOnly {
            // Who only reads is shown what the log tells; whoever erases must know of all.
        }
        return acts
    }

    /// The holds that keep a person from being erased, one for each reason and name. Somebody is held
    /// under whatever role and name.
    package func holds(of person: Person, _ acts: PersonActs) throws -> [PersonActs.Hold] {
        guard !acts.holds.isEmpty else { return [] }
        let names = Set(try Self.names(of: person, among: aliasPairs()).map(\.token))
        return acts.holds.filter { names.contains($0.person.token) }
    }

    /// The names of everybody who is held.
    func heldNames(_ acts: PersonActs) throws -> Set<Token> {
        guard !acts.holds.isEmpty else { return [] }
        let pairs = try aliasPairs()
        return Set(acts.holds.flatMap { Self.names(of: $0.person, among: pairs) }.map(\.token))
    }

    /// Where those stand who were erased while somebody else was held, whose hold is over: by the entry
    /// that erased them, so that what was kept then can go now.
    ///
    /// - Parameter sparesAnswers: as in `trace`.
    /// - Complexity: O(entries) for each.
    package func keptByEndedHolds(
        _ acts: PersonActs, sparesAnswers: Bool = false
    ) throws -> [PersonTrace] {
        guard !acts.endedHolds.isEmpty else { return [] }
        var erased: [(token: Token, by: UInt32)] = []
        try forEachErasure { entry, names, _, _, _ in
            guard acts.endedHolds.contains(where: { $0.contains(entry.sequence) }) else { return }
            for token in names where try text(of: token) == nil {
                erased.append((token, entry.sequence))
            }
        }
        let kind = types.personalKinds.contains("customer") ? "customer" : "agent"
        return try erased.map { token, by in
            var trace = try trace(
                Person(kind: kind, token: token), sparesAnswers: sparesAnswers)
            // What came in since was not there to be kept.
            trace.texts.removeAll { $0 >= by }
            return trace
        }
    }

    /// Persons whose last event is older than persons of their kinds are kept; those who are held are
    /// told apart.
    ///
    /// A person's kinds are those of their own cases and of the fields that name them: `customer` is a
    /// customer, and so is an `actor` whose kind the event says to be one; an alias is what it is the
    /// alias of, everybody else is an agent. Somebody of several kinds is due when all of them are; a
    /// kind without a retention never is. Events are those of their cases, those that name them, and
    /// those of cases that name them as `customer`.
    ///
    /// - Complexity: O(entries); memory O(cases + names).
    package func duePersons(
        _ acts: PersonActs, at now: Instant
    ) throws -> (due: [Person], held: [Person]) {
        let kept = acts.retentions.compactMapValues(\.days)
        guard !kept.isEmpty else { return ([], []) }
        var seen = LastEvents()
        try seen.read(self)
        let heldNames = try heldNames(acts)
        var due: [Person] = []
        var held: [Person] = []
        for (token, last) in seen.byToken {
            let limits = last.kinds.map { kept[$0] }
            guard limits.allSatisfy({ $0 != nil }), let kind = last.kinds.min(),
                let days = limits.compactMap(\.self).max(),
                now.milliseconds - last.time > Int64(days) * 86_400_000,
                acts.published[token] == nil, try text(of: token) != nil
            else { continue }
            let person = Person(kind: kind, token: token)
            if heldNames.contains(token) { held.append(person) } else { due.append(person) }
        }
        return (
            due.sorted { $0.sealedSubject < $1.sealedSubject },
            held.sorted { $0.sealedSubject < $1.sealedSubject }
        )
    }
}

/// The last event of everybody.
private struct LastEvents {
    struct Last {
        var kinds: Set<String> = []
        var time = Int64.min
    }

    private(set) var byToken: [Token: Last] = [:]

    private struct Named: Hashable {
        var name: UInt32
        var kind: String
    }

    mutating func read(_ view: borrowing LogView) throws {
        let types = view.types
        let void = types.id(of: TypeLayout.voidTypeName)
        var caseTimes = [Int64](repeating: .min, count: view.caseCount)
        var nameTimes: [Named: Int64] = [:]
        var customers: [UInt32: Set<UInt32>] = [:]
        let takenOut = Set(try view.voidedSequences())
        for segment in try view.segments() {
            // That something was taken back says nothing of when somebody was last there.
            for row in 0..<segment.count where segment.types[row] != void {
                let id = Int(segment.cases[row])
                caseTimes[id] = max(caseTimes[id], segment.times[row])
            }
            for (type, rows) in segment.typeRows {
                let schema = types.schemas[Int(type)]
                for (index, column) in schema.columns.enumerated() where column.personal == .name {
                    guard let names = segment.column(type: type, index: index)?.names else {
                        continue
                    }
                    let kind = schema.namedKind(of: column)
                    let acting = schema.customerActor(column.name)
                    let kinds = acting.flatMap {
                        segment.column(type: type, index: $0.column)?.codes
                    }
                    var row = 0
                    for ordinal in 0..<rows {
                        guard let next = segment.types.first(type, from: row) else { break }
                        row = next + 1
                        let id = names[ordinal]
                        guard id >= LogState.firstName else { continue }
                        let isCustomer = kinds.map { $0[ordinal] == acting?.code } ?? false
                        let named = Named(name: id, kind: isCustomer ? "customer" : kind)
                        nameTimes[named, default: .min] = max(
                            nameTimes[named] ?? .min, segment.times[next])
                        if column.name == "customer",
                            !takenOut.contains(segment.first + UInt32(next))
                        {
                            customers[id, default: []].insert(segment.cases[next])
                        }
                    }
                }
            }
        }
        for (named, time) in nameTimes {
            guard let token = try token(ofName: named.name, in: view) else { continue }
            let last = (customers[named.name] ?? []).map { caseTimes[Int($0)] }.max() ?? .min
            add(token, named.kind, max(time, named.kind == "customer" ? last : .min))
        }
        for id in 0..<caseTimes.count {
            let subject = try view.tables.cases.text(UInt32(id), in: view.transaction)
            guard let slash = subject.firstIndex(of: "/"),
                types.personalKinds.contains(String(subject[..<slash])),
                let token = Token(String(subject[subject.index(after: slash)...]).utf8Span.span)
            else { continue }
            add(token, String(subject[..<slash]), caseTimes[id])
        }
    }

    private mutating func add(_ token: Token, _ kind: String, _ time: Int64) {
        byToken[token, default: Last()].kinds.insert(kind)
        byToken[token, default: Last()].time = max(byToken[token]?.time ?? .min, time)
    }

    private func token(ofName id: UInt32, in view: borrowing LogView) throws -> Token? {
        let text = try view.tables.names.text(id, in: view.transaction)
        return Token(marked: text.utf8Span.span)
    }
}

extension EventSchema {
    /// What a field's name says of what it names: a kind of person, a team, or what it is called itself.
    func namedKind(of field: FieldSchema) -> String {
        let name = field.name
        guard field.personal == .name else {
            return ["from_team", "to_team"].contains(name) ? "team" : name
        }
        if name == "customer" { return "customer" }
        if name == "alias", let kind = subjectKinds.first { return kind }
        return "agent"
    }

    /// Where an event says of an `actor` whether it is a customer: the column, and the code that says
    /// so. Nil for other fields, and where it says nothing.
    func customerActor(_ field: String) -> (column: Int, code: UInt8)? {
        guard field == "actor", let column = columnIndex(of: "actor_kind"),
            case .enumeration(let kinds) = columns[column].kind,
            let place = kinds.firstIndex(of: "customer")
        else { return nil }
        return (column, UInt8(place + 1))
    }
}
