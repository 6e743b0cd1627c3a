import Definitions
package import EventModel
package import Querying

extension FigureText {
    /// Both sides of a figure that changed. Where their values read the same, each has beside it what
    /// does not: more decimals, else the facts behind it, else why there is no value.
    package func change(_ figure: ChangedFigure) -> (before: String, after: String) {
        let units = figure.units
        let sides = (value(figure.before, units.before), value(figure.after, units.after))
        guard sides.0 == sides.1 else { return sides }
        guard let beside = besides(figure) else { return sides }
        return (sides.0 + " (\(beside.before))", sides.1 + " (\(beside.after))")
    }

    /// What the stored rows of a figure say, and its entries, for a fault.
    package func replayed(_ figure: ChangedFigure) -> String {
        let sides = change(figure)
        let group = figure.key.first.map { " of " + $0.value.printable } ?? ""
        return "\(figure.name)\(group): the stored rows give \(sides.before), the entries "
            + sides.after
    }

    /// What is not the same where the values read alike.
    private func besides(_ figure: ChangedFigure) -> (before: String, after: String)? {
        let (before, after) = (figure.before, figure.after)
        for places in 1...6 {
            let exact = (
                decimals(before.value, figure.units.before, places),
                decimals(after.value, figure.units.after, places)
            )
            if exact.0 != exact.1 { return exact }
        }
        if before.count != after.count { return (facts(before.count), facts(after.count)) }
        let words = Words(language: language)
        func why(_ figure: Figure) -> String { figure.reason.map { words.reason($0) } ?? "–" }
        guard before.reason == after.reason else { return (why(before), why(after)) }
        guard before.currency == after.currency else {
            return (before.currency?.printable ?? "–", after.currency?.printable ?? "–")
        }
        return (words.name(figure.units.before), words.name(figure.units.after))
    }

    private func decimals(_ value: Fraction, _ unit: Definitions.Unit, _ places: Int) -> String {
        guard value.hasValue else { return "–" }
        guard unit == .duration else { return NumberText.decimal(value, places: places, language) }
        let seconds = Words(language: language).pick("s", "dtk")
        return NumberText.decimal(value, places: places, language, unit: 1000) + " " + seconds
    }

    private func facts(_ count: Int64?) -> String {
        guard let count else { return "–" }
        let number = NumberText.grouped(count, language)
        return Words(language: language).pick(
            count == 1 ? "1 fact" : "\(number) facts", "\(number) fakta")
    }
}

extension ChangedFigure {
    /// What programs are told of both sides beside their values.
    package enum Beside: String, CaseIterable {
        /// How many facts are behind it.
        case count
        /// Why there is no value.
        case reason
        case currency

        fileprivate func value(_ figure: Figure, _ unit: Definitions.Unit) -> JSONValue {
            switch self {
            case .count: figure.count.map { .number(String($0)) } ?? .null
            case .reason: FigureNumbers(figure, unit).reason.map { .string($0) } ?? .null
            case .currency: figure.currency.map { .string($0) } ?? .null
            }
        }
    }

    /// Of each side what is told beside its value, with its name: `before_count`, `after_count`, ….
    package func besides(
        _ before: String = "before", _ after: String = "after"
    ) -> [JSONMember] {
        Beside.allCases.flatMap { beside in
            [
                JSONMember(
                    key: "\(before)_\(beside)", value: beside.value(self.before, units.before)),
                JSONMember(
                    key: "\(after)_\(beside)", value: beside.value(self.after, units.after)),
            ]
        }
    }

    /// The two values as cells: for people with what moved where that is not the value itself.
    package func values(_ language: Language) -> [Sheet.Cell] {
        let shown = FigureText(language).change(self)
        return [
            Sheet.Cell.figure(before.value, units.before, language).shown(as: shown.before),
            Sheet.Cell.figure(after.value, units.after, language).shown(as: shown.after),
        ]
    }
}

extension Sheet {
    /// Columns of programs for what is told of a changed figure's sides beside their values.
    package static var besideColumns: [Column] {
        ChangedFigure.Beside.allCases.flatMap { beside in
            [Column("before_\(beside)", ""), Column("after_\(beside)", "")]
        }
    }

    /// The cells of these columns; empty where there is no figure.
    package static func besides(_ figure: ChangedFigure?) -> [Cell] {
        let values = figure?.besides().map(\.value) ?? besideColumns.map { _ in .null }
        return values.map { value in
            switch value {
            case .number(let number): Cell.number(Int64(number)).unshown
            case .string(let text): Cell.text(text).unshown
            default: Cell.text(nil).unshown
            }
        }
    }
}
