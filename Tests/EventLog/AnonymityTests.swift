import EventLog
import EventModel
import Foundation
import Testing
import Vault

/// Method: answers of respondents are given to the log again with every other score, and their entries
/// are read back, formed again and recorded in another log.
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

    @Test("An answer that its source took back can't be guessed by sending others under its id")
    func voided() throws {
        let store = try LogStore.make(in: folder)
        var voiding = void("v", of: "a")
        voiding.subject = "respondent/R1"
        try #expect(store.record([answer("a"), voiding]).accepted == 2)
        try #expect(store.record([answer("a")]).duplicates == 1)
        try #expect(store.record([answer("a", score: 8)]).duplicates == 1)
        try #expect(store.record([answer("b", score: 8)]).accepted == 1)
    }

    @Test("Entries of answers are salted, each anew, and no other entry is")
    func salts() throws {
        let store = try LogStore.make(in: folder, salts: .counting(from: 3))
        let invitation = EventDraft(
            id: "i", source: "test", type: "survey.sent", subject: "respondent/R1",
            time: Instant(milliseconds: 1_700_000_000_000),
            fields: [.init("survey", .text("e")), .init("kind", .text("enps"))])
        try store.record(
            [invitation, message("m")] + (0..<300).map { answer("a\($0)") }
                + [answer("t", "ticket/T-1", kind: "csat")])
        var found: Set<String> = []
        try store.read { view in
            for sequence in 0..<view.entryCount {
                let entry = try view.entry(sequence)
                let json = try JSONValue(parsing: entry.span)
                #expect(json.canonical == entry)
                guard case .string(let salt)? = json["rekamsalt"] else { continue }
                #expect(salt.utf8.count == 22)
                #expect(try view.isAnswer(sequence))
                found.insert(salt)
            }
            try #expect(view.answers(upTo: view.entryCount) == Array(2..<302))
            try #expect(view.answers(upTo: 3) == [2])
        }
        #expect(found.count == 300)
        try #expect(store.verify() == nil)
    }

    @Test("Salted entries are recorded anew to the same bytes, and salts that are none are refused")
    func again() throws {
        let store = try LogStore.make(in: folder, salts: .counting(from: 4))
        try store.record(
            (0..<40).map { $0 % 3 == 0 ? message("\($0)") : answer("\($0)", "respondent/R\($0)") })
        var back = EventBatch()
        var validator = EventValidator(shippedTypes)
        var entries: [[UInt8]] = []
        try store.read { view in
            for sequence in 0..<view.entryCount {
                let entry = try view.entry(sequence)
                entries.append(entry)
                if sequence == 20 {
                    // A row that is taken back takes its salt along.
                    let before = back.mark
                    _ = try validator.admit(entry: entry.span, into: &back)
                    back.goBack(to: before)
                }
                let marks = try validator.admit(entry: entry.span, into: &back)
                var formed: [UInt8] = []
                back.appendEntry(back.rows[Int(sequence)], marks, to: &formed)
                #expect(formed == entry)
            }
        }
        let other = StoreFolder()
        let copy = try LogStore.make(in: other, salts: .none)
        back.isLogsOwn = true
        try #expect(
            copy.append(back, recorded: Instant(milliseconds: 1_750_000_000_000)).accepted == 40)
        try #expect(copy.read { $0.root } == store.read { $0.root })
        let text = String(decoding: entries[1], as: UTF8.self)
        let salt = try #require(text.range(of: "\"rekamsalt\":\""))
        let wrong = ["", "A", String(repeating: "A", count: 21) + "B", "AAAAAAAAAAAAAAAAAAAAA="]
        for value in wrong {
            let end = text.index(salt.upperBound, offsetBy: 22)
            let changed = text.replacingCharacters(in: salt.upperBound..<end, with: value)
            #expect(throws: Rejection.self) {
                try validator.admit(entry: Array(changed.utf8).span, into: &back)
            }
        }
    }
}
