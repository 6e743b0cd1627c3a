import Definitions
import EventModel

/// An event of a desk's ticket (or another subject), so many seconds after the test's start.
func deskEvent(
    _ id: String, _ type: String, _ seconds: Double, _ fields: [EventDraft.Field] = [],
    source: String = "desk", subject: String = "ticket/1", order: SourceOrder? = nil
) -> EventDraft {
    var draft = EventDraft(
        id: id, source: source, type: type, subject: subject,
        time: Instant(milliseconds: testStart + Int64(seconds * 1000)), fields: fields)
    draft.order = order
    return draft
}

/// A change of that ticket's status.
func deskStatus(
    _ id: String, _ word: String, _ seconds: Double, source: String = "desk",
    order: SourceOrder? = nil
) -> EventDraft {
    deskEvent(
        id, "ticket.status_changed", seconds, [.init("status", .text(word))], source: source,
        order: order)
}
