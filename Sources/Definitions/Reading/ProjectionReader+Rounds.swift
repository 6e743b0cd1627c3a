import EventModel

extension ProjectionReader {
    static let roundKeys = ["by", "asked", "days", "within"]

    /// `{by: survey, asked: sent, days: sent.valid_days, within: 14d}` beside `each`: which facts are
    /// one. It is read once bindings are known; conditions are about each event by itself, so the
    /// round's last one has its name only after them.
    func readRounds(_ value: YAMLValue, of selector: Selector) -> Rounds? {
        guard
            let fields = Fields(
                value, of: "a round", keys: ProjectionReader.roundKeys, faults: faults),
            let length = fields.required(
                "within", "how long a round lasts from its first event on: 14d"),
            let within = readLength(length)
        else { return nil }
        var rounds = Rounds(
            field: nil, invitation: nil, days: nil, withinMilliseconds: within)
        if let by = fields["by"] {
            guard let name = by.text else {
                faults.report(at: by, "\(by.inWords) stands where a field of the fact should")
                return nil
            }
            guard columns.shape(of: name, in: selector.types, at: by, faults: faults) != nil
            else { return nil }
            rounds.field = name
        }
        if let asked = fields["asked"] {
            guard let name = asked.text, eventTypes(of: name, at: asked) != nil else { return nil }
            rounds.invitation = name
        }
        if let days = fields["days"] {
            guard let reference = days.text.flatMap(ProjectionReader.fieldReference),
                reference.binding == rounds.invitation
            else {
                faults.report(
                    at: days, "\(days.inWords) is no field of the invitation",
                    expected: "asked: sent beside days: sent.valid_days")
                return nil
            }
            check(reference, against: .integer, at: days)
            rounds.days = reference
        }
        if names[Rounds.last] != nil {
            faults.report(
                at: value, "\"\(Rounds.last)\" is the last event of a round",
                expected: "another name for what let calls \"\(Rounds.last)\"")
            return nil
        }
        return rounds
    }
}
