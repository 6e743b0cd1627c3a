/// Pieces of English that explanations are made of.
enum Words {
    /// `a`, `a and b`, `a, b and c`.
    static func list(_ words: [String], _ last: String = "and") -> String {
        guard words.count > 1, let final = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + final
    }

    /// A constant as it is read aloud: `""` is nobody.
    static func value(_ scalar: Scalar) -> String {
        switch scalar {
        case .text(let text): text.isEmpty ? "nobody" : text
        case .integer(let number): String(number)
        case .boolean(let truth): truth ? "true" : "false"
        }
    }

    /// `is out`, `is not resolved or closed`, `is at least 4`.
    static func test(_ test: FieldTest) -> String {
        switch test {
        case .among(let values, let negated):
            let names = list(values.map(value), "or")
            return negated ? "is not \(names)" : "is \(names)"
        case .range(let minimum, let maximum): return "is " + bounds(minimum, maximum) { "\($0)" }
        case .present: return "is given"
        case .absent: return "is not given"
        case .same(let reference, let negated):
            let other = "\(reference.binding).\(reference.field)"
            return negated ? "differs from \(other)" : "is the same as \(other)"
        }
    }

    /// `at least 1`, `at most 20s`, `1 to 3`, `exactly 2`.
    static func bounds(
        _ minimum: Int64?, _ maximum: Int64?, _ text: (Int64) -> String
    ) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?):
            minimum == maximum
                ? "exactly \(text(minimum))" : "\(text(minimum)) to \(text(maximum))"
        case (let minimum?, nil): "at least \(text(minimum))"
        case (nil, let maximum?): "at most \(text(maximum))"
        case (nil, nil): "any"
        }
    }

    /// `time from opened to answer, without time in which status is hold`.
    static func duration(_ duration: Duration) -> String {
        var text = duration.clock == .business ? "business time" : "time"
        switch duration.calendar {
        case .named(let name): text += " of \(name)"
        case .field(let reference): text += " of \(reference.binding).\(reference.field)"
        case nil: break
        }
        text += " from \(duration.from) to \(duration.to)"
        if let (field, values) = duration.except {
            text += " without \(field) \(list(values.map(value), "or"))"
        }
        if let (field, values) = duration.only {
            text += " while \(field) is \(list(values.map(value), "or"))"
        }
        return text
    }

    /// How facts are cut into parts.
    static func split(_ split: Split) -> String {
        switch split {
        case .time(let from, let to, let byHour):
            "From \(from) to \(to) it is cut at every \(byHour ? "full hour" : "midnight"); each part "
                + "lies on its own day."
        case .days(let from, let to):
            "It is shared evenly by the days from \(from.binding).\(from.field) to "
                + "\(to.binding).\(to.field)."
        }
    }

    /// `the first message.posted after opened where direction is out`.
    static func binding(_ binding: Binding) -> String {
        switch binding.kind {
        case .first(let selector):
            return "the first \(self.selector(selector, window(binding)))"
        case .last(let selector):
            return "the last \(self.selector(selector, window(binding)))"
        case .count(let selector):
            return "the number of \(self.selector(selector, window(binding)))"
        case .either(let names):
            return names[0] + names.dropFirst().map { ", or else \($0)" }.joined()
        }
    }

    /// `message.posted after opened where direction is out`.
    static func selector(_ selector: Selector, _ window: String) -> String {
        var text = list(selector.types, "or") + window
        if !selector.tests.isEmpty {
            text += " where " + list(selector.tests.map { "\($0.field) \(test($0.test))" })
        }
        return text
    }

    private static func window(_ binding: Binding) -> String {
        let window = binding.window
        var parts: [String] = []
        if let after = window.after {
            let word = binding.isStartOptional ? "since" : window.includesStart ? "from" : "after"
            parts.append("\(word) \(after)")
        }
        if let before = window.before {
            parts.append("\(window.includesEnd ? "until" : "before") \(before)")
        }
        if let limit = window.withinMilliseconds {
            let start = window.after ?? window.before ?? ""
            parts.append("within \(DurationText.text(limit)) of \(start)")
        }
        return parts.isEmpty ? "" : " " + parts.joined(separator: " and ")
    }

    /// One condition in words.
    static func condition(_ condition: Condition) -> String {
        switch condition {
        case .exists(let name, let negated):
            return negated ? "there is no \(name)" : "there is \(name)"
        case .field(let reference, let test):
            return "\(reference.binding).\(reference.field) \(self.test(test))"
        case .latest(let field, let test): return "the \(field) in force \(self.test(test))"
        case .count(let name, let minimum, let maximum):
            return "\(name) is " + bounds(minimum, maximum) { "\($0)" }
        case .duration(let duration, let minimum, let maximum):
            return "\(self.duration(duration)) is " + bounds(minimum, maximum, DurationText.text)
        case .within(let duration, let target, let unit):
            return "\(self.duration(duration)) is at most \(self.target(target, unit))"
        case .beyond(let duration, let target, let unit):
            return "\(self.duration(duration)) is more than \(self.target(target, unit))"
        case .any(let lists):
            let choices = lists.map { list in
                list.count > 1 ? "(\(conditions(list)))" : conditions(list)
            }
            return "either " + choices.joined(separator: " or ")
        }
    }

    private static func target(_ reference: FieldReference, _ unit: Int64) -> String {
        let field = "\(reference.binding).\(reference.field)"
        return unit == 1 ? field : "\(field) × \(DurationText.text(unit))"
    }

    /// Conditions that must all hold.
    static func conditions(_ conditions: [Condition]) -> String {
        list(conditions.map(condition))
    }

    /// Where a dimension's value comes from.
    static func source(_ source: DimensionSource) -> String {
        switch source {
        case .field(let reference): "\(reference.binding).\(reference.field)"
        case .latest(let field, let place):
            place == "fact" ? "the \(field) in force" : "the \(field) in force at \(place)"
        case .firstOf(let sources): sources.map(Words.source).joined(separator: ", or else ")
        case .constant(let text): "always \"\(text)\""
        case .hour: "the hour of the day, 0 to 23"
        case .weekday: "the day of the week, 1 (Monday) to 7"
        case .subject: "the case itself"
        }
    }

    /// What a measure measures.
    static func measure(_ source: MeasureSource) -> String {
        switch source {
        case .duration(let duration): Words.duration(duration)
        case .number(let reference): "\(reference.binding).\(reference.field)"
        case .count(let name): "the number \(name)"
        case .flag(let conditions): "counted when \(Words.conditions(conditions))"
        case .name(let source, let conditions):
            "different values of \(Words.source(source))"
                + (conditions.isEmpty ? "" : ", when \(Words.conditions(conditions))")
        case .money(let reference, let currency):
            "\(reference.binding).\(reference.field), money in the currency of \(currency)"
        }
    }
}
