import EventModel

extension ProjectionReader {
    /// Whose business time a length of time counts: `calendar: always_open`, or the field that names
    /// it, `calendar: target.calendar`. False where a fault was reported.
    func readCalendar(
        _ fields: Fields, into duration: inout Duration, references: inout [NameReference]
    ) -> Bool {
        if duration.clock == .business { usesBusinessTime = true }
        guard let value = fields["calendar"] else {
            if duration.clock == .business { duration.calendar = calendar.map { .named($0) } }
            return true
        }
        guard duration.clock == .business else {
            faults.report(
                at: fields.key("calendar") ?? value, "\"calendar\" stands beside the wall clock",
                expected: "clock: business beside it")
            return false
        }
        if let reference = value.text.flatMap(ProjectionReader.fieldReference) {
            references.append(NameReference(name: reference.binding, at: value))
            pendingCalendars.append((reference, value))
            duration.calendar = .field(reference)
            return true
        }
        guard let name = readCalendarName(value) else { return false }
        duration.calendar = .named(name)
        return true
    }

    /// The name of a calendar that there is.
    func readCalendarName(_ value: YAMLValue) -> String? {
        let known = calendarNames()
        guard let name = value.text, known.contains(name) else {
            faults.report(
                at: value, "no calendar is called \(value.inWords)",
                expected: known.isEmpty ? "a calendar of the store (rekam calendar add)" : "",
                word: value.text, among: known)
            return nil
        }
        return name
    }

    /// The fields that name calendars must hold names: known once all bindings are.
    func checkCalendars() {
        for (reference, value) in pendingCalendars {
            // A name that stands for no event has been reported where names are.
            guard case .event(let types)? = names[reference.binding],
                let shape = columns.shape(
                    of: reference.field, in: types, at: value, faults: faults)
            else { continue }
            if shape.kind != .name {
                faults.report(
                    at: value,
                    "\(reference.binding).\(reference.field) is \(shape.inWords)",
                    expected: "a field that holds a calendar's name")
            }
        }
        pendingCalendars = []
    }
}
