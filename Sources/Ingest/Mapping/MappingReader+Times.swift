internal import Definitions
internal import EventModel

// Times, formats and zones.
extension MappingReader {
    func readFormats(_ value: YAMLValue) -> [TimeFormat] {
        value.elements.compactMap { element in
            guard let text = text(element) else { return nil }
            do throws(TimeFormat.Fault) {
                return try TimeFormat(text, decimal: mapping.decimal)
            } catch {
                faults.report(
                    at: element, "\(element.inWords) is no time format: \(error.problem)",
                    expected: error.expected)
                return nil
            }
        }
    }

    func readZone(_ value: YAMLValue) -> TimeZoneRules {
        guard let name = text(value) else { return .utc }
        if name.uppercased() == "UTC" { return .utc }
        var cursor = TimeFormat.Cursor(name)
        var offset: Int64?
        if cursor.offset(into: &offset), cursor.isAtEnd, let offset {
            return TimeZoneRules(
                name: name, release: "", transitions: [], offsetsSeconds: [Int32(offset / 1000)])
        }
        if let rules = surroundings.zone(name) { return rules }
        if name == surroundings.storeZone.name { return surroundings.storeZone }
        faults.report(
            at: value, "there is no time zone \"\(name)\"",
            expected: "an IANA name such as Asia/Jakarta, WIB, WITA, WIT, UTC, or +07:00")
        return .utc
    }

    func readNamedTime(_ pair: YAMLPair) {
        if timeByName[pair.name] != nil {
            return faults.report(at: pair.key, "the time \"\(pair.name)\" is given twice")
        }
        guard var spec = time(pair.value) else { return }
        spec.name = pair.name
        timeByName[pair.name] = mapping.times.count
        mapping.times.append(spec)
    }

    /// A template, `{from, format, zone, plus, minus}` or `{after, plus, minus}`.
    private func time(_ value: YAMLValue) -> TimeSpec? {
        guard value.pairs != nil else {
            return TimeSpec(base: .text([template(value)], formats, zone), zone: zone)
        }
        let keys = ["from", "after", "format", "zone", "plus", "minus"]
        guard let fields = Keys(value, of: "a time", keys, faults) else { return nil }
        let ownZone = fields["zone"].map(readZone) ?? zone
        var spec: TimeSpec
        if let after = fields["after"] {
            for key in ["from", "format"] {
                guard let extra = fields[key] else { continue }
                faults.report(at: extra, "a time has \"after\" and \"\(key)\"")
            }
            spec = TimeSpec(base: .time(timeIndex(after)), zone: ownZone)
        } else {
            guard let from = fields.required("from", "a text with {columns}, or after") else {
                return nil
            }
            let ownFormats = fields["format"].map(readFormats) ?? formats
            spec = TimeSpec(
                base: .text(from.elements.map(template), ownFormats, ownZone), zone: ownZone)
        }
        for (key, sign) in [("plus", Int64(1)), ("minus", -1)] {
            for pair in pairs(fields[key], "amounts") {
                let units = TimeSpec.Unit.allCases.map(\.rawValue)
                guard let unit = choice(pair.key, "unit of time", units) else { continue }
                spec.steps.append(
                    TimeSpec.Step(
                        sign: sign, unit: TimeSpec.Unit(rawValue: unit)!,
                        amount: template(pair.value)))
            }
        }
        return spec
    }

    /// The place of a named time.
    func timeIndex(_ value: YAMLValue) -> Int {
        guard let name = text(value) else { return 0 }
        if let index = timeByName[name] { return index }
        faults.report(
            at: value, "there is no time \"\(name)\"", word: name, among: mapping.times.map(\.name))
        return 0
    }
}
