import EventModel

/// What events say of their cases, whatever the order in which they were given: the earliest opening
/// of each case, and how each field changed. Events are taken by time, then by the source's order,
/// then as they were given; an opening that is not the first says nothing.
struct RowHistory: Hashable {
    private(set) var openings: [String: EventDraft] = [:]
    /// By case and field, its values one after the other, none twice in a row; nobody is the first
    /// agent and the first team.
    private(set) var changes: [String: [String]] = [:]

    init(_ drafts: [EventDraft]) {
        let ordered = drafts.enumerated().sorted { left, right in
            let (first, second) = (RowHistory.place(left.element), RowHistory.place(right.element))
            return first == second ? left.offset < right.offset : first < second
        }
        for draft in ordered.map(\.element) {
            if draft.type == "ticket.opened" {
                guard openings[draft.subject] == nil else { continue }
                openings[draft.subject] = draft
            }
            for field in draft.fields {
                let key = "\(draft.subject) \(field.name)"
                let isHolder = ["agent", "team"].contains(field.name)
                if (changes[key]?.last ?? (isHolder ? "" : nil)) == field.value.text { continue }
                changes[key, default: []].append(field.value.text)
            }
        }
    }

    private static func place(_ draft: EventDraft) -> (Instant, UInt32, Int64, String) {
        let order = order(draft)
        return (draft.time, draft.nanoseconds, order.number, order.text)
    }

    /// What a draft's order counts, none as 0, texts after all numbers.
    static func order(_ draft: EventDraft) -> (number: Int64, text: String) {
        switch draft.order {
        case .integer(let number)?: (number, "")
        case .text(let text)?: (.max, text)
        case nil: (0, "")
        }
    }
}
