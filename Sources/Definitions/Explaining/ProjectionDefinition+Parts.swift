public import EventModel

/// Single parts of a definition back in words: what `explanation(in:)` says of them.
extension ProjectionDefinition {
    /// What is so where a condition of its facts does not hold: `there is no answer`, `there is gone (the
    /// first of ticket.merged, ticket.removed)`.
    public func failing(_ index: Int, in language: Language) -> String {
        let words = Words(language).failing(conditions[index])
        guard case .exists(let name, negated: true) = conditions[index] else { return words }
        let binding = binding(name, in: language)
        return binding.isEmpty ? words : words + " (\(binding))"
    }

    /// What a name of `let` stands for: `the first message.posted after opened where direction is
    /// out`; empty where there is no such name.
    public func binding(_ name: String, in language: Language) -> String {
        bindings.first { $0.name == name }.map(Words(language).binding) ?? ""
    }

    /// The events that its facts are about: `survey.answered where kind is csat`.
    public func factEvent(in language: Language) -> String {
        let words = Words(language)
        return switch fact {
        case .one(let name), .stock(let name, _): binding(name, in: language)
        case .each(let selector), .stay(let selector, _): words.selector(selector, "")
        }
    }
}
