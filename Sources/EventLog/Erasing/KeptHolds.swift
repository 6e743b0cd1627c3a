import EventModel
import Vault

/// The holds of a store, kept in a file outside it: `STORE.holds`, one JSON object a line, of tokens
/// alone, each with the identity of its log. A hold keeps from what nothing undoes; so one that was added
/// after a backup was made is in force when the backup comes back, though its log knows nothing of it.
///
/// A release that the log lost leaves the hold in force there: it is released once more.
package struct KeptHolds: Sendable {
    /// The file.
    package let path: String

    /// A file, there or not.
    package init(path: String) { self.path = path }

    /// The file of a store: beside its folder, `NAME.holds`.
    package init(ofStore folder: String) { path = StoreFiles.named(folder) + ".holds" }

    /// The lines of the file.
    package struct Lines: Sendable {
        /// The holds of the log asked for that no line tells released.
        package var holds: [PersonActs.Hold] = []
        /// The numbers, from 1, of lines of other logs.
        package var ofOthers: [Int] = []

        package init() {}
    }

    /// What is kept of a log.
    ///
    /// - Throws: `StoreFault.foreignLine` where a line is none of ours.
    package func read(identity: String) throws -> Lines {
        guard let size = StoreFiles.status(path)?.size else { return Lines() }
        let bytes = try StoreFiles.read(path, limitBytes: size, following: false).bytes
        var lines = Lines()
        for (number, line) in StoreFiles.lines(of: bytes) {
            let json = try? JSONValue(parsing: line)
            func text(_ name: String) -> String? {
                if case .string(let text)? = json?[name] { text } else { nil }
            }
            guard let log = text("log"), let kind = text("kind"), let reason = text("reason"),
                let token = text("token").flatMap({ Token($0.utf8Span.span) }),
                let time = text("time").flatMap({ try? Instant(rfc3339: $0) })
            else { throw StoreFault.foreignLine(path: path, line: number) }
            guard log == identity else {
                lines.ofOthers.append(number)
                continue
            }
            lines.holds.removeAll { $0.person.token == token && $0.reason == reason }
            if case .boolean(true)? = json?["released"] { continue }
            lines.holds.append(
                PersonActs.Hold(
                    person: Person(kind: kind, token: token), reason: reason, by: text("by"),
                    time: time))
        }
        return lines
    }

    /// Adds that a hold began, or ended, durably.
    package func add(_ hold: PersonActs.Hold, isReleased: Bool, identity: String) throws {
        var members = [
            JSONMember(key: "kind", value: .string(hold.person.kind)),
            JSONMember(key: "log", value: .string(identity)),
            JSONMember(key: "reason", value: .string(hold.reason)),
            JSONMember(key: "released", value: .boolean(isReleased)),
            JSONMember(key: "time", value: .string(hold.time.rfc3339)),
            JSONMember(
                key: "token",
                value: .string(String(decoding: hold.person.token.encoded, as: UTF8.self))),
        ]
        if let by = hold.by { members.append(JSONMember(key: "by", value: .string(by))) }
        try StoreFiles.append((JSONValue.object(members).canonical ?? []) + [0x0A], to: path)
    }
}
