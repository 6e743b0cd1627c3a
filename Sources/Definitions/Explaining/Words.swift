import EventModel

/// Pieces that explanations are made of, in a language; names stay as they are.
struct Words {
    let language: Language

    init(_ language: Language) { self.language = language }

    func pick(_ english: String, _ indonesian: String) -> String {
        language == .english ? english : indonesian
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ words: [String], _ last: String = "and") -> String {
        guard words.count > 1, let final = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + final
    }

    /// All of them: `a, b and c`.
    func all(_ words: [String]) -> String { Self.list(words, pick("and", "dan")) }

    /// Any of them: `a, b or c`.
    func any(_ words: [String]) -> String { Self.list(words, pick("or", "atau")) }

    /// Two columns, indented.
    static func table(_ rows: [(String, String)]) -> [String] {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, text in
            text.isEmpty
                ? "  \(name)"
                : "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)"
        }
    }

    /// A constant as it is read aloud: `""` is nobody.
    func value(_ scalar: Scalar) -> String {
        switch scalar {
        case .text(let text): text.isEmpty ? pick("nobody", "(kosong)") : text
        case .integer(let number): String(number)
        case .boolean(let truth): truth ? "true" : "false"
        }
    }

    /// `is out`, `is not resolved or closed`, `is at least 4`.
    func test(_ test: FieldTest) -> String {
        switch test {
        case .among(let values, let negated):
            let names = any(values.map(value))
            return negated ? pick("is not ", "bukan ") + names : pick("is ", "adalah ") + names
        case .range(let minimum, let maximum):
            return pick("is ", "") + bounds(minimum, maximum) { "\($0)" }
        case .present: return pick("is given", "terisi")
        case .absent: return pick("is not given", "tidak terisi")
        case .same(let reference, let negated):
            let other = "\(reference.binding).\(reference.field)"
            return negated
                ? pick("differs from ", "berbeda dari ") + other
                : pick("is the same as ", "sama dengan ") + other
        }
    }

    /// `at least 1`, `at most 20s`, `1 to 3`, `exactly 2`.
    func bounds(
        _ minimum: Int64?, _ maximum: Int64?, _ text: (Int64) -> String
    ) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?):
            minimum == maximum
                ? pick("exactly ", "tepat ") + text(minimum) : range(text(minimum), text(maximum))
        case (let minimum?, nil): atLeast(text(minimum))
        case (nil, let maximum?): atMost(text(maximum))
        case (nil, nil): pick("any", "berapa pun")
        }
    }

    func atLeast(_ bound: String) -> String { pick("at least ", "minimal ") + bound }
    func atMost(_ bound: String) -> String { pick("at most ", "maksimal ") + bound }
    func range(_ least: String, _ most: String) -> String {
        least + pick(" to ", " sampai ") + most
    }

    /// `time from opened to answer, without time in which status is hold`.
    func duration(_ duration: Duration) -> String {
        var text =
            duration.clock == .business
            ? pick("business time", "waktu kerja") : pick("time", "waktu")
        let of = pick(" of ", " menurut ")
        switch duration.calendar {
        case .named(let name): text += of + name
        case .field(let reference): text += of + "\(reference.binding).\(reference.field)"
        case nil: break
        }
        text += pick(" from ", " dari ") + range(duration.from, duration.to)
        if let (field, values) = duration.except {
            text += pick(" without ", " tanpa ") + "\(field) " + any(values.map(value))
        }
        if let (field, values) = duration.only {
            text +=
                pick(" while \(field) is ", " selama \(field) adalah ") + any(values.map(value))
        }
        return text
    }

    /// How facts are cut into parts.
    func split(_ split: Split) -> String {
        switch split {
        case .time(let from, let to, let byHour):
            pick(
                "From \(from) to \(to) it is cut at every \(byHour ? "full hour" : "midnight"); each "
                    + "part lies on its own day.",
                "Dari \(from) sampai \(to) fakta dipotong pada setiap "
                    + "\(byHour ? "jam penuh" : "tengah malam"); tiap bagian masuk ke harinya sendiri."
            )
        case .days(let from, let to, let within):
            pick(
                "It is shared evenly by the days from \(from.binding).\(from.field) to "
                    + "\(to.binding).\(to.field)",
                "Fakta dibagi rata ke hari-hari dari \(from.binding).\(from.field) sampai "
                    + "\(to.binding).\(to.field)")
                + (within.map {
                    pick(
                        "; one that begins more than \($0) days before its event stays whole, on the "
                            + "day of its event.",
                        "; fakta yang mulai lebih dari \($0) hari sebelum peristiwanya tetap utuh, "
                            + "pada hari peristiwanya.")
                } ?? ".")
        }
    }

    /// Which facts are one.
    func rounds(_ rounds: Rounds) -> String {
        let lasts = DurationText.text(rounds.withinMilliseconds)
        let (field, invitation) = (rounds.field, rounds.invitation)
        let unlimited = rounds.days.map { "\($0.binding).\($0.field)" }
        return pick("Those", "Yang")
            + (field.map { pick(" of one \($0)", " satu \($0)") } ?? "")
            + pick(" that come within \(lasts)", " datang dalam \(lasts)")
            + (invitation.map { pick(" of one \($0)", " dari satu \($0)") } ?? "")
            + pick(
                " are one fact, a round: fact is its first event, on whose day it lies, last its "
                    + "last one.",
                " menjadi satu fakta, satu putaran: fact adalah peristiwa pertamanya, yang "
                    + "menentukan harinya, last peristiwa terakhirnya.")
            + (unlimited.map {
                pick(
                    " Where \($0) says how many days, the round lasts them from \(invitation ?? "") on, "
                        + "and what comes later makes no fact.",
                    " Bila \($0) menyebut jumlah hari, putaran berlangsung selama itu sejak "
                        + "\(invitation ?? ""), dan yang datang sesudahnya tidak menjadi fakta.")
            } ?? "")
    }

    /// `the first message.posted after opened where direction is out`.
    func binding(_ binding: Binding) -> String {
        let window = window(binding)
        switch binding.kind {
        case .first(let selector):
            return pick("the first ", "") + self.selector(selector, pick("", " pertama") + window)
        case .last(let selector):
            return pick("the last ", "") + self.selector(selector, pick("", " terakhir") + window)
        case .count(let selector):
            return pick("the number of ", "jumlah ") + self.selector(selector, window)
        case .either(let names):
            return names[0]
                + names.dropFirst().map { pick(", or else ", ", atau bila tidak ada ") + $0 }
                .joined()
        }
    }

    /// `message.posted after opened where direction is out`.
    func selector(_ selector: Selector, _ window: String) -> String {
        var text = any(selector.types) + window
        if !selector.tests.isEmpty {
            text +=
                pick(" where ", " dengan ")
                + all(selector.tests.map { "\($0.field) \(attribute($0.test))" })
        }
        return text
    }

    /// A test as it stands behind "where".
    private func attribute(_ test: FieldTest) -> String {
        if language == .indonesian, case .among(let values, negated: false) = test {
            return any(values.map(value))
        }
        return self.test(test)
    }

    private func window(_ binding: Binding) -> String {
        let window = binding.window
        var parts: [String] = []
        if let after = window.after {
            let word =
                binding.isStartOptional
                ? pick("since", "sejak")
                : window.includesStart ? pick("from", "mulai") : pick("after", "setelah")
            parts.append("\(word) \(after)")
        }
        if let before = window.before {
            let word = window.includesEnd ? pick("until", "sampai") : pick("before", "sebelum")
            parts.append("\(word) \(before)")
        }
        if let limit = window.withinMilliseconds {
            let start = window.after ?? window.before ?? ""
            let length = DurationText.text(limit)
            parts.append(pick("within \(length) of \(start)", "dalam \(length) dari \(start)"))
        }
        return parts.isEmpty ? "" : " " + parts.joined(separator: pick(" and ", " dan "))
    }

    /// One condition in words.
    func condition(_ condition: Condition) -> String {
        let verb = pick(" is ", " ")
        switch condition {
        case .exists(let name, let negated):
            return negated
                ? pick("there is no ", "tidak ada ") + name : pick("there is ", "ada ") + name
        case .field(let reference, let test):
            return "\(reference.binding).\(reference.field) \(self.test(test))"
        case .latest(let field, let test): return inForce(field) + " " + self.test(test)
        case .count(let name, let minimum, let maximum):
            return name + verb + bounds(minimum, maximum) { "\($0)" }
        case .duration(let duration, let minimum, let maximum):
            return self.duration(duration) + verb + bounds(minimum, maximum, DurationText.text)
        case .within(let duration, let target, let unit):
            return self.duration(duration) + verb + atMost(self.target(target, unit))
        case .beyond(let duration, let target, let unit):
            return self.duration(duration) + pick(" is more than ", " lebih dari ")
                + self.target(target, unit)
        case .any(let lists):
            let choices = lists.map { list in
                list.count > 1 ? "(\(conditions(list)))" : conditions(list)
            }
            return pick("either ", "salah satu: ")
                + choices.joined(separator: pick(" or ", " atau "))
        }
    }

    /// What is so where one condition does not hold, said without denying a denial.
    func failing(_ condition: Condition) -> String {
        let verb = pick(" is not ", " tidak ")
        switch condition {
        case .exists(let name, let negated):
            return self.condition(.exists(name, negated: !negated))
        case .field(let reference, let test):
            return "\(reference.binding).\(reference.field) \(failing(test))"
        case .latest(let field, let test): return inForce(field) + " " + failing(test)
        case .count(let name, let minimum, let maximum):
            return name + verb + bounds(minimum, maximum) { "\($0)" }
        case .duration(let duration, let minimum, let maximum):
            return self.duration(duration) + verb + bounds(minimum, maximum, DurationText.text)
        case .within(let duration, let target, let unit):
            return self.duration(duration) + verb + atMost(self.target(target, unit))
        case .beyond(let duration, let target, let unit):
            return self.duration(duration) + verb + pick("more than ", "lebih dari ")
                + self.target(target, unit)
        case .any(let lists):
            return pick("none of these is so: ", "tidak satu pun dari ini: ")
                + lists.map(conditions).joined(separator: "; ")
        }
    }

    private func failing(_ test: FieldTest) -> String {
        switch test {
        case .among(let values, let negated): self.test(.among(values, negated: !negated))
        case .range(let minimum, let maximum):
            pick("is not ", "tidak ") + bounds(minimum, maximum) { "\($0)" }
        case .present: self.test(.absent)
        case .absent: self.test(.present)
        case .same(let reference, let negated): self.test(.same(reference, negated: !negated))
        }
    }

    private func inForce(_ field: String) -> String {
        pick("the \(field) in force", "\(field) yang berlaku")
    }

    private func target(_ reference: FieldReference, _ unit: Int64) -> String {
        let field = "\(reference.binding).\(reference.field)"
        return unit == 1 ? field : "\(field) × \(DurationText.text(unit))"
    }

    /// Conditions that must all hold.
    func conditions(_ conditions: [Condition]) -> String { all(conditions.map(condition)) }

    /// Where a dimension's value comes from.
    func source(_ source: DimensionSource) -> String {
        switch source {
        case .field(let reference): "\(reference.binding).\(reference.field)"
        case .latest(let field, let place):
            inForce(field) + (place == "fact" ? "" : pick(" at ", " pada ") + place)
        case .firstOf(let sources):
            sources.map(self.source).joined(separator: pick(", or else ", ", atau bila tidak ada "))
        case .constant(let text): pick("always ", "selalu ") + "\"\(text)\""
        case .hour: pick("the hour of the day, 0 to 23", "jam dalam sehari, 0 sampai 23")
        case .weekday:
            pick("the day of the week, 1 (Monday) to 7", "hari dalam seminggu, 1 (Senin) sampai 7")
        case .subject: pick("the case itself", "kasus itu sendiri")
        }
    }

    /// What a measure measures.
    func measure(_ source: MeasureSource) -> String {
        switch source {
        case .duration(let duration): self.duration(duration)
        case .number(let reference): "\(reference.binding).\(reference.field)"
        case .count(let name): pick("the number \(name)", "jumlah \(name)")
        case .flag(let conditions):
            pick("counted when ", "dihitung bila ") + self.conditions(conditions)
        case .name(let source, let conditions):
            pick("different values of ", "nilai berbeda dari ") + self.source(source)
                + (conditions.isEmpty
                    ? "" : pick(", when ", ", bila ") + self.conditions(conditions))
        case .money(let reference, let currency):
            "\(reference.binding).\(reference.field), "
                + pick("money in the currency of ", "uang dalam mata uang ") + currency
        }
    }
}
