import EventModel
import Vault

/// Takes entries apart, keeping its memory.
final class Revealing {
    var validator: EventValidator
    var batch = EventBatch()

    init(types: EventTypes) { validator = EventValidator(types) }
}

/// An entry with the texts that its tokens stand for, as far as the vault still explains them.
struct RevealedEntry {
    /// The event's canonical JSON, the log's attributes included; tokens stand where nothing explains
    /// them.
    private(set) var bytes: [UInt8] = []
    /// The fields whose tokens nothing explains: `data.agent`, `subject`, `traceparent`.
    private(set) var erased: Set<String> = []

    /// Reveals an entry.
    ///
    /// - Throws: what the vault has to say; a `Rejection` where the entry holds no event.
    init(
        _ entry: Span<UInt8>, _ sequence: UInt32, _ vault: VaultReader?,
        _ revealing: Revealing
    ) throws {
        revealing.batch.removeAll()
        let marks = try revealing.validator.admit(entry: entry, into: &revealing.batch)
        let row = revealing.batch.rows[0]
        var plain: [UInt8] = []
        revealing.batch.appendEntry(row, marks, to: &plain)
        // Places in the entry: what the log added lies before all that follows `logAt`.
        let added = plain.count - Int(row.canonical.length)
        var from = 0
        var numbers = TextNumbers()
        for place in row.personal {
            let personal = revealing.batch.personal[place]
            let number = personal.kind == .text ? numbers.next(personal) : 0
            let at = Int(personal.at) + (personal.at >= row.logAt ? added : 0)
            let token = plain.span.extracting(at..<at + Int(personal.length))
            let text = try RevealedEntry.text(
                behind: token, personal, sequence: sequence, number: number, vault)
            bytes += plain[from..<at]
            from = at
            guard let text else {
                let key = revealing.batch.text(personal.key)
                erased.insert(
                    personal.kind == .subject
                        ? "subject" : personal.isAttribute ? key : "data." + key)
                continue
            }
            var writer = ByteWriter(capacity: 64)
            let span = text.utf8Span.span
            writer.reserve(6 * span.count)
            _ = writer.putEscaped(span)
            writer.flush(to: &bytes)
            from = at + Int(personal.length)
        }
        bytes += plain[from...]
    }

    /// The text behind a token of an entry; nil where nothing explains it.
    static func text(
        behind token: Span<UInt8>, _ personal: PersonalText, sequence: UInt32, number: Int,
        _ vault: VaultReader?
    ) throws -> String? {
        guard let vault, let token = Token(token) else { return nil }
        let found =
            personal.kind == .text && personal.pair == PersonalText.noPair
            ? try vault.disclosure(sequence: sequence, place: number)
            : try vault.disclosure(of: token)
        guard let found, Token(of: found) == token else { return nil }
        return found.text
    }

    /// What makes it the same event.
    var content: EventContent {
        get throws { try EventContent(json: bytes, erased: erased) }
    }
}

/// What makes an event the same: `type`, `subject`, `time`, the source's order and the fields of
/// `data`, by name.
package struct EventContent {
    package private(set) var source = ""
    package private(set) var id = ""
    private var values: [String: String] = [:]
    private var erased: Set<String> = []

    init(json bytes: some Sequence<UInt8>, erased: Set<String> = []) throws {
        self.erased = erased
        let json = try JSONValue(parsing: String(decoding: Array(bytes), as: UTF8.self))
        guard case .object(let members) = json else { return }
        for member in members {
            switch (member.key, member.value) {
            case ("source", .string(let text)): source = text
            case ("id", .string(let text)): id = text
            case ("data", .object(let fields)):
                for field in fields { values["data." + field.key] = EventContent.text(field.value) }
            case ("sequence", _):
                values[member.key] = String(decoding: member.value.canonical ?? [], as: UTF8.self)
            case ("type", _), ("subject", _), ("time", _), ("sequencetype", _):
                values[member.key] = EventContent.text(member.value)
            default: break
            }
        }
        // A number is one order, whether it is sent as one or `sequencetype` says so; the text of its
        // digits is another.
        if let sequence = json["sequence"],
            let number = Self.number(sequence, values["sequencetype"])
        {
            values["sequence"] = String(number)
            values["sequencetype"] = nil
        }
    }

    /// The number that a `sequence` is; nil where it counts as a text.
    private static func number(_ sequence: JSONValue, _ type: String?) -> Int64? {
        guard case .string(let text) = sequence else {
            return Int64(String(decoding: sequence.canonical ?? [], as: UTF8.self))
        }
        return type == "Integer" ? Int64(text) : nil
    }

    /// The content of a row that is about to be recorded.
    init(_ row: EventRow, of batch: EventBatch) {
        let bytes = Array(batch.bytes[row.canonical.indices])
        guard let content = try? EventContent(json: bytes) else {
            preconditionFailure("a row's canonical JSON is JSON")
        }
        self = content
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return String(decoding: value.canonical ?? [], as: UTF8.self)
    }

    /// An attribute, or a field as `data.agent`; nil where it has none.
    package subscript(name: String) -> String? { values[name] }

    /// The first field in which another content differs; nil where they are the same.
    func difference(to other: EventContent) -> ContentDifference? { differences(to: other).first }

    /// The fields in which another content differs, the event's own attributes first. What was erased here
    /// is equal to anything.
    package func differences(to other: EventContent) -> [ContentDifference] {
        let own = ["type", "subject", "time", "sequence", "sequencetype"]
        let fields = Set(values.keys).union(other.values.keys).subtracting(own).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        var found: [ContentDifference] = []
        for name in own + fields where !erased.contains(name) {
            let (old, new) = (values[name], other.values[name])
            let isSame =
                switch (old, new) {
                case (nil, nil): true
                case (let old?, let new?): old.utf8.elementsEqual(new.utf8)
                default: false
                }
            if !isSame {
                found.append(
                    ContentDifference(
                        field: name, old: Self.shown(old), new: Self.shown(new), sequence: 0))
            }
        }
        return found
    }
}

extension EventContent {
    private static func shown(_ value: String?) -> String {
        guard let value else { return "" }
        return value.isEmpty ? Rejection.emptyText : value
    }
}

/// Where an event differs from a recorded one of the same source and id.
package struct ContentDifference {
    package var field: String
    package var old: String
    package var new: String
    /// The recorded one's sequence.
    package var sequence: UInt32

    /// The same difference, of an entry.
    func at(_ sequence: UInt32) -> ContentDifference {
        var difference = self
        difference.sequence = sequence
        return difference
    }
}
