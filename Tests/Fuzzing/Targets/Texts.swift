import EventModel
import Foundation
import Ingest
import Shipped

extension FuzzTarget {
    /// Times, periods, JSON and what is written in it.
    static let texts: [FuzzTarget] = [
        FuzzTarget(
            "time",
            seeds: {
                bytes([
                    "2025-07-14T08:12:00Z", "2025-07-14T08:12:00.123456+07:00",
                    "2016-12-31t23:59:60z", "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59.999Z",
                ])
            },
            read: { input in
                guard let instant = try? Instant(rfc3339: text(input)) else { return false }
                let written = instant.rfc3339
                guard let again = try? Instant(rfc3339: written) else {
                    fatalError("\(written) is not read again")
                }
                precondition(again == instant, "\(written) is another instant")
                return true
            }),
        FuzzTarget(
            "period",
            seeds: {
                bytes(
                    [
                        "2025", "2025-H1", "2025-Q3", "2025-07", "2025-W29", "2025-07-14",
                        "2025-01..2025-Q4", "9999-12-31", "0001-W01",
                    ] + Period.relativeWords)
            },
            read: { input in
                guard let period = try? Period(text(input), today: Day(number: 20_283)) else {
                    return false
                }
                precondition(period.first.start < period.last.end, "an empty period")
                for language in [period.label(in: .english), period.label(in: .indonesian)] {
                    precondition(!language.isEmpty, "a period without a name")
                }
                let again = try? Period("\(period)", today: Day(number: 20_283))
                precondition(again == period, "\(period) is another period when read again")
                return true
            }),
        FuzzTarget(
            "json",
            seeds: {
                bytes([
                    #"{"a":[1,-2.5e3,true,null,"é\u00e9\ud83d\ude00"],"b":{"c":{}}}"#,
                    #"[[[[[[]]]]]]"#, #""\ud800""#, "9007199254740993", "-0", "1E400",
                ]) + vectors()
            },
            read: { input in
                guard let value = try? JSONValue(parsing: input.span),
                    let canonical = value.canonical
                else { return false }
                guard let again = try? JSONValue(parsing: canonical.span) else {
                    fatalError("canonical JSON is not read again: \(text(canonical))")
                }
                precondition(again.canonical == canonical, "canonical JSON changes: \(text(input))")
                return true
            }),
        FuzzTarget(
            "zone-body",
            seeds: {
                bytes([
                    #"{"name":"A","offsets":[25200,3600],"release":"2025b","transitions":[0]}"#,
                    #"{"name":"A","offsets":[0],"release":"x","transitions":[]}"#,
                    #"{"name":"B","offsets":[0],"release":"x","rule":"CET-1CEST,M3.5.0,M10.5.0/3","#
                        + #""transitions":[]}"#,
                ])
            },
            read: { input in
                guard let zone = TimeZoneRules(body: text(input)) else { return false }
                precondition(TimeZoneRules(body: zone.body)?.body == zone.body)
                return dates(zone)
            }),
        FuzzTarget(
            "tzif",
            seeds: {
                ["Asia/Jakarta", "America/New_York", "Africa/Casablanca", "Asia/Gaza", "UTC"]
                    .compactMap {
                        FileManager.default.contents(atPath: "/usr/share/zoneinfo/" + $0)
                    }.map(Array.init)
            },
            read: { input in
                guard
                    let zone = try? TimeZoneRules(name: "Fuzz/Zone", release: "x", tzif: input)
                else { return false }
                precondition(TimeZoneRules(body: zone.body) != nil, "a zone that is no zone")
                return dates(zone)
            }),
        FuzzTarget(
            "event-schema", seeds: { bytes(Shipped.texts(in: "events").map(\.text)) },
            read: { input in
                guard let schema = try? EventSchema(jsonSchema: text(input)) else { return false }
                precondition(!schema.type.isEmpty)
                return true
            }),
    ]

    /// A zone puts every instant on a day, and no later instant on an earlier day than a day's change
    /// of offset explains.
    @Sendable private static func dates(_ zone: TimeZoneRules) -> Bool {
        for instant in [.earliest, Instant(milliseconds: 1_752_450_000_000), .latest] {
            let local = zone.localMilliseconds(of: instant)
            precondition(abs(local - instant.milliseconds) <= 2 * 86_400_000, "an offset of days")
            precondition(
                abs(Int64(zone.day(of: instant).number) * 86_400_000 - local) <= 86_400_000,
                "the day is another one's")
        }
        return true
    }

    /// The parsing vectors beside the repository; none where they are not there.
    static func vectors() -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../shared/vectors/json-parsing").standardizedFileURL
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }.compactMap { try? Data(contentsOf: $0) }
            .map(Array.init)
    }
}
