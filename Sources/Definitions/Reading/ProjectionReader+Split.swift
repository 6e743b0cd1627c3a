import EventModel

extension ProjectionReader {
    static let splitKeys = ["from", "to", "by", "within"]

    /// How facts are cut into parts: between two events, or by the days of two fields.
    func readSplit(_ value: YAMLValue) -> Split? {
        if isStock {
            faults.report(
                at: value, "a stock is not cut into parts: it is counted at the end of each day",
                expected: "no split")
            return nil
        }
        guard
            let fields = Fields(
                value, of: "a split", keys: ProjectionReader.splitKeys, faults: faults),
            let from = fields.required("from", "the binding, or the day, where a fact begins"),
            let to = fields.required("to", "the binding, or the day, where it ends")
        else { return nil }
        let by = fields["by"].flatMap { $0.text }
        if let value = fields["by"], by != "day", by != "hour" {
            faults.report(
                at: value, "facts are not cut by \(value.inWords)", word: by,
                among: ["day", "hour"])
            return nil
        }
        let first = from.text.flatMap(ProjectionReader.fieldReference)
        let last = to.text.flatMap(ProjectionReader.fieldReference)
        if let first, let last {
            if by == "hour" {
                faults.report(
                    at: fields["by"] ?? value, "days have no hours to be cut by",
                    expected: "by: day, or events as from and to")
                return nil
            }
            guard isDay(first, at: from), isDay(last, at: to) else { return nil }
            return .days(
                from: first, to: last, withinDays: fields["within"].flatMap { readDays($0) })
        }
        if let key = fields.key("within") {
            faults.report(
                at: key, "time between events is cut however far back it begins",
                expected: "within beside days alone")
            return nil
        }
        guard first == nil, last == nil, let start = from.text, let end = to.text else {
            faults.report(
                at: value, "this split does not say from which event to which, or day to day",
                expected: "{from: fact, to: ended} or {from: fact.from_day, to: fact.to_day}")
            return nil
        }
        guard eventTypes(of: start, at: from) != nil, eventTypes(of: end, at: to) != nil else {
            return nil
        }
        return .time(from: start, to: end, byHour: by == "hour")
    }

    /// A number of whole days: `366d`.
    private func readDays(_ value: YAMLValue) -> Int? {
        guard let length = readLength(value) else { return nil }
        guard length % 86_400_000 == 0 else {
            faults.report(
                at: value, "days are not parted by \(value.inWords)", expected: "whole days: 366d")
            return nil
        }
        return Int(length / 86_400_000)
    }

    private func isDay(_ reference: FieldReference, at value: YAMLValue) -> Bool {
        guard let types = eventTypes(of: reference.binding, at: value),
            let shape = columns.shape(of: reference.field, in: types, at: value, faults: faults)
        else { return false }
        if shape.kind == .day { return true }
        faults.report(
            at: value, "\(reference.binding).\(reference.field) is \(shape.inWords)",
            expected: "a field that holds a day")
        return false
    }

    /// Dimensions and measures must have a meaning for a part.
    func check(
        _ split: Split?, _ dimensions: [(name: String, source: DimensionSource)],
        _ measures: [(name: String, source: MeasureSource)], _ fields: Fields
    ) {
        guard let split else { return }
        func place(_ key: String, _ name: String) -> YAMLValue {
            fields[key]?.pairs?.first { $0.name == name }?.value ?? fields.value
        }
        if case .time(_, _, byHour: true) = split {
        } else {
            for (name, source) in dimensions where source.hasHour {
                faults.report(
                    at: place("dimensions", name), "a part that lasts a day has no hour",
                    expected: "by: hour beside split, or no hour")
            }
        }
        for case (let name, .duration(let duration)) in measures {
            switch split {
            case .time(let from, let to, _):
                guard duration.from != from || duration.to != to else { continue }
                faults.report(
                    at: place("measures", name),
                    "\"\(name)\" does not run from \(from) to \(to), where facts are cut",
                    expected: "from: \(from), to: \(to)")
            case .days:
                faults.report(
                    at: place("measures", name),
                    "\"\(name)\" is a length of time, which days do not share",
                    expected: "numbers, flags and names")
            }
        }
    }
}

extension DimensionSource {
    /// Whether it may ask for the hour.
    fileprivate var hasHour: Bool {
        switch self {
        case .hour: true
        case .firstOf(let sources): sources.contains { $0.hasHour }
        default: false
        }
    }
}
