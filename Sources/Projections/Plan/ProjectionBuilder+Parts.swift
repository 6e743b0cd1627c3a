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
        case .days(let from, let to):
            code = SplitCode(from: try eventSlot(from.binding), to: try eventSlot(to.binding))
            code.fromField = try dayField(from)
            code.toField = try dayField(to)
            for case (let name, .duration) in definition.measures {
                throw fault("\"\(name)\" is a length of time, which days do not share")
            }
        }
        plan.codes.splits.append(code)
        return Int32(plan.codes.splits.count - 1)
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
