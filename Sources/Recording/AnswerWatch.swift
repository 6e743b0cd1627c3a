internal import EventModel
internal import Ingest
internal import Synchronization

/// Sees whether an input holds answers of people who are not to be known, on their way into a log or
/// among refused lines: its digest would tell them to whoever can guess the rest.
struct AnswerWatch<Sink: EventSink>: EventSink {
    var inside: Sink
    private let mayAnswer: [Bool]
    private let seen = Seen()

    /// Shared with what takes refused lines.
    private final class Seen: Sendable {
        let isTrue = Atomic(false)
    }

    init(_ inside: Sink, _ types: EventTypes) {
        self.inside = inside
        mayAnswer = types.schemas.map(\.mayAnswer)
    }

    func rehearsal() -> (any EventSink)? { inside.rehearsal() }

    var hasSeenAnswers: Bool { seen.isTrue.load(ordering: .relaxed) }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        if !hasSeenAnswers {
            let isAnswer = batch.rows.contains { row in
                mayAnswer[Int(row.type)] && EventTypes.isAnonymous(batch.text(row.subject))
            }
            if isAnswer { seen.isTrue.store(true, ordering: .relaxed) }
        }
        return try inside.append(batch, isStrict: isStrict)
    }

    /// What takes refused lines, with a look at each.
    func watching(_ rejects: RejectWriter?) -> RejectWriter {
        { [seen] rejection, line in
            if Self.tells(line) { seen.isTrue.store(true, ordering: .relaxed) }
            try rejects?(rejection, line)
        }
    }

    /// Whether a text speaks of such people's cases, well-formed or not.
    static func tells(_ text: Span<UInt8>) -> Bool {
        let kinds = EventTypes.anonymousKinds.map { Array($0.utf8) }
        return kinds.contains { kind in
            guard text.count >= kind.count else { return false }
            return (0...text.count - kind.count).contains { start in
                kind.indices.allSatisfy { text[start + $0] == kind[$0] }
            }
        }
    }
}
