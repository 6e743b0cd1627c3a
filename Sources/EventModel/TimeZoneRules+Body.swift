extension TimeZoneRules {
    /// The canonical JSON that a log records for a zone:
    /// `{"name":"Asia/Jakarta","offsets":[…],"release":"2025b","transitions":[…]}`, offsets in
    /// seconds, transitions in milliseconds since 1970, up to the end of 2100. Where clocks change in
    /// every year after it, too, `"rule":"CET-1CEST,M3.5.0,M10.5.0/3"` says how.
    public var body: String {
        func list(_ numbers: some Sequence<Int64>) -> JSONValue {
            .array(numbers.map { .number(String($0)) })
        }
        let count = rule == nil ? transitions.count : regime(at: Self.writtenUntil)
        var members = [
            JSONMember(key: "name", value: .string(name)),
            JSONMember(
                key: "offsets", value: list(offsetsSeconds.prefix(count + 1).lazy.map { Int64($0) })
            ),
            JSONMember(key: "release", value: .string(release)),
            JSONMember(
                key: "transitions",
                value: list(transitions.prefix(count).lazy.map(\.milliseconds))),
        ]
        if let rule { members.append(JSONMember(key: "rule", value: .string(rule))) }
        let value = JSONValue.object(members)
        return String(decoding: value.canonical ?? [], as: UTF8.self)
    }

    /// A zone from what a log recorded; nil where the text is no such JSON.
    public init?(body: String) {
        guard let value = try? JSONValue(parsing: body), case .string(let name)? = value["name"],
            case .string(let release)? = value["release"],
            let offsets = TimeZoneRules.numbers(value["offsets"]),
            let transitions = TimeZoneRules.numbers(value["transitions"]),
            offsets.count == transitions.count + 1,
            zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }),
            offsets.allSatisfy({ (-172_800...172_800).contains($0) })
        else { return nil }
        self.init(
            name: name, release: release,
            transitions: transitions.map { Instant(milliseconds: $0) },
            offsetsSeconds: offsets.map { Int32($0) })
        switch value["rule"] {
        case nil: break
        case .string(let text)?:
            guard let rule = try? PosixRule(text) else { return nil }
            if let last = self.transitions.last, last > Self.writtenUntil { return nil }
            self.rule = text
            follow(rule)
        default: return nil
        }
    }

    private static func numbers(_ value: JSONValue?) -> [Int64]? {
        guard case .array(let elements)? = value else { return nil }
        var numbers: [Int64] = []
        for element in elements {
            guard case .number(let text) = element, let number = Int64(text) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
