import EventLog
import EventModel
import Rendering

/// What there is to measure: event types, their fields, how often they are there.
struct FieldList {
    private let log: LogStore
    private let types: [TypeStatistics]
    private let isJSON: Bool
    private let words: LogWords

    init(_ log: LogStore, type: String?, isJSON: Bool, _ language: Language) throws {
        if let type, log.types.id(of: type) == nil {
            let near = nearest(to: type, among: log.types.schemas.map(\.type))
            throw Failure(
                .usage,
                "no event type is called \"\(type.printable)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""))
        }
        self.log = log
        self.isJSON = isJSON
        words = LogWords(language)
        types = try log.fieldStatistics(of: type, values: 4).filter {
            type != nil || !$0.schema.isLogsOwn
        }
    }

    func print() {
        if isJSON {
            Output.write(JSONValue.array(types.map(json)).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        for (place, type) in types.enumerated() {
            if place > 0 { Output.line() }
            Output.line(words.type(type.schema.type, events: type.count))
            if type.isWithheld {
                Output.line("  " + words.fieldsWithheld)
                continue
            }
            var columns = [
                TableText.Column(""), TableText.Column("", isNumber: true), TableText.Column(""),
            ]
            for field in type.fields {
                columns[0].add(field.field.name)
                columns[1].add(share(field, of: type.count))
                columns[2].add(values(field))
            }
            for line in TableText.lines(columns) { Output.line("  " + line) }
        }
        if types.isEmpty { Output.line(words.noSuchEvents) }
        Output.flush()
    }

    private func share(_ field: FieldStatistics, of count: Int) -> String {
        field.present.map { words.share($0, of: count) } ?? "–"
    }

    private func values(_ field: FieldStatistics) -> String {
        guard field.present != nil else { return words.entryOnly }
        if let (least, greatest) = field.bounds {
            return words.range(text(least, field), text(greatest, field))
        }
        let shown = field.common.map {
            "\(valueText($0.value)) \(words.number($0.count))"
        }
        let rest = field.different - field.common.count
        return shown.joined(separator: ", ")
            + (rest > 0 ? words.more(rest) : "")
    }

    /// A value, so that nobody and who is called so are told apart.
    private func valueText(_ value: String) -> String {
        if value.isEmpty { return words.nobody }
        return value == words.nobody ? "\"\(value)\"" : value
    }

    private func text(_ value: Int64, _ field: FieldStatistics) -> String {
        field.field.column == .day
            ? Day(number: Int32(truncatingIfNeeded: value)).description
            : words.number(value)
    }

    private func json(_ type: TypeStatistics) -> JSONValue {
        func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
        let fields = type.fields.map { field in
            var members = [
                JSONMember(key: "name", value: .string(field.field.name)),
                JSONMember(key: "present", value: field.present.map { number($0) } ?? .null),
            ]
            if let (least, greatest) = field.bounds {
                members.append(JSONMember(key: "least", value: number(least)))
                members.append(JSONMember(key: "greatest", value: number(greatest)))
            } else if field.present != nil {
                members.append(JSONMember(key: "different", value: number(field.different)))
                members.append(
                    JSONMember(
                        key: "common",
                        value: .array(
                            field.common.map {
                                .object([
                                    JSONMember(key: "value", value: .string($0.value)),
                                    JSONMember(key: "count", value: number($0.count)),
                                ])
                            })))
            }
            return JSONValue.object(members)
        }
        return .object(
            [
                JSONMember(key: "type", value: .string(type.schema.type)),
                JSONMember(key: "version", value: number(type.schema.version)),
                JSONMember(key: "count", value: number(type.count)),
                JSONMember(key: "fields", value: .array(fields)),
            ]
                + (type.isWithheld
                    ? [JSONMember(key: "withheld", value: .string("anonymous"))] : []))
    }
}
