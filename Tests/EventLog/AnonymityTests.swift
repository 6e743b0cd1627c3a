import EventLog
import EventModel
import Testing

/// Method: answers of respondents are given to the log again with every other score.
@Suite("Answers of respondents in the log")
struct AnonymityTests {
    let folder = StoreFolder()

    private func answer(
        _ id: String, _ person: String = "respondent/R1", score: Int64 = 7, kind: String = "enps",
        type: String = "survey.answered"
    ) -> EventDraft {
        EventDraft(
            id: id, source: "test", type: type, subject: person,
            time: Instant(milliseconds: 1_700_000_000_000),
            fields: [
                .init("survey", .text("e")), .init("kind", .text(kind)),
                .init("score", .integer(score)),
            ])
    }

    @Test("What comes again under an answer's source and id is there already, whatever it says")
    func guesses() throws {
        let store = try LogStore.make(in: folder)
        try store.record([answer("a"), answer("b", score: 3)])
        for score in Int64(0)...10 {
            let outcome = try store.record([
                answer("a", score: score), answer("a", "respondent/R2", score: score),
                answer("c", score: score), answer("c", score: score + 1),
            ])
            #expect(outcome.rejections.isEmpty)
            #expect(outcome.duplicates == (score == 0 ? 3 : 4))
        }
        try #expect(store.read { $0.entryCount } == 3)
    }

    @Test("Another event under an answer's source and id is refused, and tells nothing of it")
    func others() throws {
        let store = try LogStore.make(in: folder)
        try store.record([answer("a"), answer("t", "ticket/T-1", kind: "csat")])
        var voiding = void("a", of: "x")
        voiding.subject = "respondent/R1"
        let outcome = try store.record([
            message("a"), answer("a", "ticket/T-1"), voiding,
            // Nor is an answer compared with what was sent in before it.
            answer("t", kind: "csat"),
            answer("n"), message("n"),
        ])
        #expect(outcome.accepted == 1)
        #expect(outcome.rejections.map(\.row) == [0, 1, 2, 3, 5])
        for (_, rejection) in outcome.rejections {
            #expect(rejection.kind == .conflict && rejection.recorded == nil)
            #expect(rejection.field.isEmpty && rejection.value.isEmpty)
        }
        // A ticket's survey is compared as everything else.
        let ticket = try store.record([answer("t", "ticket/T-1", score: 1, kind: "csat")])
        #expect(ticket.rejections.first?.rejection.field == "data.score")
    }

    @Test("A voided answer leaves its source and id to another one")
    func voided() throws {
        let store = try LogStore.make(in: folder)
        var voiding = void("v", of: "a")
        voiding.subject = "respondent/R1"
        try #expect(store.record([answer("a"), voiding]).accepted == 2)
        try #expect(store.record([answer("a")]).duplicates == 1)
        try #expect(store.record([answer("a", score: 8)]).accepted == 1)
        try #expect(store.record([answer("a", score: 9)]).duplicates == 1)
    }
}
