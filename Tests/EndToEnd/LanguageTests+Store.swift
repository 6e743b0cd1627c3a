import Foundation
import Testing

/// What the command lines name: definitions, schemas and events, in files beside a store.
extension LanguageTests {
    private static let cards = """
        scorecard: uji
        version: 1
        title: {en: Test, id: Uji}
        scope: company
        grain: month
        objectives: {puas: {en: Happy customers, id: Pelanggan puas}}
        rows:
          - {kpi: csat, weight: 60, target: {min: 80}, from: 2025-01, to: 2025-12, serves: puas}
          - {kpi: csat.count, weight: 40, target: {min: 5}, from: 2025-01, to: 2025-12, cap: none, serves: puas}
        """

    private static let kpi = """
        kpi: uji_kpi
        version: 1
        title: {en: Test, id: Uji}
        group: operational
        unit: duration
        better: lower
        value: mean(first_response.wait)
        statistics: {p90: p90(first_response.wait)}
        """

    private static let calendar = """
        calendar: meja
        version: 1
        title: {en: Desk, id: Meja}
        zone: Asia/Jakarta
        week: {monday-friday: 09:00-17:00}
        holidays:
          - {date: 2025-08-17, name: {en: Independence Day, id: Hari Kemerdekaan}}
        """

    /// A type of event; the second version takes other values and names.
    private static func schema(_ rest: String, _ fields: String) -> String {
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Kunjungan",
        "$ref": "cloudevent.json", "type": "object", \(rest)
        "properties": {"type": {"const": "visit.ended"}, "subject": {"pattern": "^visit/."},
        "data": {"type": "object", "properties": {\(fields),
        "note": {"type": "string", "maxLength": 50}}, "additionalProperties": false}}}
        """
    }

    /// A store with everything that the lines name.
    func made() throws -> Command {
        let command = try Command()
        let path = Command.root.appending(path: "Schemas/examples/second-reply.yaml").path
        let one = try String(contentsOfFile: path, encoding: .utf8)
        try command.file("one.yaml", one)
        let second = one.components(separatedBy: "---")[0].components(separatedBy: "examples:")[0]
            .replacing("version: 1", with: "version: 2")
        // Any message to the customer counts as the second, and the wait begins earlier.
        let parts = second.components(separatedBy: "  second: ")
        try command.file(
            "two.yaml",
            parts[0] + "  second: "
                + parts[1].replacing(", visibility: public, actor_kind: agent", with: "")
                .replacing("from: answer", with: "from: opened"))
        try command.file("cards.yaml", Self.cards)
        try command.file(
            "cards2.yaml", Self.cards.replacing("version: 1", with: "version: 2"))
        try command.file("kpi.yaml", Self.kpi)
        try command.file("kpi2.yaml", Self.kpi.replacing("version: 1", with: "version: 2"))
        try command.file("meja.yaml", Self.calendar)
        try command.file(
            "meja2.yaml",
            Self.calendar.replacing("version: 1", with: "version: 2").replacing(
                "week: {monday-friday: 09:00-17:00}",
                with: """
                    week: {monday-friday: 09:00-17:00}
                    changes:
                      - {from: 2025-06-01, week: {monday-friday: 08:00-17:00}}
                    """))
        try command.file("hasil.csv", "stratum,result\npagi,ok\npagi,ok\nsore,ok\nsore,error\n")
        try command.file("daftar.csv", "id,at\nD-1,2025-07-01T08:00:00Z\n")
        try command.file(
            "daftar.yaml",
            """
            mapping: daftar
            version: 1
            title: {en: List, id: Daftar}
            source: daftar
            times: {at: "{at}"}
            case: "ticket/{id}"
            at: at
            events:
              - {type: ticket.opened, data: {channel: email, origin: customer}}
            """)
        let minutes = #""minutes": {"type": "integer", "minimum": 0, "x-column": "integer"}"#
        func name(_ name: String) -> String {
            #""\#(name)": {"type": "string", "minLength": 1, "maxLength": 50, "x-column": "name"}"#
        }
        func end(_ words: String) -> String {
            #""end": {"type": "string", "enum": [\#(words)], "x-column": "enum"}"#
        }
        try command.file(
            "kunjungan.json",
            Self.schema("", [name("desk"), end(#""a", "b""#), minutes].joined(separator: ", ")))
        let done = #""done": {"type": "boolean", "x-column": "boolean"}"#
        try command.file(
            "kunjungan2.json",
            Self.schema(
                #""x-version": 2, "x-upcast": {"renamed": {"desk": "meja"}, "defaults": {"minutes": 5}},"#,
                [name("meja"), end(#""a", "b", "c""#), minutes, done].joined(separator: ", ")
            ).replacing(
                #""additionalProperties": false"#,
                with: #""required": ["minutes"], "additionalProperties": false"#))
        let result = try command.shell(
            """
            set -e
            rekam init > /dev/null
            rekam generate --events 600 --seed 11 > events
            rekam generate --events 100 --seed 12 --origin b > more
            rekam ingest events > /dev/null
            rekam facts first_response --period 2025 | sed -n 2p | cut -d, -f1 > case
            rekam log show 497 | grep -o '"subject":"[^"]*"' | cut -d'"' -f4 > voided
            echo "customer/$(grep -o '"customer":"[^"]*"' events | head -1 | cut -d'"' -f4)" > person
            grep -o '"subject":"agent/[^"]*"' events | head -1 | cut -d'"' -f4 > agent
            rekam log show 3 > 3.json; rekam proof 3 > 3.proof
            """)
        #expect(result.code == 0, "\(result)")
        return command
    }
}
