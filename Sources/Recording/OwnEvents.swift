public import EventLog
public import EventModel

extension LogStore {
    /// `definition.registered`: a definition's text under kind, name and version.
    ///
    /// - Parameter sequence: how many entries the log has, where it knows the version already:
    ///   other texts for people are recorded, or the version comes back after it was dropped; nil for
    ///   a new one.
    public func registration(
        kind: String, name: String, version: Int, body: String, again sequence: UInt32? = nil,
        reason: String? = nil, by person: String? = nil, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "definition/\(kind)/\(name)/\(version)" + (sequence.map { "/\($0)" } ?? ""),
            source: origin,
            type: "definition.registered", subject: "log/definitions", time: time,
            fields: [
                .init("kind", .text(kind)), .init("name", .text(name)),
                .init("version", .integer(Int64(version))), .init("body", .text(body)),
                .init("digest", .text(Digest.hex(ofText: body))),
                .init("meaning", .text(Digest.hex(ofMeaning: body))),
            ])
        if let reason { draft.set("reason", .text(reason)) }
        if let person { draft.set("by", .text(person)) }
        return draft
    }

    /// `definition.promoted`: the version that answers from entry `sequence` on.
    ///
    /// - Parameter undone: the entry of the promotion that it takes back; nil where it takes none.
    public func promotion(
        kind: String = "projection", of name: String, version: Int, after sequence: UInt32,
        reason: String, by person: String? = nil, undoing undone: UInt32? = nil, at time: Instant
    ) -> EventDraft {
        var draft = change(
            "promotion", "definition.promoted", kind, name, version, after: sequence, reason,
            person, time)
        if let undone { draft.set("undoes", .integer(Int64(undone))) }
        return draft
    }

    /// `definition.dropped`: the version is gone from entry `sequence` on, but for its text.
    public func dropping(
        kind: String = "projection", of name: String, version: Int, after sequence: UInt32,
        reason: String, by person: String? = nil, at time: Instant
    ) -> EventDraft {
        change(
            "dropping", "definition.dropped", kind, name, version, after: sequence, reason,
            person, time)
    }

    private func change(
        _ word: String, _ type: String, _ kind: String, _ name: String, _ version: Int,
        after sequence: UInt32, _ reason: String, _ person: String?, _ time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "\(word)/\(kind)/\(name)/\(version)/\(sequence)", source: origin, type: type,
            subject: "log/definitions", time: time,
            fields: [
                .init("kind", .text(kind)), .init("name", .text(name)),
                .init("version", .integer(Int64(version))), .init("reason", .text(reason)),
            ])
        if let person { draft.set("by", .text(person)) }
        return draft
    }
}
