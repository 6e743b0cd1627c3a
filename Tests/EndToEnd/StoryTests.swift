import Foundation
import Testing

/// Method: a quarter is recorded and closed, a late ticket and a withdrawal come, and the auditor's
/// questions are typed: old figure, new figure, the events between, the proof that they are in the
/// log. The figures are worked out by hand: two hours and one hour before; two and eight after.
@Suite("A quarter, closed and questioned")
struct StoryTests {
    private func event(
        _ id: String, _ type: String, _ ticket: String, _ time: String, _ data: String
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"desk","type":"\(type)",\
        "subject":"ticket/\(ticket)","time":"\(time)","data":{\(data)}}
        """ + "\n"
    }

    private func ticket(_ number: Int, agent: String, from: String, to: String) -> String {
        event(
            "o\(number)", "ticket.opened", "T-\(number)", from,
            "\"channel\":\"email\",\"origin\":\"customer\",\"agent\":\"\(agent)\"")
            + event(
                "m\(number)", "message.posted", "T-\(number)", to,
                "\"direction\":\"out\",\"visibility\":\"public\",\"actor_kind\":\"agent\","
                    + "\"actor\":\"\(agent)\"")
    }

    @Test("The restatements of every month are listed on an ordinary year")
    func restatements() throws {
        let command = try Command()
        let result = try command.shell(
            """
            rekam init > /dev/null
            rekam generate --events 3000 --seed 5 --late 10 > all
            head -2000 all > a; tail -1000 all > b; rekam ingest a > /dev/null
            for m in 01 02 03 04 05 06 07 08; do rekam period close 2025-$m > /dev/null; done
            rekam ingest b > /dev/null
            for m in 01 02 03 04 05 06 07 08; do
                rekam period restatements 2025-$m > list; code=$?
                grep -q "Nothing in\\|Why" list && echo "$m $code"
            done
            """)
        #expect(result.out == (1...8).map { "0\($0) 0\n" }.joined(), "\(result)")
    }

    @Test("Old figure, new figure, the events between, and their proof") func story() throws {
        let command = try Command(now: "2025-09-30T02:00:00Z")
        #expect(try command.run("init").code == 0)
        try command.file(
            "september.ndjson",
            ticket(1, agent: "Budi", from: "2025-09-01T02:00:00Z", to: "2025-09-01T04:00:00Z")
                + ticket(
                    2, agent: "Budi", from: "2025-09-02T02:00:00Z", to: "2025-09-02T03:00:00Z"))
        #expect(try command.run("ingest", "september.ndjson").code == 0)
        // Not while it lasts.
        #expect(try command.run("period", "close", "2025-Q3").code == 64)
        command.environment["REKAM_NOW"] = "2025-10-02T02:00:00Z"
        let closed = try command.run("period", "close", "2025-Q3", "--by", "sari")
        #expect(closed.code == 0 && closed.out.contains("Closed 2025-Q3"), "\(closed)")
        #expect(try command.run("period", "close", "2025-09").code == 64)
        let question = ["query", "first_response_time", "--period", "2025-Q3", "--format", "csv"]
        func figure(_ more: [String] = []) throws -> String {
            let line = (question + more).joined(separator: " ")
            return try command.shell("rekam \(line) | tail -1 | tr -d '\\r'").out
                .trimmingCharacters(in: .newlines)
        }
        #expect(try figure().hasSuffix("5400,duration,,10800,2,2,,closed,"))

        command.environment["REKAM_NOW"] = "2025-10-09T02:00:00Z"
        try command.file(
            "late.ndjson",
            ticket(3, agent: "Citra", from: "2025-09-20T02:00:00Z", to: "2025-09-20T10:00:00Z"))
        #expect(try command.run("ingest", "late.ndjson").code == 0)
        let wrong = try command.shell(
            "rekam log case ticket/T-2 | tail -1 | grep -o '\"rekamposition\":[0-9]*' | cut -d: -f2"
        )
        let sequence = wrong.out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(
            try command.run("void", "--entries", sequence, "--reason", "a mistake").code == 0)

        #expect(try figure().hasSuffix("18000,duration,,36000,2,2,,restated,"))
        #expect(try figure(["--as-closed"]).hasSuffix("5400,duration,,10800,2,2,,closed,"))
        #expect(try figure(["--as-of", "2025-10-05"]).contains(",5400,duration,,10800,2,2,"))

        let moved = try command.run(
            "diff", "first_response_time", "--period", "2025-Q3", "--as-of", "2025-10-05", "--by",
            "agent", "--format", "csv")
        let lines = moved.out.split(whereSeparator: \.isNewline)
        #expect(lines.count == 4, "\(moved)")
        #expect(lines[1].contains("agent=Budi,5400,7200,duration,voided,"))
        #expect(lines[1].contains(",\(sequence),") && lines[1].contains("a mistake"))
        #expect(lines[2].contains("agent=Citra,,28800,duration,late,"))
        let restated = try command.run("period", "restatements", "2025-Q3", "--format", "csv")
        #expect(restated.out.contains("2025-Q3,ticket_volume,,2,3,count,late,"))

        let proved = try command.run(
            "explain", "first_response_time", "--period", "2025-Q3", "--agent", "citra",
            "--proof", "--format", "json")
        #expect(proved.code == 0 && proved.out.contains("\"adds_up\": true"), "\(proved)")
        #expect(proved.out.components(separatedBy: "\"leaf\"").count == 3)
        try checkProofs(command, proved.out)
        for asOf in [[], ["--as-of", "2025-10-05"]] {
            let line = "rekam replay --period 2025-Q3 " + asOf.joined(separator: " ")
            let replay = try command.shell(line)
            #expect(replay.code == 0 && replay.out.contains("It agrees"), "\(replay)")
        }
        let found = try command.run("audit", "exceptions", "--period", "2025-10")
        #expect(found.out.contains("a mistake") && found.out.contains("backdated"), "\(found)")
        let reopened = try command.run("period", "reopen", "2025-Q3", "--reason", "late tickets")
        #expect(reopened.code == 0)
        // It was reported, and is not what was reported.
        #expect(try figure().hasSuffix(",restated,"))
    }

    /// Every proof beneath a fact is one that `rekam proof --check` takes, for its entry alone.
    private func checkProofs(_ command: Command, _ json: String) throws {
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(answer["tzdata"] is String && answer["definitions"] is [String: Any])
        let facts = try #require(answer["facts"] as? [[String: Any]])
        let proofs = facts.flatMap { $0["proofs"] as? [[String: Any]] ?? [] }
        #expect(proofs.count == 2)
        for proof in proofs {
            let sequence = try #require(proof["sequence"] as? Int)
            try command.file("json.proof", try #require(proof["tlog_proof"] as? String))
            let result = try command.shell(
                """
                rekam checkpoint --verifier > vkey; rekam log show \(sequence) --tokens > entry
                rekam log show \(sequence - 1) --tokens > other
                rekam proof --check json.proof --entry entry --key "$(cat vkey)"; echo "entry $?"
                rekam proof --check json.proof --entry other --key "$(cat vkey)"; echo "other $?"
                rekam proof \(sequence) | cmp - json.proof; echo "same $?"
                """)
            for word in ["entry 0", "other 1", "same 0"] {
                #expect(result.out.contains(word), "\(sequence): \(result)")
            }
        }
        // In a table they stand as files would.
        let table = try command.shell(
            """
            rekam explain first_response_time --period 2025-Q3 --agent citra --proof > table
            awk '/^c2sp/ {n++} n == 2; n == 2 && /^— / {exit}' table > cut
            rekam log show $(sed -n 's/^index //p' cut) --tokens > entry
            rekam proof --check cut --entry entry --key "$(cat vkey)"; echo "table $?"
            rekam explain first_response_time --period 2025-Q3 --proof --format csv; echo "csv $?"
            """)
        #expect(table.out.contains("table 0") && table.out.contains("csv 64"), "\(table)")
    }
}
