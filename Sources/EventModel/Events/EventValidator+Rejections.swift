// The words of what is refused. A problem never holds the value, so that refusals of one kind are
// counted together; it begins with the field's name where the value can be put in after it.

extension EventValidator {
    func missingAttribute(_ name: String) -> Rejection {
        let expected =
            switch name {
            case "specversion": "\"1.0\""
            case "type": "an event type such as ticket.opened"
            case "subject": "a case such as ticket/20931"
            case "time": "a time such as 2025-07-14T08:12:00Z"
            case "data": "an object with the event's fields"
            case "rekamposition", "rekamtime": "what the log gave it"
            default: "a text of 1 to 256 characters"
            }
        return Rejection(
            kind: .missing, field: name, problem: "event without \"\(name)\" (expected \(expected))"
        )
    }

    func wrongAttribute(_ name: String, _ value: String, _ clause: String) -> Rejection {
        Rejection(
            field: name, value: value,
            problem: "\(name) \(clause)"
                + (clause == "is no text" ? " (expected 1 to 256 characters)" : ""))
    }

    func unknownAttribute(_ written: String) -> Rejection {
        let name = Rejection.cut(written, to: 60)
        if written == "data_base64" {
            return Rejection(
                kind: .unknown, field: name,
                problem: "data_base64 is not read (expected data as a JSON object)")
        }
        return Rejection(
            kind: .unknown, field: name,
            problem: "attribute \"\(name)\" is not named by a-z and 0-9, as CloudEvents asks")
    }

    func logsAttribute(_ written: String, _ value: String) -> Rejection {
        let name = Rejection.cut(written, to: 60)
        return Rejection(
            kind: .unknown, field: name, value: value,
            problem: "\(name) is given by the log alone (leave out attributes that begin with "
                + "\(LogMarks.prefix))")
    }

    func duplicateKey(_ written: String, path: String) -> Rejection {
        let name = Rejection.cut(written, to: 60)
        return Rejection(
            kind: .twice, field: path + name, problem: "the key \"\(name)\" stands there twice")
    }

    func unknownType(_ written: String, _ admission: Admission) -> Rejection {
        let known = types.schemas.lazy.filter { $0.isLogsOwn == (admission == .logsOwn) }
        let meant = nearest(to: written, among: known.map(\.type))
        return Rejection(
            kind: .unknown, field: "type", value: written,
            problem: "there is no event type \"\(Rejection.cut(written, to: 60))\""
                + (meant.map { " (did you mean \($0)?)" } ?? ""))
    }

    func wrongSubject(_ written: String, _ typeID: Int) -> Rejection {
        let schema = types.schemas[typeID]
        let forms = schema.subjectKinds.map {
            schema.wholeSubjects.contains($0) ? $0 : $0 + "/…"
        }
        let expected = forms.isEmpty ? "any but log/…" : Rejection.alternatives(forms)
        return Rejection(
            field: "subject", value: written,
            problem: "subject is none that \(schema.type) can have (expected \(expected))")
    }

    func unknownField(_ written: String, _ form: Int) -> Rejection {
        let name = Rejection.cut(written, to: 60)
        let schema = plan.forms[form]
        if let present = schema.upcasting.renamed[written] {
            return Rejection(
                kind: .unknown, field: "data." + name,
                problem: "\(name) of \(schema.type) is called \(present) since a later version "
                    + "(or name the event's own in dataschema)")
        }
        let meant = nearest(to: written, among: schema.fields.map(\.name))
        return Rejection(
            kind: .unknown, field: "data." + name,
            problem: "\(schema.type) has no field \"\(name)\""
                + (meant.map { " (did you mean \($0)?)" } ?? ""))
    }

    func missingField(_ number: Int, _ form: Int, beside other: Int? = nil) -> Rejection {
        let fields = plan.forms[form].fields
        let beside = other.map { " beside \"\(fields[$0].name)\"" } ?? ""
        return Rejection(
            kind: .missing, field: "data." + fields[number].name,
            problem:
                "\(plan.forms[form].type) without \"\(fields[number].name)\"\(beside) (expected "
                + "\(fields[number].expectation))")
    }

    mutating func wrongField(
        _ number: Int, _ token: Int, _ form: Int, _ input: borrowing EventInput
    ) -> Rejection {
        let field = plan.forms[form].fields[number]
        let clause: String
        switch (input.kind(token), field.kind) {
        case (.object, _), (.nested, _):
            clause = "is a list or an object (expected \(field.expectation))"
        case (.string, .text(let minimum, let maximum)):
            let length = input.compareLength(
                token, minimum: Int64(minimum), maximum: Int64(maximum))
            clause =
                length == 0 && field.isSubject && namesPerson(token, input)
                ? "would name a person in clear (expected the subject of another kind of case)"
                : length == 0
                    ? "holds U+0000 or half a surrogate pair"
                    : length > 0
                        ? "is longer than \(maximum) characters"
                        : minimum == 1 ? "is empty" : "is shorter than \(minimum) characters"
        case (.string, .day): clause = "is no date (expected one like 2025-07-14)"
        case (.integer, .integer), (.wide, .integer), (.wideUnsigned, .integer):
            clause = "is not within bounds (expected \(field.expectation))"
        case (_, .enumeration(let words)): clause = "is not \(Rejection.alternatives(words))"
        default: clause = "is not \(field.expectation)"
        }
        return Rejection(
            field: "data." + field.name, value: input.shown(token),
            problem: "\(field.name) \(clause)")
    }

    func tooLong(_ id: String) -> Rejection {
        Rejection(
            kind: .long, field: "", value: "",
            problem: "the event is longer than the \(EventBatch.longestEntry) bytes of an entry")
    }
}

extension FieldSchema {
    /// What the field may hold, as it reads after "expected ".
    public var expectation: String {
        switch kind {
        case .text(let minimum, let maximum):
            if minimum == maximum { return "a text of \(maximum) characters" }
            return minimum > 0
                ? "a text of \(minimum) to \(maximum) characters"
                : "a text of at most \(maximum) characters"
        case .enumeration(let words): return Rejection.alternatives(words)
        case .boolean: return "true or false"
        case .integer(let minimum, let maximum):
            if minimum <= -WholeNumber.largest, maximum >= WholeNumber.largest {
                return "a whole number"
            }
            if maximum >= WholeNumber.largest { return "a whole number from \(minimum) up" }
            return "a whole number from \(minimum) to \(maximum)"
        case .day: return "a date like 2025-07-14"
        }
    }
}

extension Rejection {
    /// `in or out`; `low, normal, high or urgent`; the first twelve of more.
    static func alternatives(_ words: [String]) -> String {
        guard words.count > 1 else { return words.first ?? "" }
        if words.count > 12 {
            return words.prefix(12).joined(separator: ", ") + ", … (\(words.count) in all)"
        }
        return words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
    }

    /// A text cut to some characters, `…` included.
    static func cut(_ text: String, to length: Int) -> String {
        text.count > length ? text.prefix(length - 1) + "…" : text
    }

    /// A line that is no JSON, or none that Rekam reads; the value is what stands at the fault.
    package init(fault: JSONFault, in line: Span<UInt8>, line number: Int) {
        let start = max(0, min(fault.offset, line.count) - 20)
        let end = min(line.count, fault.offset + 40)
        let excerpt = line.extracting(start..<end).text
        self.init(
            kind: .unreadable, line: number, field: "", value: excerpt,
            problem: "the line \(fault.problem)")
    }
}
