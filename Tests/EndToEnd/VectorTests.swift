import Foundation
import Testing

/// Method: the external vectors go through the built command, many in one process: each ends as its
/// name says, what is refused comes back unchanged, and the store verifies.
@Suite("External vectors, through the command")
struct VectorTests {
    private static let vectors = Command.root.deletingLastPathComponent()
        .appending(path: "shared/vectors")

    private static func files(_ folder: String) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: vectors.appending(path: folder), includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    static var hasVectors: Bool { !files("json-parsing").isEmpty && !files("csv/csvs").isEmpty }

    /// A line whose comment is a vector, or what stands in its list.
    private func line(_ number: Int, _ value: Data) -> Data {
        Data(
            (#"{"specversion":"1.0","id":"\#(number)","source":"v","type":"survey.answered","#
                + #""subject":"ticket/1","time":"2025-07-14T08:12:00Z","data":{"survey":"s","#
                + #""kind":"csat","score":5,"comment":"#).utf8) + value + Data("}}".utf8)
    }

    @Test(
        "Lines made of JSON vectors are recorded or refused, each unchanged",
        .enabled(if: hasVectors, "vectors missing"))
    func lines() throws {
        let command = try Command()
        try command.run("init", "--time-zone", "Asia/Jakarta")
        var lines: [Data] = []
        var never: Set<Data> = []
        for file in Self.files("json-parsing") {
            let name = file.lastPathComponent
            let bytes = try Data(contentsOf: file)
            // A line cannot hold a line's end: those vectors are read as files below.
            guard !bytes.contains(10), !bytes.contains(13) else { continue }
            let whole = line(lines.count, bytes)
            if name.hasPrefix("n_") { never.insert(whole) }
            lines.append(whole)
            guard name.hasPrefix("y_string"), bytes.first == 0x5B, bytes.last == 0x5D else {
                continue
            }
            lines.append(line(lines.count, bytes.dropFirst().dropLast()))
        }
        #expect(lines.count > 300 && never.count > 150)
        try command.file("v.ndjson", Data(lines.joined(separator: [10])) + [10])
        let result = try command.run("ingest", "v.ndjson", "--format", "json")
        #expect(result.code == 65, "\(result)")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        let input = try #require((report["inputs"] as? [[String: Any]])?.first)
        let accepted = try #require(input["accepted"] as? Int)
        let rejects = try Data(contentsOf: command.folder.appending(path: "v.rejects.ndjson"))
        let refused = Set(rejects.split(separator: 10).map { Data($0) })
        let unique = Set(lines)
        #expect(accepted > 30 && accepted + refused.count == unique.count, "\(report)")
        #expect(refused.isSubset(of: unique) && never.isSubset(of: refused))
        #expect(try command.run("ingest", "v.ndjson").out.contains("Accepted 0"))
        #expect(try command.run("verify").code == 0)
    }

    @Test(
        "Files that are JSON vectors, all at once: none is an event, none ends the command",
        .enabled(if: hasVectors, "vectors missing"))
    func wholeFiles() throws {
        let command = try Command()
        try command.run("init", "--time-zone", "Asia/Jakarta")
        for file in Self.files("json-parsing") {
            try command.file(file.lastPathComponent, try Data(contentsOf: file))
        }
        let result = try command.shell("rekam ingest *.json")
        // One of them is empty, which is said; the others are read nonetheless.
        #expect(
            result.code == 74 && result.error.contains("n_structure_no_data.json is empty"),
            "\(result)")
        #expect(result.out.components(separatedBy: ".json: Accepted 0").count > 300)
        let stat = try command.run("log", "stat", "--format", "json")
        #expect(!stat.out.contains("survey.answered") && !stat.out.contains("message.posted"))
        #expect(try command.run("verify").code == 0)
    }

    @Test(
        "CSV vectors through a mapping record the texts that their JSON says",
        .enabled(if: hasVectors, "vectors missing"))
    func csv() throws {
        let command = try Command()
        try command.run("init", "--time-zone", "Asia/Jakarta")
        for file in Self.files("csv/csvs") {
            let name = file.deletingPathExtension().lastPathComponent
            let json = try Data(
                contentsOf: Self.vectors.appending(path: "csv/json/\(name).json"))
            let object = try JSONSerialization.jsonObject(with: json)
            let rows = try #require(
                object as? [[String: String]] ?? (object as? [String: String]).map { [$0] })
            let columns = rows[0].keys.sorted()
            var mapping = """
                mapping: vector
                version: 1
                title: {en: Vector}
                source: \(name)
                csv: {delimiter: comma}
                time: {format: yyyy-MM-dd, zone: UTC}
                times: {day: "2025-01-01"}
                case: ticket/\(name)
                at: day
                events:

                """
            for column in columns {
                mapping += "  - type: survey.answered\n    data: {survey: v, kind: csat, score: 1, "
                mapping += "comment: \"{\(column)}\"}\n"
            }
            try command.file("m.yaml", mapping)
            try command.file("\(name).csv", try Data(contentsOf: file))
            let result = try command.run("ingest", "--mapping", "m.yaml", "\(name).csv")
            #expect(result.code == 0, "\(name): \(result)")
            var said: Set<String> = []
            for entry in try command.run("log", "case", "ticket/\(name)").out
                .split(whereSeparator: \.isNewline)
            {
                let event = try JSONSerialization.jsonObject(with: Data(entry.utf8))
                let data = (event as? [String: Any])?["data"] as? [String: Any]
                (data?["comment"] as? String).map { _ = said.insert($0) }
            }
            var expected = Set(rows.flatMap(\.values).filter { !$0.isEmpty })
            if name == "location_coordinates" {
                // The vector disagrees with itself about the telephone number.
                #expect(said.remove("2095257564") != nil)
                expected.remove("1234567890")
            }
            // A checkout may have taken the carriage returns that some files are about.
            let plain = { (texts: Set<String>) in
                Set(texts.map { $0.replacingOccurrences(of: "\r\n", with: "\n") })
            }
            #expect(plain(said) == plain(expected), "\(name)")
        }
        #expect(try command.run("verify").code == 0)
    }
}
