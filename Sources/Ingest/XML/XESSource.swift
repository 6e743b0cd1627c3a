internal import EventModel

/// A process log (XES, IEEE 1849) as the JSON documents that a mapping reads: each trace is an object of its
/// attributes, with a list `events` of objects of theirs.
///
///     rows: {trace: "$", event: "@.events[*]"}        # {event['time:timestamp']}
///
/// An event stands in the line that it has in the file. Attributes are texts, whole numbers and others
/// numbers; a list is the list of its values; attributes of attributes, of the log, its globals and
/// classifiers are passed over.
final class XESSource: ByteSource, XMLHandler {
    private let source: any ByteSource
    private let name: String
    private lazy var xml = XMLText(source, self) { [name] in
        InputFault(name: name, cause: .other("\($0.problem), in line \($0.line)."))
    }
    /// JSON that is not handed out yet.
    private var ready: [UInt8] = []
    private var handedOut = 0
    /// Lines that `ready` and what was handed out have.
    private var line = 1

    /// Names of the elements that are open.
    private var open: [String] = []
    private var hasMember = false
    private var hasEvent = false
    /// How deep within attributes reading is, the outermost counted.
    private var depth = 0
    /// The values of a list attribute, while it is read.
    private var list: [String]?
    /// The attribute that is read: its name and a colon.
    private var member = ""
    /// Attributes of a trace that stand behind its events.
    private var behindEvents = ""

    private static let attributes: Set<String> = [
        "string", "date", "int", "float", "boolean", "id", "list", "container", "values",
    ]

    init(_ source: any ByteSource, name: String) {
        self.source = source
        self.name = name
    }

    /// Whether a text begins as a process log does.
    static func isXES(_ text: String) -> Bool {
        guard let log = text.firstRange(of: "<log") else { return false }
        return text[log.lowerBound...].prefix(1000).contains("xes")
    }

    var storedBytes: Int { source.storedBytes }

    func read(into buffer: inout MutableSpan<UInt8>) throws -> Int {
        while handedOut == ready.count, !xml.isAtEnd {
            ready.removeAll(keepingCapacity: true)
            handedOut = 0
            try xml.readOn()
        }
        let count = min(ready.count - handedOut, buffer.count)
        for index in 0..<count { buffer[index] = ready[handedOut + index] }
        handedOut += count
        return count
    }

    // MARK: XMLHandler

    func begin(_ name: String, _ attributes: [String: String], line: Int) {
        open.append(name)
        if XESSource.attributes.contains(name) {
            depth += 1
            if isKept { attribute(name, attributes) }
            return
        }
        switch name {
        case "trace" where open == ["log", "trace"]:
            beginObject(in: line)
            hasEvent = false
        case "event" where open == ["log", "trace", "event"]:
            put(hasEvent ? "," : (hasMember ? "," : "") + "\"events\":[")
            hasEvent = true
            beginObject(in: line)
        case "event" where open == ["log", "event"]:
            put("{\"events\":[")
            beginObject(in: line)
        default: break
        }
    }

    func end(_ name: String) {
        defer { open.removeLast() }
        if XESSource.attributes.contains(name) {
            if depth == 1, let values = list {
                addMember("[" + values.joined(separator: ",") + "]")
                list = nil
            }
            depth -= 1
            return
        }
        switch name {
        case "trace" where open == ["log", "trace"]:
            put((hasEvent ? "]" : "") + behindEvents + "}")
            hasEvent = false
            behindEvents = ""
        case "event" where open == ["log", "trace", "event"]:
            put("}")
            hasMember = true
        case "event" where open == ["log", "event"]: put("}]}")
        default: break
        }
    }

    func text(_: Span<UInt8>) {}

    /// Whether attributes here belong to a trace or an event.
    private var isKept: Bool {
        let owner = open.dropLast(depth)
        return owner == ["log", "trace"] || owner == ["log", "trace", "event"]
            || owner == ["log", "event"]
    }

    private func attribute(_ kind: String, _ attributes: [String: String]) {
        guard depth == 1 else {
            if list != nil, let value = attributes["value"] { list?.append(json(kind, value)) }
            return
        }
        guard let key = attributes["key"] else { return }
        member = quoted(key) + ":"
        if kind == "list" || kind == "container" {
            list = []
        } else {
            addMember(json(kind, attributes["value"] ?? ""))
        }
    }

    /// Adds the attribute that was begun to its trace or event; to a trace that has events already, behind
    /// them.
    private func addMember(_ value: String) {
        if hasEvent, open.count - depth == 2 {
            behindEvents += "," + member + value
        } else {
            put((hasMember ? "," : "") + member + value)
            hasMember = true
        }
    }

    private func json(_ kind: String, _ value: String) -> String {
        guard kind == "int" || kind == "float" else { return quoted(value) }
        var scanner = JSONScanner()
        let bytes = Array(value.utf8)
        let range = try? scanner.number(bytes.span)
        return range?.count == bytes.count ? value : quoted(value)
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical ?? [], as: UTF8.self)
    }

    // MARK: Writing

    private func beginObject(in line: Int) {
        if line > self.line {
            ready += Array(repeating: 10, count: line - self.line)
            self.line = line
        }
        put("{")
        hasMember = false
    }

    private func put(_ text: String) { ready += Array(text.utf8) }
}
