import Foundation
import Testing

/// Method: the numbers of `docs/LIMITS.md` are read from the page, and each is tried from both sides
/// with the built command. Rows of which another suite tries both sides name it here.
@Suite("Limits")
struct LimitPageTests {
    /// The page's first table: what, and how much.
    private static let limits: [(what: String, most: Int)] = {
        let url = Command.root.appending(path: "docs/LIMITS.md")
        let page = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        let table = page.components(separatedBy: "\n\n").first { $0.contains("| past it |") } ?? ""
        return table.split(separator: "\n").dropFirst(2).compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, let most = Int(cells[1].replacing(",", with: "")) else {
                return nil
            }
            return (cells[0], most)
        }
    }()

    /// Rows whose both sides are tried where they are cheap to try.
    private static let elsewhere = [
        "one definition, bytes": "Definitions/LimitTests",
        "names under `let`": "Definitions/LimitTests",
        "dimensions of a projection": "Definitions/LimitTests",
        "measures of a projection": "Definitions/LimitTests",
        "conditions of a definition": "Definitions/LimitTests",
        "statistics of a KPI": "Definitions/LimitTests",
        "days of a length of time in a definition": "Definitions/DurationTextTests",
        "levels of a formula": "Definitions/LimitTests",
        "KPIs that use each other, one upon the next": "Definitions/LimitTests",
        "levels of `any`": "Definitions/LimitTests",
        "levels of YAML": "Definitions/LimitTests",
        "rows of an answer, groups times pieces of time": "Querying/QueryLimitTests",
        "memory of a question, MiB, unless `--memory` says more": "Querying/QueryLimitTests",
        "a key file, bytes": "Operating/BackupTests",
        "a backup's `backup.json`, bytes": "Operating/BackupTests",
        "containers inside each other in JSON": "Ingest/JSON/JSONRowsTests",
        "an element of a JSON list, or a document that is read whole, bytes":
            "Ingest/JSON/JSONRowsTests",
    ]

    @Test("Every limit of the page is tried from both sides")
    func complete() throws {
        #expect(Self.limits.count == 33)
        for (what, _) in Self.limits {
            #expect(Self.trials[what] != nil || Self.elsewhere[what] != nil, "\(what)")
        }
        for (what, file) in Self.elsewhere {
            #expect(Self.limits.contains { $0.what == what }, "\(what)")
            let url = Command.root.appending(path: "Tests/\(file).swift")
            #expect(FileManager.default.fileExists(atPath: url.path), "\(file)")
        }
    }

    @Test("What is at the limit is taken, and one more is refused", arguments: trials.keys.sorted())
    func bothSides(what: String) throws {
        let most = try #require(Self.limits.first { $0.what == what }?.most, "\(what)")
        let trial = try #require(Self.trials[what])
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "Asia/Jakarta").code == 0)
        let within = try trial(command, most)
        #expect(within.code == 0, Self.cut("\(what), \(most): \(within)"))
        let past = try trial(command, most + 1)
        #expect([64, 65, 74].contains(past.code), Self.cut("\(what), \(most + 1): \(past)"))
        #expect(
            !past.error.isEmpty || past.out.contains("refused 1"), Self.cut("\(what): \(past)"))
        #expect(try command.run("verify").code == 0)
    }

    /// Results of large inputs are large themselves.
    private static func cut(_ text: String) -> Comment {
        Comment(rawValue: String(text.prefix(900)))
    }

    private typealias Trial = @Sendable (Command, Int) throws -> Command.Result

    /// Ingests one line made for a size.
    private static func line(_ make: @escaping @Sendable (Int) -> String) -> Trial {
        { command, size in
            try command.file("in.ndjson", make(size) + "\n")
            return try command.run("ingest", "in.ndjson")
        }
    }

    private static func message(
        id: String = "1", source: String = "test", subject: String = "ticket/T-1",
        data: String = "", other: String = "", time: String = "2025-07-14T08:12:00.000Z"
    ) -> String {
        """
        {"data":{\(data)"actor_kind":"customer","direction":"in","visibility":"public"},"id":"\(id)",\
        \(other)"source":"\(source)","specversion":"1.0","subject":"\(subject)",\
        "time":"\(time)","type":"message.posted"}
        """
    }

    private static func x(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// A CSV file of one row that ends with these cells, under as many more columns.
    private static func csv(_ cells: [String]) -> String {
        "ID,Market,Survey date,NPS" + cells.indices.map { ",c\($0)" }.joined() + "\n"
            + "1,US,01-09-2021,10," + cells.joined(separator: ",") + "\n"
    }

    private static func mapped(_ text: String, _ command: Command) throws -> Command.Result {
        try command.file("in.csv", text)
        return try command.run("ingest", "in.csv", "--mapping", "nps")
    }

    private static func padded(_ text: String, to bytes: Int) -> String {
        text + "\n#" + x(bytes - text.utf8.count - 2)
    }

    private static func shipped(_ path: String) throws -> String {
        try String(contentsOf: Command.root.appending(path: "Schemas/" + path), encoding: .utf8)
    }

    private static let trials: [String: Trial] = [
        "a line of CloudEvents, bytes": line { size in
            let text = message()
            return text + String(repeating: " ", count: size - text.utf8.count)
        },
        "an event in canonical form, bytes, with 45 for each text of a person (an entry is 65,535 with what the log adds)":
            line { size in
                let rest = message(other: #""pad":"","#).utf8.count
                return message(other: #""pad":"\#(x(size - rest - 45))","#)
            },
        "`id`, `source` and `subject`, characters each": { command, size in
            let texts = [
                message(id: x(size)), message(source: x(size)),
                message(subject: "ticket/" + String(repeating: "é", count: size - 7)),
            ]
            var last: Command.Result?
            for text in texts {
                try command.file("in.ndjson", text + "\n")
                let result = try command.run("ingest", "in.ndjson")
                #expect(last == nil || last?.code == result.code, Self.cut("\(result)"))
                last = result
            }
            return try #require(last)
        },
        "attributes and fields of one event": line { size in
            message(other: (0..<size - 10).map { "\"n\($0 + 1000)\":1," }.joined())
        },
        "a name in a field, characters": line { size in
            message(data: #""actor":"\#(String(repeating: "é", count: size))","#)
        },
        "a whole number, from minus that": line { message(other: "\"n\":\($0),") },
        "years of times, from 1": line { message(time: "\($0)-12-31T08:12:00.000Z") },
        "a CSV field, bytes": { command, size in try mapped(csv([x(size)]), command) },
        "a CSV row, bytes": { command, size in
            let start = "1,US,01-09-2021,10".utf8.count
            var rest = size - start
            var cells: [String] = []
            while rest > 0 {
                let cell = min(rest - 1, 1_000_000)
                cells.append(x(cell))
                rest -= cell + 1
            }
            return try mapped(csv(cells), command)
        },
        "columns of a CSV file": { command, size in
            let result = try mapped(csv(Array(repeating: "x", count: size - 4)), command)
            // A file that cannot be read at all is no refused row.
            guard result.code == 74 else { return result }
            #expect(result.error.contains("fields"), Self.cut("\(result)"))
            return Command.Result(code: 65, out: "", error: result.error)
        },
        "a mapping, bytes": { command, size in
            try command.file("m.yaml", padded(shipped("mappings/nps.yaml"), to: size))
            try command.file("in.csv", csv([]).replacing(",\n", with: "\n"))
            return try command.run("ingest", "in.csv", "--mapping", "m.yaml")
        },
        "a lookup file of a mapping, bytes": { command, size in
            let mapping = try shipped("mappings/nps.yaml").replacing(
                "times:", with: "lookups:\n  markets: {file: l.csv, key: K, value: V}\ntimes:")
            try command.file("m.yaml", mapping)
            try command.file("in.csv", csv([]).replacing(",\n", with: "\n"))
            try command.file("l.csv", "K,V\nUS,x\n")
            // Blank lines, which are skipped.
            try command.shell("yes '' | head -c \(size - 9) >> l.csv")
            return try command.run("ingest", "in.csv", "--mapping", "m.yaml")
        },
        "a file of definitions, bytes": { command, size in
            try command.file(
                "d.yaml",
                "---\n" + padded("", to: size - shipped(example).utf8.count - 9)
                    + "\n---\n" + shipped(example))
            return try command.run("projection", "check", "d.yaml")
        },
        "the least `--memory` of a question, MiB": { command, size in
            // The limit is a least one: one more than it stands for one less.
            let asked = size == 16 ? 16 : 15
            try command.file("in.ndjson", message() + "\n")
            try command.run("ingest", "in.ndjson")
            return try command.run(
                "query", "ticket_volume", "--period", "2025", "--memory", "\(asked)M")
        },
        "an origin, bytes": { command, size in
            try command.run("init", "--origin", x(size), "--store", "store-\(size)")
        },
        "`--wait`, seconds": { command, size in
            try command.run("log", "stat", "--wait", "\(size)")
        },
    ]

    private static let example = "catalogue/volume.yaml"
}
