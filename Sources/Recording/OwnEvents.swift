public import EventLog
public import EventModel

extension LogStore {
    /// `definition.registered`: a definition's text under kind, name and version.
    public func registration(
        kind: String, name: String, version: Int, body: String, at time: Instant
    ) -> EventDraft {
        EventDraft(
            id: "definition/\(kind)/\(name)/\(version)", source: origin,
            type: "definition.registered", subject: "log/definitions", time: time,
            fields: [
                .init("kind", .text(kind)), .init("name", .text(name)),
                .init("version", .integer(Int64(version))), .init("body", .text(body)),
                .init("digest", .text(Digest.hex(of: Array(body.utf8)))),
            ])
    }

    /// `definition.promoted`: the version of a projection that answers from entry `sequence` on.
    public func promotion(
        of name: String, version: Int, after sequence: UInt32, reason: String,
        by person: String? = nil, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "promotion/projection/\(name)/\(version)/\(sequence)", source: origin,
            type: "definition.promoted", subject: "log/definitions", time: time,
            fields: [
                .init("kind", .text("projection")), .init("name", .text(name)),
                .init("version", .integer(Int64(version))), .init("reason", .text(reason)),
            ])
        if let person { draft.set("by", .text(person)) }
        return draft
    }
}
