internal import EventModel

// Openings (`first`): those of the rows that may be the first of their case, in the log's order.
extension RowEvents {
    /// Where the log will put the opening that the row at hand stands for, among those of other rows;
    /// nil where the event stands for none, or its time can't be read.
    ///
    /// Rows of many instants may stand for one opening. Where their source counts them its order tells
    /// which is the first; else their own instants do, and their places within one.
    mutating func openingPlace(_ event: EventSpec, _ place: RowPlace) -> RowPlace? {
        guard event.isFirstOnly else { return nil }
        guard event.time != mapping.rowTime else { return place }
        guard let time = evaluator.peek(event.time) else { return nil }
        guard mapping.order == nil else { return RowPlace(time: time, order: place.order) }
        var number: Int64 = 0
        if case .integer(let above)? = place.order { number = min(max(above, -99_999), 899_999) }
        // Of fixed width, so that its bytes go as the rows do; two points, so that it is no number.
        let parts = [
            (place.time.instant.milliseconds - Instant.earliest.milliseconds, 15),
            (Int64(place.time.nanoseconds), 6), (number + 100_000, 6),
        ]
        let order = parts.map { number, width in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return RowPlace(time: time, order: .text(order.joined(separator: ".")))
    }

    /// Whether a row may stand for its case's opening, as none so far certainly comes before it; if so,
    /// it counts from now on.
    func mayOpen(
        _ event: EventSpec, _ place: RowPlace?, _ result: inout Result
    ) -> Bool {
        while result.entry.openings.count <= event.opening { result.entry.openings.append(nil) }
        guard let known = result.entry.openings[event.opening] else {
            if let place {
                result.entry.openings[event.opening] = CaseMemory.Opening(place: place)
            }
            return true
        }
        guard let place, !known.place.isBefore(place) else { return false }
        if place.isBefore(known.place) {
            result.entry.openings[event.opening] = CaseMemory.Opening(place: place)
            return true
        }
        // Nothing tells which of the two is the first: the log shall know both, unless they are one.
        return event.id == nil && !event.countsRepeats
    }

    /// Whether an opening is none that was given already.
    func opens(_ draft: EventDraft, _ event: EventSpec, _ result: inout Result) -> Bool {
        let print = CaseMemory.fingerprint(of: draft.id)
        guard result.entry.openings[event.opening]?.id != print else { return false }
        result.entry.openings[event.opening]?.id = print
        return true
    }
}
