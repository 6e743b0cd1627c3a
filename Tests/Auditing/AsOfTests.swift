import Auditing
import EventLog
import EventModel
import Testing

@Suite("As of: what people type, and the entries it names")
struct AsOfTests {
    private let jakarta = TimeZoneRules(
        name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200])

    private func instant(_ text: String) throws -> AsOf {
        .recordedBy(try Instant(rfc3339: text))
    }

    @Test("Numbers, times and dates are read") func reads() throws {
        #expect(try AsOf("184203", zone: jakarta) == .entries(184_203))
        #expect(try AsOf("184,203", zone: jakarta) == .entries(184_203))
        #expect(try AsOf("184.203", zone: jakarta) == .entries(184_203))
        #expect(
            try AsOf("2025-08-05T09:00:00Z", zone: jakarta) == instant("2025-08-05T09:00:00Z"))
        #expect(
            try AsOf("2025-08-05T16:00:00+07:00", zone: jakarta) == instant("2025-08-05T09:00:00Z"))
        #expect(try AsOf("2025-08-05T16:00", zone: jakarta) == instant("2025-08-05T09:00:00Z"))
        #expect(try AsOf("2025-08-05 16:00:30", zone: jakarta) == instant("2025-08-05T09:00:30Z"))
        // A date is its whole day, in the store's zone.
        #expect(try AsOf("2025-08-05", zone: jakarta) == instant("2025-08-05T16:59:59.999Z"))
    }

    @Test(
        "What names no state is refused with what would",
        arguments: [
            "", "x", "-1", "18,42", "4294967296", "2025-13-01", "2025-08", "2025-08-05T25:00",
        ]
    )
    func refuses(text: String) {
        #expect {
            try AsOf(text, zone: jakarta)
        } throws: { error in
            "\(error)".contains("such as 2025-08-05")
        }
    }

    @Test("A time names the entries recorded by then, that moment included") func counts() throws {
        let audited = try AuditedLog(now: "2025-08-01T00:00:00Z")
        let first = try audited.entryCount
        for (number, day) in [3, 3, 5].enumerated() {
            audited.now = try Instant(rfc3339: "2025-08-0\(day)T10:00:00Z")
            try audited.record(
                "message.posted", "ticket/1", at: "2025-07-01T00:00:00Z", id: "\(number)",
                [
                    .init("direction", .text("in")), .init("visibility", .text("public")),
                    .init("actor_kind", .text("customer")),
                ])
        }
        func count(_ text: String) throws -> UInt32 {
            try audited.log.read { try AsOf(text, zone: jakarta).entryCount(in: $0) }
        }
        #expect(try count("2025-08-03T09:59:59.999Z") == first)
        #expect(try count("2025-08-03T10:00:00Z") == first + 2)
        #expect(try count("2025-08-04") == first + 2)
        #expect(try count("2025-08-05") == first + 3)
        #expect(try count("2030-01-01") == first + 3)
        #expect(try count("\(first + 1)") == first + 1)
        #expect(throws: AsOfFault.beyond(asked: first + 4, entries: first + 3)) {
            try count("\(first + 4)")
        }
        #expect(throws: AsOfFault.noEntries) { try count("0") }
        #expect {
            try count("2025-07-31")
        } throws: { error in
            "\(error)".contains("first entry was recorded at 2025-08-01T00:00:00.000Z")
        }
    }
}
