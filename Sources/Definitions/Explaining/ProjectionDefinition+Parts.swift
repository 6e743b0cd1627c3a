public import EventModel

/// Single parts of a definition back in words: what `explanation(in:)` says of them.
extension ProjectionDefinition {
    /// A condition of its facts, by its place: `there is answer`.
    public func condition(_ index: Int, in language: Language) -> String {
        Words(language).condition(conditions[index])
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
