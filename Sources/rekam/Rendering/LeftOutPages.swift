import Definitions
package import EventModel
package import Querying

/// What a KPI left out, as people and programs read it.
package struct LeftOutView {
    private let leftOut: LeftOut
    private let words: LeftOutWords

    package init(_ leftOut: LeftOut, language: Language) {
        self.leftOut = leftOut
        words = LeftOutWords(language)
    }

    /// A line for each reason, beneath what it is about.
    package func text() -> String {
        var lines: [String] = []
        for part in leftOut.parts {
            let name = "\(part.definition.name)@\(part.definition.version)"
            lines.append(
                words.head(
                    leftOut.kpi, leftOut.period, name, cases: part.cases, counted: part.counted))
            let width = part.groups.map { words.number($0.count).count }.max() ?? 0
            for group in part.groups {
                let more = group.count > group.cases.count ? ", …" : ""
                lines.append(
                    "  " + TextWidth.rightAligned(words.number(group.count), to: width) + "  "
                        + words.reason(group.reason, part.definition)
                        + ": " + group.cases.map(\.printable).joined(separator: ", ") + more)
            }
        }
        if let note = words.note(on: leftOut.parts.lazy.flatMap(\.groups).map(\.reason)) {
            lines.append(note)
        }
        return lines.map { $0.printable + "\n" }.joined()
    }

    /// The same for programs: reasons by a word each, and in words of English.
    package func json() -> JSONValue {
        let english = LeftOutWords(.english)
        func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
        return .object([
            JSONMember(key: "kpi", value: .string(leftOut.kpi)),
            JSONMember(key: "period", value: .string("\(leftOut.period)")),
            JSONMember(key: "entries", value: number(leftOut.entries)),
            JSONMember(
                key: "projections",
                value: .array(
                    leftOut.parts.map { part in
                        .object([
                            JSONMember(key: "projection", value: .string(part.definition.name)),
                            JSONMember(key: "version", value: number(part.definition.version)),
                            JSONMember(key: "cases", value: number(part.cases)),
                            JSONMember(key: "counted", value: number(part.counted)),
                            JSONMember(
                                key: "left_out",
                                value: .array(
                                    part.groups.map { self.json($0, part.definition, english) })),
                        ])
                    })),
        ])
    }

    private func json(
        _ group: LeftOut.Group, _ definition: ProjectionDefinition, _ english: LeftOutWords
    ) -> JSONValue {
        var members = [
            JSONMember(key: "reason", value: .string(group.reason.word)),
            JSONMember(key: "text", value: .string(english.reason(group.reason, definition))),
            JSONMember(key: "count", value: .number(String(group.count))),
            JSONMember(key: "cases", value: .array(group.cases.map { .string($0) })),
        ]
        switch group.reason {
        case .binding(let name):
            members.append(JSONMember(key: "binding", value: .string(name)))
        case .condition(let index):
            members.append(JSONMember(key: "condition", value: .number(String(index + 1))))
        default: break
        }
        return .object(members)
    }
}

extension LeftOut.Reason {
    /// What programs know it by.
    fileprivate var word: String {
        switch self {
        case .binding, .event: "no_event"
        case .condition: "condition"
        case .otherPeriod: "other_period"
        case .noValue: "no_value"
        }
    }
}

/// The words of what a KPI left out.
package struct LeftOutWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    func head(
        _ kpi: String, _ period: Period, _ projection: String, cases: Int, counted: Int
    ) -> String {
        let left = cases - counted
        return pick(
            "\(kpi), \(period), \(projection): something happened in "
                + "\(number(cases)) \(cases == 1 ? "case" : "cases"); "
                + "counted: \(number(counted)), left out: \(number(left)).",
            "\(kpi), \(period), \(projection): ada peristiwa dalam \(number(cases)) kasus; "
                + "dihitung: \(number(counted)), tidak: \(number(left)).")
    }

    /// Why an event that is there may not count; nil where no reason speaks of that.
    func note(on reasons: some Sequence<LeftOut.Reason>) -> String? {
        let speaks = reasons.contains { reason in
            switch reason {
            case .binding, .event: true
            default: false
            }
        }
        return !speaks
            ? nil
            : pick(
                "An event does not count where it says again what was so, is off its scale, or comes "
                    + "after the window that the definition states.",
                "Peristiwa tidak dihitung bila mengulang keadaan yang sudah ada, di luar skalanya, "
                    + "atau datang setelah jendela yang disebut definisinya.")
    }

    func reason(_ reason: LeftOut.Reason, _ definition: ProjectionDefinition) -> String {
        switch reason {
        case .binding(let name):
            pick("nothing counts as ", "tidak ada yang dihitung sebagai ") + name
                + " (\(definition.binding(name, in: language)))"
        case .event:
            pick("nothing counts as ", "tidak ada yang dihitung sebagai ")
                + definition.factEvent(in: language)
        case .condition(let index):
            definition.failing(index, in: language)
        case .otherPeriod: pick("counted in another period", "dihitung pada periode lain")
        case .noValue(let measures):
            measures.isEmpty
                ? pick(
                    "the formula's conditions do not hold", "syarat dalam rumusnya tidak terpenuhi")
                : pick("no value of ", "tidak ada nilai ")
                    + measures.joined(separator: pick(" or ", " atau "))
        }
    }
}
