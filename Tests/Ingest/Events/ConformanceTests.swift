import EventModel
import Foundation
import Ingest
import Testing

/// The independent judge: tools/conformance/events.py with PyPI jsonschema.
private enum Judge {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    /// A Python that has jsonschema: `REKAM_PYTHON`, the tests' own environment, or the system's.
    static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        let candidates: [String?] = [
            environment["REKAM_PYTHON"], root.appending(path: ".venv/bin/python").path,
            "/usr/bin/env python3",
        ]
        let found = candidates.compactMap { $0 }.first { candidate in
            let check = run(candidate, ["-c", "import jsonschema, rfc3339_validator, referencing"])
            return check?.status == 0
        }
        if found == nil {
            print("skipped: no Python with jsonschema and rfc3339-validator (tools/setup --tests)")
        }
        return found
    }()

    static func run(_ command: String, _ arguments: [String]) -> (status: Int32, output: Data)? {
        let words = command.split(separator: " ").map(String.init)
        let process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = words.dropFirst() + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}

/// One judged event.
private struct Expectation: Decodable {
    var line: String
    var valid: Bool
    var what: String
    var why: String
    var own: Bool
}

@Suite("Conformance: our validator and PyPI jsonschema judge the same events of every type")
struct ConformanceTests {
    @Test(
        "They agree on every event", .enabled(if: Judge.python != nil, "no Python with jsonschema"),
        arguments: [1, 20_250_714])
    func agreement(seed: Int) throws {
        let python = try #require(Judge.python)
        let script = Judge.root.appending(path: "tools/conformance/events.py").path
        let result = try #require(Judge.run(python, [script, "\(seed)", "90"]))
        #expect(result.status == 0)
        var parser = EventParser(shippedTypes)
        var validator = EventValidator(shippedTypes)
        var batch = EventBatch()
        var counts: [String: (good: Int, bad: Int)] = [:]
        let decoder = JSONDecoder()
        for line in result.output.split(separator: 0x0A) {
            let expected = try decoder.decode(Expectation.self, from: line)
            if expected.what.hasSuffix(": good") { #expect(expected.valid, "\(expected.what)") }
            batch.removeAll()
            let rejection = parser.parse(
                expected.line, as: expected.own ? .logsOwn : .input, into: &batch)
            let verdict: Comment =
                "seed \(seed), \(expected.what): ours \(rejection?.summary ?? "good"), theirs \(expected.why)"
            #expect((rejection == nil) == expected.valid, verdict)
            let type = String(expected.what.prefix { $0 != " " })
            counts[type, default: (0, 0)].good += expected.valid ? 1 : 0
            counts[type, default: (0, 0)].bad += expected.valid ? 0 : 1
            guard rejection == nil, let row = batch.rows.first else { continue }
            // What we take is written so that it reads back the same, and is canonical.
            var entry: [UInt8] = []
            // Texts of persons stand as tokens in an entry: that is for the log's own tests.
            guard row.personalCount == 0 else { continue }
            batch.appendEntry(row, LogMarks(recorded: .latest, position: 5), to: &entry)
            var back = EventBatch()
            _ = try validator.admit(entry: entry.span, into: &back)
            #expect(back.bytes == batch.bytes && back.slots == batch.slots, verdict)
            let canonical = try JSONValue(parsing: entry.span).canonical
            #expect(canonical == entry, verdict)
        }
        #expect(Set(counts.keys) == Set(shippedTypes.schemas.map(\.type)))
        for (type, count) in counts {
            #expect(count.good >= 20 && count.bad >= 15, "seed \(seed), \(type): \(count)")
        }
    }
}
