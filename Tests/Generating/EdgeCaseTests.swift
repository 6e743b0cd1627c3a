import EventModel
import Testing

@testable import Generating

extension GeneratedLine {
    /// What follows `"field":`, up to the next comma or brace; nil where the field is not there.
    private func raw(_ field: String) -> Substring? {
        let text = String(decoding: data, as: UTF8.self)
        guard let place = text.firstRange(of: "\"\(field)\":") else { return nil }
        return text[place.upperBound...].prefix { $0 != "," && $0 != "}" }
    }

    /// A whole number.
    fileprivate func number(_ field: String) -> Int? { raw(field).flatMap { Int($0) } }

    /// Whether a field is there.
    fileprivate func has(_ field: String) -> Bool { raw(field) != nil }

    /// Whether a field is true; false where it is not there.
    fileprivate func isTrue(_ field: String) -> Bool { raw(field) == "true" }
}

/// Whether generated logs hold the cases that definitions stumble over, counted in one year.
@Suite("Generated edge cases: counted")
struct EdgeCaseTests {
    private func lines(_ type: String) throws -> [GeneratedLine] {
        try EventGeneratorTests.year.get().filter { $0.type == type }
    }

    @Test func `openings are voided, and whole tickets with them`() throws {
        let openings = Set(try lines("ticket.opened").map(\.id))
        let voided = try lines("event.voided").filter { openings.contains($0.text("id") ?? "") }
        #expect(voided.count > 5)
    }

    @Test func `customers leave and come back, within the month and later`() throws {
        var left: [String: String] = [:]
        var days: [Int64] = []
        for line in try EventGeneratorTests.year.get().sorted(by: { $0.time < $1.time }) {
            if line.type == "customer.churned" { left[line.subject] = line.time }
            guard line.type == "customer.subscribed",
                let since = left.removeValue(forKey: line.subject)
            else { continue }
            let gap =
                try Instant(rfc3339: line.time).milliseconds
                - Instant(rfc3339: since).milliseconds
            days.append(gap / 86_400_000)
        }
        #expect(days.count { $0 < 20 } >= 10, "\(days)")
        #expect(days.count { $0 > 40 } >= 3, "\(days)")
    }

    @Test func `surveys are sent again, answered twice, late, and on other scales`() throws {
        var sent: [String: Int] = [:]
        for line in try lines("survey.sent") where line.subject.hasPrefix("ticket/") {
            sent[line.subject, default: 0] += 1
        }
        #expect(sent.values.count { $0 > 1 } >= 10)
        var answers: [String: Int] = [:]
        var scales: Set<Int> = []
        for line in try lines("survey.answered") {
            answers[line.subject + " \(line.number("question") ?? 0)", default: 0] += 1
            scales.insert(line.number("scale_maximum") ?? 0)
        }
        #expect(answers.values.count { $0 > 1 } >= 10)
        #expect(scales.isSuperset(of: [0, 5, 7, 8, 10]), "\(scales.sorted())")
    }

    @Test func `pulses have several questions, some more than a pulse may`() throws {
        let questions = try lines("survey.answered").filter { $0.text("kind") == "pulse" }
            .compactMap { $0.number("question") }
        #expect(Set(questions).isSuperset(of: [1, 2, 3, 4]))
        #expect(questions.count > 50)
        let scores = try lines("survey.answered").filter { $0.text("kind") == "enps" }
            .compactMap { $0.number("score") }
        #expect(scores.allSatisfy { (1...10).contains($0) } && scores.contains(10))
    }

    @Test func `calls are handed on to a second agent, and followed up`() throws {
        var answered: [String: Int] = [:]
        for line in try lines("call.answered") { answered[line.subject, default: 0] += 1 }
        #expect(answered.values.count { $0 > 1 } >= 20)
        #expect(try lines("call.followed_up").count >= 10)
        let unsaid = try lines("call.ended").filter {
            $0.text("outcome") == "handled" && !$0.has("resolved")
        }
        #expect(unsaid.count >= 10)
    }

    @Test func `targets pause for the customer, for others, for both and for nothing`() throws {
        var pauses: [String: Int] = [:]
        for line in try lines("sla.applied") {
            let key = "\(line.isTrue("pauses_pending")) \(line.isTrue("pauses_hold"))"
            pauses[key, default: 0] += 1
        }
        #expect(pauses.count == 4 && pauses.values.allSatisfy { $0 > 50 }, "\(pauses)")
    }

    @Test func `money comes in currencies, over odd ranges, and is taken back`() throws {
        let costs = try lines("cost.recorded")
        #expect(costs.contains { $0.text("currency") == "USD" })
        #expect(costs.contains { ($0.number("amount") ?? 0) < 0 })
        let overtime = costs.filter { $0.text("category") == "lembur" }
        #expect(overtime.count > 3)
        #expect(
            overtime.contains { $0.text("from_day")?.dropLast(3) != $0.text("to_day")?.dropLast(3) }
        )
        #expect(try lines("customer.purchased").contains { $0.text("currency") == "SGD" })
    }
}
