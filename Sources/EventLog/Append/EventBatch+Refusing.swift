import EventModel

/// What the log says of rows that it refuses for what is there already.
extension EventBatch {
    /// That another event has a row's source and id, with what differs first.
    func conflict(_ row: Int, _ difference: ContentDifference?) -> Rejection {
        Rejection(
            kind: .conflict, line: rows[row].line, field: difference?.field ?? "",
            value: difference?.new ?? "",
            problem: "another event already has this source and id; give a new event an id of its "
                + "own, or take the other one out with event.voided first",
            recorded: difference.map { .init(value: $0.old, sequence: $0.sequence) })
    }

    /// That a row claims to come from the log itself.
    func ownSource(_ row: Int) -> Rejection {
        Rejection(
            kind: .ownSource, line: rows[row].line, field: "source",
            value: text(rows[row].source),
            problem:
                "source is the log's own name, which no input can have (give the source a name "
                + "of its own)")
    }
}
