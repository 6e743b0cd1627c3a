package import EventLog
package import EventModel
internal import Vault

/// What the log is told of how persons are kept: holds, retentions, published names.
package struct PersonRecording {
    private let store: LogStore
    private let reason: String
    private let by: String?
    private let now: Instant

    /// Records in a store, with the reason and who says so.
    package init(in store: LogStore, reason: String, by: String?, at now: Instant) {
        self.store = store
        self.reason = reason
        self.by = by
        self.now = now
    }

    /// Keeps a person from being erased until the hold is released.
    package func hold(_ person: Person) throws {
        try record("hold.added", of: person)
        let hold = PersonActs.Hold(person: person, reason: reason, by: by, time: now)
        try store.keptHolds.append([KeptHold(hold)], identity: store.identity)
    }

    /// Ends one hold of a person, known by its reason; others go on.
    package func release(_ hold: PersonActs.Hold) throws {
        try record(
            "hold.released",
            [
                .init("token", .text(Self.text(hold.person))),
                .init("kind", .text(hold.person.kind)), .init("hold", .text(hold.reason)),
            ])
        try store.keptHolds.append(
            [KeptHold(hold, isReleased: true)], identity: store.identity)
    }

    /// Says after how many days persons of a kind are due to be erased; nil: never.
    package func retain(kind: String, days: Int?) throws {
        var fields: [EventDraft.Field] = [.init("kind", .text(kind))]
        if let days { fields.append(.init("days", .integer(Int64(days)))) }
        try record("retention.set", fields)
    }

    /// Tells a name in clear for ever, so that definitions may name it.
    ///
    /// - Throws: `VaultFault.missing` where nothing explains the name's token.
    package func publish(_ person: Person) throws {
        guard let disclosure = try store.read({ try $0.disclosure(of: person.token) }) else {
            throw VaultFault.missing(path: store.path)
        }
        try record(
            "name.published",
            [
                .init("token", .text(Self.text(person))),
                .init("disclosure", .text(String(decoding: disclosure.encoded, as: UTF8.self))),
            ])
    }

    private static func text(_ person: Person) -> String {
        String(decoding: person.token.encoded, as: UTF8.self)
    }

    private func record(_ type: String, of person: Person) throws {
        try record(
            type,
            [
                .init("token", .text(Self.text(person))), .init("kind", .text(person.kind)),
            ])
    }

    private func record(_ type: String, _ fields: [EventDraft.Field]) throws {
        try store.keepingOthersOut {
            let place = try store.read { $0.entryCount }
            var draft = EventDraft(
                id: "\(type)/\(place)", source: store.origin, type: type,
                subject: Erasure.subject, time: now,
                fields: fields + [.init("reason", .text(reason))])
            if let by { draft.set("by", .text(by)) }
            try store.appendOwn([draft], recorded: now)
        }
    }
}

/// Why a correction cannot be recorded.
package enum CorrectionFault: Error, Hashable, Sendable {
    /// No event describes cases of this kind.
    case noProfile(kind: String)
    /// The type of event has no such field.
    case noField(String, of: [String])
    /// A value is none that the field may hold.
    case notAValue(String, field: String)
    /// The entry is none that can be corrected: voided, a void, or the log's own.
    case notCorrectable(UInt32)
}

extension PersonRecording {
    /// Sets fields of a person's profile: an event of today, that says who corrected what.
    ///
    /// - Returns: the entry.
    package func correctProfile(
        of person: Person, _ changes: [(field: String, value: String)]
    ) throws -> UInt32 {
        let types = store.types
        guard let schema = types.profileTypes(of: person.kind).first else {
            throw CorrectionFault.noProfile(kind: person.kind)
        }
        let fields = try changes.map { try Self.field($0.field, $0.value, of: schema) }
        return try store.keepingOthersOut {
            let place = try store.read { $0.entryCount }
            let draft = EventDraft(
                id: "corrected/\(place)", source: store.origin, type: schema.type,
                subject: person.kind + "/" + person.token.marked, time: now, fields: fields,
                attributes: attributes)
            try store.appendOwn([draft], recorded: now)
            return place
        }
    }

    /// Takes an event back and records it anew with some fields changed, under its own source and id.
    ///
    /// - Returns: the entry that counts from now on.
    package func correct(
        entry sequence: UInt32, _ changes: [(field: String, value: String)]
    ) throws -> UInt32 {
        try store.keepingOthersOut {
            let (event, schema) = try store.read { view in
                let json = try JSONValue(
                    parsing: String(decoding: try view.revealedEntry(sequence), as: UTF8.self))
                return (json, try view.schema(ofEntry: sequence))
            }
            guard var draft = Self.draft(event, schema) else {
                throw CorrectionFault.notCorrectable(sequence)
            }
            for (field, value) in changes {
                let changed = try Self.field(field, value, of: schema)
                draft.set(changed.name, changed.value)
            }
            draft.attributes += attributes
            let void = Withdrawal(reason: reason, person: by)
            let outcome = try void.takeBack([sequence..<sequence + 1], in: store, clock: { now })
            guard outcome.voided == 1 else { throw CorrectionFault.notCorrectable(sequence) }
            let place = try store.read { $0.entryCount }
            try store.appendOwn([draft], recorded: now)
            return place
        }
    }

    /// Why, and by whom, beside an event that is corrected.
    private var attributes: [EventDraft.Field] {
        [.init("correctionreason", .text(reason))]
            + (by.map { [EventDraft.Field("correctedby", .text($0))] } ?? [])
    }

    /// A recorded event as a draft; nil for one of the log's own.
    private static func draft(_ event: JSONValue, _ schema: EventSchema) -> EventDraft? {
        guard !schema.isLogsOwn, schema.type != "event.voided",
            case .object(let members) = event,
            case .string(let id)? = event["id"], case .string(let source)? = event["source"],
            case .string(let text)? = event["time"],
            let time = try? SentTime(rfc3339: text.utf8Span.span)
        else { return nil }
        var subject = ""
        if case .string(let text)? = event["subject"] { subject = text }
        var draft = EventDraft(
            id: id, source: source, type: schema.type, subject: subject, time: time.instant)
        draft.nanoseconds = time.nanoseconds
        let own: Set = [
            "specversion", "id", "source", "type", "subject", "time", "data", "correctionreason",
            "correctedby",
        ]
        for member in members where !own.contains(member.key) && !member.key.hasPrefix("rekam") {
            if let value = value(member.value) {
                draft.attributes.append(.init(member.key, value))
            }
        }
        if case .object(let fields)? = event["data"] {
            for field in fields {
                if let value = value(field.value) {
                    draft.fields.append(EventDraft.Field(field.key, value))
                }
            }
        }
        return draft
    }

    private static func value(_ json: JSONValue) -> FieldValue? {
        switch json {
        case .string(let text): .text(text)
        case .number(let digits): Int64(digits).map { .integer($0) } ?? .text(digits)
        case .boolean(let value): .boolean(value)
        default: nil
        }
    }

    private static func field(
        _ name: String, _ text: String, of schema: EventSchema
    ) throws -> EventDraft.Field {
        guard let field = schema.fields.first(where: { $0.name == name }) else {
            throw CorrectionFault.noField(name, of: schema.fields.map(\.name))
        }
        switch field.kind {
        case .integer:
            guard let number = Int64(text) else {
                throw CorrectionFault.notAValue(text, field: name)
            }
            return .init(name, .integer(number))
        case .boolean:
            guard ["true", "false"].contains(text) else {
                throw CorrectionFault.notAValue(text, field: name)
            }
            return .init(name, .boolean(text == "true"))
        default: return .init(name, .text(text))
        }
    }
}
