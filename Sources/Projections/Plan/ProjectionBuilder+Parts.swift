import Definitions

extension ProjectionBuilder {
    /// How facts are cut into parts: its place among the splits.
    mutating func compile(_ split: Split) throws -> Int32 {
        if definition.fact.isStock { throw fault("a stock is not cut into parts") }
        var code: SplitCode
        switch split {
        case .time(let from, let to, let byHour):
            code = SplitCode(from: try eventSlot(from), to: try eventSlot(to))
            code.byHour = byHour
            for case (let name, .duration(let duration)) in definition.measures {
                guard duration.from == from, duration.to == to else {
                    throw fault(
                        "\"\(name)\" does not run from \(from) to \(to), where its facts are cut")
                }
            }
        case .days(let from, let to, let within):
            code = SplitCode(from: try eventSlot(from.binding), to: try eventSlot(to.binding))
            code.within = within.map { Int64($0) } ?? .max
            code.fromField = try dayField(from)
            code.toField = try dayField(to)
            for case (let name, .duration) in definition.measures {
                throw fault("\"\(name)\" is a length of time, which days do not share")
            }
        }
        plan.codes.splits.append(code)
        return Int32(plan.codes.splits.count - 1)
    }

    /// Which facts are one: its place among the rounds.
    mutating func compile(_ rounds: Rounds) throws -> Int32 {
        guard definition.split == nil else { throw fault("a round is not cut into parts") }
        let last = try addSlot(of: Rounds.last)
        var code = RoundsCode(last: last, within: rounds.withinMilliseconds)
        if let field = rounds.field {
            code.field = plan.field(field, of: try types(of: "fact"))
        }
        if let invitation = rounds.invitation { code.invitation = try eventSlot(invitation) }
        if let days = rounds.days { (_, code.days) = try number(days) }
        plan.codes.rounds.append(code)
        return Int32(plan.codes.rounds.count - 1)
    }

    private mutating func dayField(_ reference: FieldReference) throws -> Int32 {
        let types = try self.types(of: reference.binding)
        guard try kind(of: reference.field, in: types) == .day else {
            throw fault("\(reference.binding).\(reference.field) is no day")
        }
        return plan.field(reference.field, of: types)
    }
}

extension Split {
    /// Whether its parts last an hour.
    var isByHour: Bool {
        if case .time(_, _, let byHour) = self { byHour } else { false }
    }
}
