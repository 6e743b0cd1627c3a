package import EventModel
import Vault

/// The holds of a store, kept outside it. A hold keeps from what nothing undoes; so one that was added
/// after a backup was made is in force when the backup comes back, though its log knows nothing of it.
///
/// A release that the log lost leaves the hold in force there: it is released once more.
package typealias KeptHolds = KeptList<KeptHold>

/// That a hold began, or ended.
package struct KeptHold: KeptLine {
    package var hold: PersonActs.Hold
    package var isReleased: Bool

    package init(_ hold: PersonActs.Hold, isReleased: Bool = false) {
        self.hold = hold
        self.isReleased = isReleased
    }

    package static var listName: String { "holds" }

    package init?(_ json: JSONValue) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = json[name] { text } else { nil }
        }
        guard let kind = text("kind"), let reason = text("reason"),
            let token = text("token").flatMap({ Token($0.utf8Span.span) }),
            let time = text("time").flatMap({ try? Instant(rfc3339: $0) })
        else { return nil }
        hold = PersonActs.Hold(
            person: Person(kind: kind, token: token), reason: reason, by: text("by"), time: time)
        isReleased = json["released"] == .boolean(true)
    }

    package var json: JSONValue {
        var members = [
            JSONMember(key: "kind", value: .string(hold.person.kind)),
            JSONMember(key: "reason", value: .string(hold.reason)),
            JSONMember(key: "released", value: .boolean(isReleased)),
            JSONMember(key: "time", value: .string(hold.time.rfc3339)),
            JSONMember(
                key: "token",
                value: .string(String(decoding: hold.person.token.encoded, as: UTF8.self))),
        ]
        if let by = hold.by { members.append(JSONMember(key: "by", value: .string(by))) }
        return .object(members)
    }
}

extension KeptHolds.Lines {
    /// The holds that no line tells released.
    package var holds: [PersonActs.Hold] {
        var holds: [PersonActs.Hold] = []
        for line in own {
            holds.removeAll {
                $0.person.token == line.hold.person.token && $0.reason == line.hold.reason
            }
            if !line.isReleased { holds.append(line.hold) }
        }
        return holds
    }
}
