package import EventModel

// A projection of anonymous cases (`of: respondent`) says which answers it is about, and what is
// measured of them. Who counts, in which round and team, the log's rounds decide. A definition that
// could tell answers of one team apart by anything else would tell, by what it counts, who gave
// which; one that chose its facts by what was answered would tell it by whom it counts.
extension ProjectionReader {
    /// Where the fields of such a projection may be read, by what they say of a round.
    private enum Place {
        /// Which facts there are.
        case choice
        case dimension
        /// What is measured, but for names.
        case measure

        var roles: Set<RoundRole?> {
            switch self {
            case .choice: [.survey, .question, .least, .greatest]
            case .dimension: [.survey, .question, .least, .greatest, .group]
            case .measure: [.survey, .question, .least, .greatest, .answer]
            }
        }

        var expected: String {
            switch self {
            case .choice: "the survey's, the question's or the scale's fields"
            case .dimension: "the survey's, the question's, the scale's or the team's fields"
            case .measure: "the answer's, the survey's, the question's or the scale's fields"
            }
        }
    }

    /// Checks a projection of anonymous cases.
    func checkAnonymity(_ definition: ProjectionDefinition, _ fields: Fields) {
        guard definition.isAnonymous else { return }
        func refuse(_ key: String, _ problem: String, _ expected: String) {
            faults.report(
                at: fields.key(key) ?? fields.value, problem, expected: expected)
        }
        guard definition.subjectKinds.count == 1 else {
            return refuse(
                "of", "answers of respondents are counted by themselves",
                "of: \(EventTypes.anonymousKinds.sorted()[0])")
        }
        if definition.respondentMeasure == nil {
            // Rows that are each of one person tell nothing by how many there are.
            refuse(
                "measures", "no measure names the respondents, who are counted apart",
                "respondent: {name: subject} under measures")
        }
        for key in ["let", "stock", "split", "latest", "calendar"] where fields[key] != nil {
            refuse(
                key,
                "a projection of respondents has no \(key): it would tell some answers of a "
                    + "team from others", "fact, when, dimensions and measures alone")
        }
        if definition.rounds != nil {
            refuse("fact", "rounds of respondents are the log's own", "each, without round")
        }
        guard case .each(let selector) = definition.fact else {
            if fields["stock"] == nil {
                refuse(
                    "fact", "its facts are answers, each of them", "{each: survey.answered}")
            }
            return
        }
        let reader = RoleReader(types: selector.types.compactMap { columns.types[$0] })
        for type in reader.types where !type.fields.contains(where: { $0.round == .answer }) {
            refuse(
                "fact", "\(type.type) has no field that says what was answered",
                "event types with a field marked \"x-round\": \"answer\"")
        }
        func check(_ names: [String]?, _ key: String, _ place: Place) {
            guard let names else {
                return refuse(
                    key, "this would tell some answers of a team from others",
                    place.expected)
            }
            for name in names where !reader.roles(of: name).isSubset(of: place.roles) {
                refuse(
                    key, "\"\(name)\" would tell some answers of a team from others",
                    place.expected)
            }
        }
        check(reader.fields(selector.tests), "fact", .choice)
        check(reader.fields(definition.conditions), "when", .choice)
        for (_, source) in definition.dimensions {
            check(reader.fields(source), "dimensions", .dimension)
        }
        for (_, source) in definition.measures {
            switch source {
            case .name(.subject, when: []): break
            case .number(let reference): check([reference.field], "measures", .measure)
            case .flag(let conditions): check(reader.fields(conditions), "measures", .measure)
            case .duration, .count, .name, .money: check(nil, "measures", .measure)
            }
        }
    }
}

/// Reads which fields of the fact's own event some parts of a definition look at; nil where they
/// look at anything else.
private struct RoleReader {
    let types: [EventSchema]

    /// What a field says of a round, in each type; empty of roles where some type says nothing.
    func roles(of field: String) -> Set<RoundRole?> {
        Set(types.map { $0.field(named: field)?.round })
    }

    func fields(_ tests: [(field: String, test: FieldTest)]) -> [String]? {
        var names: [String] = []
        for (name, test) in tests {
            if case .same = test { return nil }
            names.append(name)
        }
        return names
    }

    func fields(_ conditions: [Condition]) -> [String]? {
        var names: [String] = []
        for condition in conditions {
            switch condition {
            case .field(let reference, let test):
                guard reference.binding == "fact", let own = fields([(reference.field, test)])
                else { return nil }
                names += own
            case .any(let lists):
                for list in lists {
                    guard let own = fields(list) else { return nil }
                    names += own
                }
            case .exists, .latest, .count, .duration, .within, .beyond: return nil
            }
        }
        return names
    }

    func fields(_ source: DimensionSource) -> [String]? {
        guard case .field(let reference) = source, reference.binding == "fact" else { return nil }
        return [reference.field]
    }
}

extension ProjectionDefinition {
    /// Whether its cases are people who are not to be known.
    public var isAnonymous: Bool { !EventTypes.anonymousKinds.isDisjoint(with: subjectKinds) }

    /// The measure that holds the case itself of every fact; nil where there is none.
    var respondentMeasure: String? {
        measures.first { $0.source == .name(.subject, when: []) }?.name
    }

    /// The dimensions, by their places, that say a respondent's team: its value is what the round
    /// says, the invitation's before the answer's.
    package func groupDimensions(_ types: EventTypes) -> [Int] {
        let answers = eventTypes(of: "fact").compactMap { types[$0] }
        return dimensions.indices.filter { index in
            guard case .field(let reference) = dimensions[index].source else { return false }
            return answers.contains { $0.field(named: reference.field)?.round == .group }
        }
    }
}
