import Definitions
import EventLog
import EventModel
import Foundation
import Shipped
import Testing
import Vault

@testable import Querying

@Suite("Profiles of a store: against replaying its profile events one by one, by seeds")
struct StoreProfilesTests {
    private struct Setting {
        var agent: String
        var time: Instant
        var fields: [String: String]
        /// The entry that says so, and the one that takes it back.
        var sequence: UInt32 = 0
        var voidedBy: UInt32?
    }

    private static let zone = TimeZoneRules(
        name: "Test/Seven", release: "1", transitions: [], offsetsSeconds: [7 * 3600])

    /// What was in force at a day's end, entry by entry.
    private func value(
        _ field: String, _ agent: String, _ day: Day, _ settings: [Setting], upTo count: UInt32
    ) -> String? {
        let counted = settings.filter {
            $0.sequence < count && ($0.voidedBy ?? .max) >= count && $0.agent == agent
                && Self.zone.day(of: $0.time) <= day && $0.fields[field] != nil
        }
        return counted.max { ($0.time, $0.sequence) < ($1.time, $1.sequence) }?.fields[field]
    }

    @Test("At every size of the log, on every day", arguments: 1...6 as ClosedRange<UInt64>)
    func replay(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let path =
            FileManager.default.temporaryDirectory.path + "/rekam-profiles-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        let log = try LogStore.create(
            at: path, origin: "test.example/desk", types: types,
            seed: [UInt8](repeating: 7, count: 32), salts: .counting())
        let start = try Instant(rfc3339: "2025-07-01T00:00:00Z")
        var settings: [Setting] = []
        var sequence: UInt32 = 0
        for _ in 0..<12 {
            var drafts: [EventDraft] = []
            for _ in 0..<Int.random(in: 1...30, using: &numbers) {
                let agent = "a\(Int.random(in: 0..<4, using: &numbers))"
                // Half hours meet midnight of the zone; repeats meet the same instant.
                let time = Instant(
                    milliseconds: start.milliseconds + 1_800_000
                        * Int64.random(in: 0..<480, using: &numbers))
                let standing = settings.indices.filter { settings[$0].voidedBy == nil }
                if let place = standing.randomElement(using: &numbers),
                    Int.random(in: 0..<6, using: &numbers) == 0
                {
                    settings[place].voidedBy = sequence
                    drafts.append(
                        EventDraft(
                            id: "v\(sequence)", source: "test", type: "event.voided",
                            subject: "agent/" + settings[place].agent, time: time,
                            fields: [
                                .init("source", .text("test")),
                                .init("id", .text("p\(settings[place].sequence)")),
                                .init("reason", .text("wrong")),
                            ]))
                } else if Bool.random(using: &numbers) {
                    var fields = ["department": "D\(Int.random(in: 0..<3, using: &numbers))"]
                    if Bool.random(using: &numbers) { fields["level"] = "\(sequence % 9)" }
                    if Int.random(in: 0..<9, using: &numbers) == 0 { fields["department"] = "" }
                    settings.append(
                        Setting(agent: agent, time: time, fields: fields, sequence: sequence))
                    drafts.append(
                        EventDraft(
                            id: "p\(sequence)", source: "test", type: "agent.profile_set",
                            subject: "agent/" + agent, time: time,
                            fields: fields.sorted { $0.key < $1.key }.map {
                                $0.key == "level"
                                    ? .init($0.key, .integer(Int64($0.value) ?? 0))
                                    : .init($0.key, .text($0.value))
                            }))
                } else {
                    drafts.append(
                        EventDraft(
                            id: "s\(sequence)", source: "test", type: "agent.state_changed",
                            subject: "agent/" + agent, time: time,
                            fields: [.init("state", .text("busy"))]))
                }
                sequence += 1
            }
            try log.appendOwn(drafts, recorded: start)
        }
        let counts = [0, 1, sequence / 3, sequence / 2, sequence - 1, sequence]
        try log.read { view in
            let shared = try SharedView(view)
            func profiles(_ kind: String) -> StoreProfiles? {
                StoreProfiles(of: kind, types: types, zone: Self.zone) { try $0(shared.view) }
            }
            #expect(profiles("ticket") == nil)
            let profiles = try #require(profiles("agent"))
            #expect(profiles.nameField == "name")
            for count in counts {
                for field in ["department", "level", "manager"] {
                    let history = try profiles.history(of: field, upTo: count)
                    for agent in 0..<4 {
                        for offset in -1..<13 {
                            let day = Self.zone.day(of: start).advanced(by: offset)
                            let found = history["a\(agent)"]?.value(on: day)
                            let wanted = value(
                                field, "a\(agent)", day, settings, upTo: count)
                            #expect(
                                found == wanted,
                                "seed \(seed): \(field) of a\(agent) on \(day) after \(count)")
                        }
                    }
                }
            }
        }
    }
}
