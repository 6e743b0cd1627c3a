import EventModel

// What few people said is not shown, and neither is what would give it away: where a total is shown
// and all of its parts but those withheld, the difference tells what those answered. So enough parts
// are held back that at least `fewestRespondents` people are behind what is missing.
extension QueryEvaluation {
    /// Parts that add up to a total, by their places among some figures.
    struct Family {
        var parts: [Int]
        /// The parts' figures in the cells' numbering, by which people are counted.
        var cells: [CellFigures]
        /// Whether all of them together are shown.
        var isTotalShown: Bool
    }

    /// Whether some, but only few respondents are behind several groups together.
    ///
    /// - Complexity: O(answers of the groups).
    func isTooFew(
        _ output: QueryPlan.Output, ofAll groups: [Int], in cells: [CellFigures]
    ) -> Bool {
        output.respondents.contains { term in
            var number: Int64 = 0
            if case .distinct = term.function {
                var people: Set<Int64> = []
                for group in groups {
                    people.formUnion(cells[term.projection].members(group, stream: term.stream))
                }
                number = Int64(people.count)
            } else {
                for group in groups {
                    number += cells[term.projection].count(group, stream: term.stream)
                }
            }
            return number > 0 && number < Self.fewestRespondents
        }
    }

    /// Which parts of a family must be held back beside those that are withheld already: the
    /// smallest there are, as few as will do.
    ///
    /// - Parameter figure: the figure of a part.
    func partsToHoldBack(
        _ output: QueryPlan.Output, _ family: Family, _ figure: (Int) -> Figure
    ) -> [Int] {
        guard family.isTotalShown, !output.respondents.isEmpty else { return [] }
        var missing = family.parts.filter { figure($0).isWithheld }
        guard !missing.isEmpty else { return [] }
        var shown = family.parts.filter { !figure($0).isWithheld && figure($0).count ?? 0 > 0 }
            .sorted { (figure($0).count ?? 0, $0) < (figure($1).count ?? 0, $1) }
        var heldBack: [Int] = []
        while isTooFew(output, ofAll: missing, in: family.cells), !shown.isEmpty {
            let next = shown.removeFirst()
            missing.append(next)
            heldBack.append(next)
        }
        return heldBack
    }
}

extension Figure {
    /// Whether it is not shown for the sake of few people.
    package var isWithheld: Bool {
        switch reason {
        case .withheld, .withheldToProtect: true
        case .nothing, .zeroDenominator, .mixedCurrencies, nil: false
        }
    }

    /// A figure that is held back so that others' cannot be worked out.
    static var heldBack: Figure {
        Figure(
            value: .none, count: nil,
            reason: .withheldToProtect(below: QueryEvaluation.fewestRespondents))
    }
}
