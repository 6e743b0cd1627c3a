import Foundation
import Testing

/// Method: a small store with tickets, costs in two currencies and answers of respondents; the same
/// question in every format.
@Suite("Formats: table, JSON and CSV say the same")
struct FormatsTests {
    private static func event(
        _ id: Int, _ type: String, _ subject: String, _ time: String, _ data: String
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"desk","type":"\(type)","subject":"\(subject)",\
        "time":"\(time)","data":{\(data)}}

        """
    }

    private func desk() throws -> Command {
        let command = try Command()
        let reply = #""direction":"out","visibility":"public","actor_kind":"agent","actor":"#
        var text = ""
        text += Self.event(
            1, "ticket.opened", "ticket/1", "2025-07-01T02:00:00Z",
            #""channel":"email","origin":"customer","agent":"ani","customer":"k-1""#)
        text += Self.event(
            2, "message.posted", "ticket/1", "2025-07-01T04:00:00Z", reply + #""ani""#)
        text += Self.event(
            3, "call.queued", "call/1", "2025-07-02T02:00:00Z",
            #""channel":"phone","customer":"k-1""#)
        text += Self.event(
            4, "call.answered", "call/1", "2025-07-02T02:01:00Z", #""agent":"budi""#)
        text += Self.event(
            5, "call.ended", "call/1", "2025-07-02T02:05:00Z", #""outcome":"handled""#)
        text += Self.event(
            6, "cost.recorded", "agent/ani", "2025-07-03T02:00:00Z",
            #""amount":1500,"currency":"IDR","agent":"ani""#)
        text += Self.event(
            7, "cost.recorded", "agent/budi", "2025-07-03T02:00:00Z",
            #""amount":20,"currency":"USD","agent":"budi""#)
        text += Self.event(
            8, "survey.sent", "ticket/1", "2025-07-20T02:00:00Z",
            #""survey":"s","kind":"csat","valid_days":14,"agent":"ani""#)
        text += Self.event(
            9, "survey.answered", "ticket/1", "2025-07-21T02:00:00Z",
            #""survey":"s","kind":"csat","score":5,"scale_minimum":1,"scale_maximum":5"#)
        for index in 0..<16 {
            // Four in the small team, five in the middle one, seven in the large one.
            let team = index < 4 ? "small" : index < 9 ? "middle" : "large"
            text += Self.event(
                100 + index, "survey.answered", "respondent/\(index)", "2025-07-10T02:00:00Z",
                #""survey":"e","kind":"enps","score":9,"team":"\#(team)""#)
        }
        try command.file("events.ndjson", text)
        let made = try command.shell(
            """
            export REKAM_NOW=2025-08-01T05:00:00Z
            rekam init --time-zone Asia/Jakarta > /dev/null && rekam ingest events.ndjson --lang id
            rekam status --lang id
            """)
        #expect(made.code == 0, "\(made)")
        for piece in [
            "Diterima 25\n", "Proyeksi mutakhir: ", "Penyimpanan", "25 diterima",
            "0 baris dalam 24 jam",
            "Diverifikasi", "mutakhir\n",
        ] { #expect(made.out.contains(piece), "\(piece) in \(made.out)") }
        return command
    }

    private func query(_ words: String, _ command: Command) throws -> [String] {
        let result = try command.shell(
            "export REKAM_NOW=2025-08-01T05:00:00Z; rekam query \(words) --period 2025-07")
        #expect(result.code == 0, "\(result)")
        return result.out.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
    }

    @Test("What was not counted is 0, what can't be divided has no value, in every format")
    func nothing() throws {
        let command = try desk()
        let kpis = "ticket_volume first_response_time --by agent"
        let table = try query(kpis, command)
        #expect(table.contains { $0.hasPrefix("ani") && $0.contains("1") && $0.contains("2h 00m") })
        let calls = try query("replies_sent reply_time calls_resolved --by agent", command)
        #expect(
            calls.contains { $0.split(separator: " ").prefix(4) == ["budi", "0", "–", "0"] },
            "\(calls)")
        let csv = try query("replies_sent reply_time --by agent --format csv", command)
        #expect(
            csv == [
                "kpi,period,agent,value,unit,currency,numerator,denominator,count,reason,status,calendars",
                "replies_sent,2025-07,ani,1,count,,1,1,1,,settled,",
                "reply_time,2025-07,ani,7200,duration,,7200,1,1,,settled,",
            ])
        let both = try query("customers_handled calls_resolved --by agent --format csv", command)
        // A call may end a day after it was answered.
        #expect(
            both.contains("calls_resolved,2025-07,ani,0,count,,0,1,0,,provisional,"), "\(both)")
        let json = try query("customers_handled calls_resolved --by agent --format json", command)
        #expect(
            json.contains {
                $0.contains(#""kpi": "calls_resolved""#) && $0.contains(#""agent": "ani""#)
                    && $0.contains(#""value": 0, "#)
            }, "\(json)")
        // One customer, by ticket and by call.
        #expect(
            json.contains {
                $0.contains(#""kpi": "customers_handled", "period": "2025-07", "value": 1,"#)
            }, "\(json)")
    }

    @Test("Money says its currency, business time its calendar, an open survey that it is open")
    func basis() throws {
        let command = try desk()
        let money = try query("total_cost --by agent --format csv", command)
        // What July cost may be told for a year.
        #expect(
            money.contains("total_cost,2025-07,ani,1500,money,IDR,1500,1,1,,provisional,"),
            "\(money)")
        #expect(
            money.contains("total_cost,2025-07,budi,20,money,USD,20,1,1,,provisional,"),
            "\(money)")
        let wall = try query("first_response_time", command)
        #expect(!wall[0].contains("calendar"), "\(wall)")
        let business = try query("first_response_time_business --lang id", command)
        #expect(business[0].contains("kalender indonesia@1"), "\(business)")
        let json = try query("first_response_time_business --format json", command)
        #expect(json.contains(#"  "calendars": {"indonesia": 1},"#), "\(json)")
        let plain = try query("first_response_time --format json", command)
        #expect(plain.contains(#"  "calendars": {},"#), "\(plain)")
        let csv = try query("first_response_time_business --format csv", command)
        #expect(csv.last?.hasSuffix(",settled,indonesia@1") == true, "\(csv)")
        // Sent on 20 July for 14 days, and answered on the 21st; who was not asked has 14 days, too.
        let open = try query("csat --format csv", command)
        #expect(open.last?.contains(",1,,provisional,") == true, "\(open)")
        let days = try query("csat survey_response_rate", command)
        #expect(
            days.contains { $0.contains("July 2025 may still change until 15 August") }, "\(days)")
        let early = try query("first_response_time --format csv", command)
        #expect(early.last?.hasSuffix(",settled,") == true, "\(early)")
    }

    @Test("No format gives a small team away, and each says why it is silent") func withheld()
        throws
    {
        let command = try desk()
        let csv = try query("enps --by team --format csv", command)
        #expect(
            csv.dropFirst() == [
                "enps,2025-07,large,100,score,,700,7,7,,settled,",
                "enps,2025-07,middle,100,score,,500,5,5,,settled,",
                "enps,2025-07,small,,score,,,,,withheld,settled,",
            ])
        let table = try query("enps --by team", command)
        #expect(table.contains { $0.hasPrefix("small") && $0.contains("fewer than 5 people") })
        let markdown = try query("enps --by team --format markdown --lang id", command)
        #expect(
            markdown.contains { $0.contains("small") && $0.contains("kurang dari 5 orang") },
            "\(markdown)")
        // The small team is in no total either, from which it could be taken.
        let all = try query("enps --format csv", command)
        #expect(all.last == "enps,2025-07,100,score,,1200,12,12,,settled,", "\(all)")
    }

    @Test("For a spreadsheet no text begins a formula, with --raw it is there byte for byte")
    func rawTexts() throws {
        let command = try Command()
        try command.file(
            "events",
            Self.event(
                1, "cost.recorded", "agent/a", "2025-07-03T02:00:00Z",
                #""amount":15,"currency":"IDR","team":"=1+1; \"x\"""#))
        let result = try command.shell(
            """
            rekam init > /dev/null; rekam ingest events > /dev/null
            for more in "" --raw; do
                rekam query total_cost --by team --period 2025-07 --format csv $more | tail -1
                rekam facts cost --period 2025-07 $more | tail -1
                rekam projection cells cost $more | tail -1
            done
            rekam query total_cost --period 2025-07 --raw
            """)
        let lines = result.out.split(separator: "\r\n")
        #expect(lines.count == 6 && result.code == 64, "\(result)")
        for (place, line) in lines.enumerated() {
            let cell = place < 3 ? "\"'=1+1; \"\"x\"\"\"" : "\"=1+1; \"\"x\"\"\""
            #expect(line.contains(cell), "\(line)")
        }
        #expect(result.error.contains("--raw is about CSV"), "\(result)")
    }
}
