import Foundation

/// A piece of JSON whose numbers keep the digits they are written with.
enum Figure: Decodable, Equatable {
    case number(Decimal)
    case text(String)
    case object([String: Figure])
    case list([Figure])
    case nothing

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Decimal.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Figure].self) {
            self = .list(list)
        } else if let object = try? container.decode([String: Figure].self) {
            self = .object(object)
        } else {
            self = .nothing
        }
    }

    init(parsing text: String) throws {
        self = try JSONDecoder().decode(Figure.self, from: Data(text.utf8))
    }

    subscript(path: String...) -> Figure {
        path.reduce(self) { figure, name in
            if case .object(let members) = figure { members[name] ?? .nothing } else { .nothing }
        }
    }

    subscript(place: Int) -> Figure {
        if case .list(let elements) = self, elements.indices.contains(place) {
            elements[place]
        } else {
            .nothing
        }
    }

    var number: Decimal? { if case .number(let number) = self { number } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var elements: [Figure] { if case .list(let elements) = self { elements } else { [] } }
    var members: [String: Figure] { if case .object(let members) = self { members } else { [:] } }
}

/// What a query answered for one KPI and one value of a dimension.
struct Answered {
    var numerator: Decimal
    var denominator: Decimal
    var value: Decimal?
    var count: Decimal

    /// A row of a query's JSON.
    init?(_ row: Figure) {
        guard let count = row["count"].number else { return nil }
        self.count = count
        numerator = row["numerator"].number ?? 0
        denominator = row["denominator"].number ?? 0
        value = row["value"].number
    }

    /// Whether it is this fraction, and shown as this.
    func equals(_ fraction: Figure) -> Bool {
        guard let top = fraction[0].number, let bottom = fraction[1].number,
            let shown = fraction[2].text, denominator != 0
        else { return false }
        return numerator * bottom == top * denominator && value == Decimal(string: shown)
    }

    /// Whether `figure` is what it is, in units of `unit` seconds, rounded to so many decimals.
    func rounds(to figure: Figure, decimals: Int, unit: Decimal = 1) -> Bool {
        guard let figure = figure.number, denominator != 0 else { return false }
        let bottom = denominator * unit
        var distance = figure * bottom - numerator
        if distance < 0 { distance.negate() }
        return distance * 2 * power(decimals) <= bottom
    }

    /// Whether `figure` is the sum under a mean, in units of `unit` seconds, rounded alike.
    func sum(roundsTo figure: Figure, decimals: Int, unit: Decimal = 1) -> Bool {
        var sum = self
        sum.denominator = 1
        return sum.rounds(to: figure, decimals: decimals, unit: unit)
    }

    private func power(_ decimals: Int) -> Decimal {
        (0..<decimals).reduce(Decimal(1)) { power, _ in power * 10 }
    }
}
