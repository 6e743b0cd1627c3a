import Definitions
import EventLog
import EventModel
import Foundation
import Ingest
import Projections
import Querying
import Recording
import Testing

/// Law 2 as files tell it: every row says how its case stands, whatever rows around it have said, and what
/// is said again changes nothing.
///
/// Method: random histories of tickets and agents, of which most rows repeat most of what was so already,
/// and another system's rows between them. They are handed to stores of their own whole, cut anywhere, in any
/// order and with overlaps, and every KPI is asked of each. No two systems speak at one instant, so that
/// recording decides nothing.
@Suite("Rows that say again what is so: the same figures, however a history is packed")
struct MappedHistoryTests {
    private static let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] != nil

    /// An export: rows and the mapping that reads them.
    private struct Export {
        var mapping: String
        var header: String
        var rows: [String]
    }

    private static func mapping(_ source: String, _ subject: String, _ events: String) -> String {
        """
        mapping: m
        source: \(source)
        time: {format: "yyyy-MM-dd HH:mm:ss", zone: UTC}
        times: {t: "{when}"}
        case: "\(subject)/{id}"
        at: t
        order: n
        events:
        \(events)
        """
    }

    private static let desk = mapping(
        "desk", "ticket",
        """
          - {type: ticket.opened, first: true, data: {origin: customer, channel: "{channel}"}}
          - type: ticket.assigned
            changed: [agent, team]
            data: {agent: {from: "{agent}", missing: ""}, team: "{team}"}
          - type: ticket.attributes_set
            changed: [channel, priority]
            data: {channel: "{channel}", priority: "{priority}"}
          - type: ticket.status_changed
            when: {status: resolved, reply: "yes"}
            data: {status: resolved, resolution: solved}
          - type: ticket.status_changed
            changed: [status]
            data: {status: "{status}", actor: "{agent}", actor_kind: agent}
          - type: ticket.escalated
            changed: [to_level, to_team]
            data: {trigger: agent, to_level: "{level}", to_team: "{towards}"}
          - type: message.posted
            when: {reply: "yes"}
            data: {direction: out, visibility: public, actor_kind: agent, actor: "{agent}"}
        """)

    private static let router = mapping(
        "router", "ticket",
        """
          - {type: ticket.assigned, changed: [team], data: {team: "{team}"}}
          - {type: ticket.attributes_set, changed: [priority], data: {priority: "{priority}"}}
          - {type: ticket.status_changed, changed: [status], data: {status: "{status}"}}
          - {type: ticket.escalated, changed: [to_level], data: {trigger: system, to_level: "{level}"}}
        """)

    private static let staff = mapping(
        "staff", "agent",
        """
          - type: agent.profile_set
            changed: [role, team, level, manager]
            data: {role: "{role}", team: "{team}", level: "{level}", manager: "{manager}"}
        """)

    /// A time on a July day, `step` minutes after it began.
    private static func time(_ step: Int, _ seconds: String) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (day, minute) = (step / 1440 + 1, step % 1440)
        return "2025-07-\(two(day)) \(two(minute / 60)):\(two(minute % 60)):\(seconds)"
    }

    /// Rows of some cases, each the state after an update: of the fields' values few change at a time.
    private static func rows(
        _ count: Int, cases: [String], seconds: String, _ values: [[String]],
        _ random: inout Seeded
    ) -> [String] {
        var stands = cases.map { _ in values.map { $0[random.below($0.count)] } }
        var counts = cases.map { _ in 0 }
        var step = 0
        return (0..<count).map { _ in
            step += [0, 0, 1, 45, 700][random.below(5)]
            let place = random.below(cases.count)
            counts[place] += 1
            for field in values.indices where random.below(4) == 0 {
                stands[place][field] = values[field][random.below(values[field].count)]
            }
            return ([cases[place], time(step, seconds), "\(counts[place])"] + stands[place])
                .joined(separator: ",")
        }
    }

    private static func history(_ random: inout Seeded) -> [Export] {
        let tickets = ["1", "2", "3", "4"]
        let agents = ["Ana", "Budi", "Citra"]
        let states = ["new", "open", "pending", "hold", "resolved", "closed"]
        let people = rows(
            30, cases: agents, seconds: "10",
            [
                ["junior", "senior"], ["north", "south", ""], ["1", "2", ""], ["Dewi", "Eka", ""],
            ],
            &random)
        let audit = rows(
            90, cases: tickets, seconds: "00",
            [
                agents + [""], ["north", "south", ""], ["email", "phone"], ["low", "high", ""],
                states, ["", "1", "2"], ["", "third"], ["", "", "yes"],
            ], &random)
        let routed = rows(
            40, cases: tickets, seconds: "30",
            [
                ["north", "west", ""], ["high", "urgent", ""], ["", "open", "resolved"],
                ["", "1", "3"],
            ],
            &random)
        return [
            Export(mapping: staff, header: "id,when,n,role,team,level,manager", rows: people),
            Export(
                mapping: desk,
                header: "id,when,n,agent,team,channel,priority,status,level,towards,reply",
                rows: audit),
            Export(mapping: router, header: "id,when,n,team,priority,status,level", rows: routed),
        ]
    }

    // MARK: Packages

    /// The exports cut into files: in the order of their rows or none, with neighbours' rows or without, and
    /// the files of all of them in any order.
    private static func packed(
        _ exports: [Export], shuffled: Bool, overlapping: Bool, _ random: inout Seeded
    ) -> [Export] {
        var files: [Export] = []
        for export in exports {
            let rows = shuffled ? export.rows.shuffled(using: &random) : export.rows
            let cuts = ([0, rows.count] + (0..<3).map { _ in random.below(rows.count) }).sorted()
            for (from, to) in zip(cuts, cuts.dropFirst()) where from < to {
                let more = overlapping ? random.below(20) : 0
                let part = rows[max(0, from - more)..<min(rows.count, to + more)]
                files.append(
                    Export(mapping: export.mapping, header: export.header, rows: Array(part)))
            }
        }
        return files.shuffled(using: &random)
    }

    /// Every KPI of a store that was handed the files, by what it can be split by.
    private func figures(_ files: [Export]) throws -> [String: [String]] {
        let audited = try AuditedLog(now: "2025-08-20T00:00:00Z")
        let now = audited.now
        for file in files {
            let mapping = try Mapping.read(
                file.mapping, file: "m.yaml",
                in: MappingSurroundings(types: AuditedLog.types, storeZone: .utc))
            let csv = ([file.header] + file.rows).joined(separator: "\n") + "\n"
            let outcome = try Import(into: audited.log, clock: { now }).run(
                InputSource(bytes: Array(csv.utf8), name: "m.csv"), through: mapping)
            #expect(outcome.counts.refused == 0, "\(outcome.refusals)")
        }
        try audited.catchUp()
        let projections = try ProjectionStore(log: audited.log)
        return try audited.log.read { view in
            let context = try StoreState(view, of: audited.log, projections: projections)
            var found: [String: [String]] = [:]
            for kpi in context.kpiNames {
                for by in [[], ["agent"], ["team"], ["channel"], ["agent.level"]] {
                    let request = QueryRequest(
                        kpis: [kpi], by: by, period: "2025-07", grain: by.isEmpty ? "day" : nil)
                    guard let answer = try? context.answer(request) else { continue }
                    found["\(kpi) \(by)"] = (answer.rows + answer.totals).map { "\($0)" }
                }
            }
            return found
        }
    }

    @Test(
        "All KPIs by agent, team, channel and level of the agent are equal",
        arguments: 1...(isThorough ? 12 : 2) as ClosedRange<UInt64>)
    func packages(seed: UInt64) throws {
        var random = Seeded(seed)
        let exports = Self.history(&random)
        let expected = try figures(exports)
        #expect(expected.count > 200)
        let reversed = exports.reversed().map { export in
            Export(mapping: export.mapping, header: export.header, rows: export.rows.reversed())
        }
        var packages = [reversed]
        for (shuffled, overlapping) in [(false, false), (false, true), (true, false), (true, true)]
        {
            packages.append(
                Self.packed(exports, shuffled: shuffled, overlapping: overlapping, &random))
        }
        for (number, files) in packages.enumerated() {
            let found = try figures(files)
            let different = expected.keys.filter { expected[$0] != found[$0] }.sorted()
            #expect(different.count == 0, "seed \(seed), package \(number): \(different.prefix(5))")
            for name in different.prefix(1) { #expect(found[name] == expected[name], "\(name)") }
        }
    }

    @Test(
        "Rows that only repeat how a case stands change no KPI",
        arguments: 1...2 as ClosedRange<UInt64>)
    func repeated(seed: UInt64) throws {
        var random = Seeded(seed + 40)
        var exports = Array(Self.history(&random).dropLast())
        func change(_ rows: [String], _ change: ([String]) -> [[String]]) -> [String] {
            rows.flatMap { row in
                change(row.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
                    .map { $0.joined(separator: ",") }
            }
        }
        // A row that escalates a ticket to one team and gives it to another says two things in turn.
        exports[1].rows = change(exports[1].rows) { fields in
            [fields.enumerated().map { $0.offset == 9 ? "" : $0.element }]
        }
        let expected = try figures(exports)
        for place in exports.indices {
            exports[place].rows = change(exports[place].rows) { fields in
                var (told, again) = (fields, fields)
                let number = Int(fields[2]) ?? 0
                (told[2], again[2]) = ("\(2 * number)", "\(2 * number + 1)")
                // A reply is no state.
                if place == 1 { again[10] = "" }
                return [told, again]
            }
        }
        let found = try figures(exports)
        let different = expected.keys.filter { expected[$0] != found[$0] }.sorted()
        #expect(different.count == 0, "seed \(seed): \(different.prefix(5))")
        for name in different.prefix(1) { #expect(found[name] == expected[name], "\(name)") }
    }
}
