internal import Crypto
package import EventModel
import LMDB
package import Vault

// What comes in: who is to be erased, and why. What goes out: entries of tokens, a vault without
// their rows, and a line in a file beside the store. It keeps law 11: a person can be erased, and
// every figure and proof stands.

/// Names and texts that were taken out of the vault for good, or are about to be.
package struct Erasure: Hashable, Sendable {
    /// Tokens of the names, ascending as they are written.
    package private(set) var names: [Token]
    /// By sequence of the entry, the tokens of the texts that it had. In another log an entry of this
    /// sequence is another one: there the tokens alone tell which texts are meant.
    package private(set) var texts: [UInt32: [Token]]
    /// Why.
    package var reason: String
    /// Who erased them.
    package var by: String?
    /// When.
    package var time: Instant

    /// An erasure from its parts, in any order.
    package init(
        names: some Sequence<Token>, texts: [UInt32: [Token]], reason: String, by: String?,
        time: Instant
    ) {
        self.names = Erasure.sorted(names)
        self.texts = texts.mapValues { Erasure.sorted($0) }
        self.reason = reason
        self.by = by
        self.time = time
    }

    private static func sorted(_ tokens: some Sequence<Token>) -> [Token] {
        Set(tokens).map { ($0, $0.array) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }

    /// Whether it erases nothing.
    package var isEmpty: Bool { names.isEmpty && texts.isEmpty }

    /// How many texts it takes out.
    package var textCount: Int { texts.values.reduce(0) { $0 + $1.count } }

    /// All its tokens: random, so that an equal one means the same name or text, in whatever log.
    package var tokens: Set<Token> {
        texts.values.reduce(into: Set(names)) { $0.formUnion($1) }
    }

    /// What tells it from others: the first 16 bytes of a SHA-256 over its tokens, in hexadecimal.
    package var id: String {
        var hasher = SHA256()
        for name in names { hasher.update(data: name.array) }
        for (sequence, tokens) in texts.sorted(by: { $0.key < $1.key }) {
            hasher.update(data: Array("\n\(sequence)\n".utf8))
            for token in tokens { hasher.update(data: token.array) }
        }
        return Hexadecimal.text(Array(hasher.finalize().prefix(16)))
    }

    // MARK: In the log

    /// The event type that says so.
    package static let type = "erasure.recorded"
    /// The case of such events, and of holds, retentions and published names.
    package static let subject = "log/persons"

    /// Bytes of names, and of texts, in one event: below what its schema and an entry hold.
    private static let longestList = 15_000

    /// The events that tell it: several where one does not hold it.
    package func drafts(origin: String) -> [EventDraft] {
        let names = Erasure.lists(names.map { String(decoding: $0.encoded, as: UTF8.self) }, " ")
        let texts = Erasure.lists(Erasure.ranges(texts.keys.sorted()), ",")
        let parts = max(1, names.count, texts.count)
        let id = id
        return (0..<parts).map { part in
            var draft = EventDraft(
                id: "erasure/\(id)/\(part + 1)", source: origin, type: Erasure.type,
                subject: Erasure.subject, time: time,
                fields: [
                    .init("part", .integer(Int64(part + 1))),
                    .init("parts", .integer(Int64(parts))), .init("reason", .text(reason)),
                ])
            if part < names.count { draft.set("names", .text(names[part])) }
            if part < texts.count { draft.set("texts", .text(texts[part])) }
            if let by { draft.set("by", .text(by)) }
            return draft
        }
    }

    private static func lists(_ words: [String], _ separator: String) -> [String] {
        var lists: [String] = []
        for word in words {
            if let last = lists.last, last.utf8.count + word.utf8.count < longestList {
                lists[lists.count - 1] += separator + word
            } else {
                lists.append(word)
            }
        }
        return lists
    }

    /// `12-14` and `2001`, of ascending sequences.
    package static func ranges(_ sequences: [UInt32]) -> [String] {
        var ranges: [ClosedRange<UInt32>] = []
        for sequence in sequences {
            if let last = ranges.last, last.upperBound + 1 == sequence {
                ranges[ranges.count - 1] = last.lowerBound...sequence
            } else {
                ranges.append(sequence...sequence)
            }
        }
        return ranges.map { range in
            range.count == 1
                ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }
    }

    /// The sequences of `12-14,2001`; nil for another text, or one past `end`.
    package static func sequences(_ text: String, below end: UInt32) -> [ClosedRange<UInt32>]? {
        var ranges: [ClosedRange<UInt32>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { UInt32($0) }
            guard (1...2).contains(ends.count), let first = ends[0],
                let last = ends[ends.count - 1], first <= last, last < end
            else { return nil }
            ranges.append(first...last)
        }
        return ranges
    }

    // MARK: Outside the log

    /// As JSON, without the name of anybody.
    package var json: JSONValue {
        func list(_ tokens: [Token]) -> JSONValue {
            .array(tokens.map { .string(String(decoding: $0.encoded, as: UTF8.self)) })
        }
        var members = [
            JSONMember(key: "names", value: list(names)),
            JSONMember(key: "reason", value: .string(reason)),
            JSONMember(
                key: "texts",
                value: .object(
                    texts.sorted { $0.key < $1.key }.map {
                        JSONMember(key: String($0.key), value: list($0.value))
                    })),
            JSONMember(key: "time", value: .string(time.rfc3339)),
        ]
        if let by { members.append(JSONMember(key: "by", value: .string(by))) }
        return .object(members)
    }

    /// Reads what `json` gives; nil for anything else.
    package init?(_ json: JSONValue) {
        func tokens(_ value: JSONValue?) -> [Token]? {
            guard case .array(let items)? = value else { return nil }
            var tokens: [Token] = []
            for item in items {
                guard case .string(let text) = item, let token = Token(text.utf8Span.span) else {
                    return nil
                }
                tokens.append(token)
            }
            return tokens
        }
        guard let names = tokens(json["names"]), case .string(let reason)? = json["reason"],
            case .string(let text)? = json["time"], let time = try? Instant(rfc3339: text),
            case .object(let members)? = json["texts"]
        else { return nil }
        var texts: [UInt32: [Token]] = [:]
        for member in members {
            guard let sequence = UInt32(member.key), let found = tokens(member.value) else {
                return nil
            }
            texts[sequence] = found
        }
        var by: String?
        if case .string(let name)? = json["by"] { by = name }
        self.init(names: names, texts: texts, reason: reason, by: by, time: time)
    }
}
