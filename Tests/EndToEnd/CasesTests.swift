import Foundation
import Testing

/// Method: each folder of `../shared/cases` holds a small input and a `run.sh REKAM` that checks the
/// right answer: it ends with 0 where the command is right, 1 where it is wrong, 2 where it could not
/// tell. `Tests/cases-open.txt` lists those that are still wrong, with the issue that mends them, and
/// those that can't tell any more, with the test of ours that stands for them.
@Suite("Small inputs with the right answer")
struct CasesTests {
    private static let folder = Command.root.deletingLastPathComponent()
        .appending(path: "shared/cases")

    /// The cases' names, sorted; none where they are not here.
    static let names: [String] = {
        let found = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (found ?? []).filter {
            FileManager.default.fileExists(atPath: folder.appending(path: "\($0)/run.sh").path)
        }.sorted()
    }()

    @Test(
        "Each is answered rightly, or stands in Tests/cases-open.txt",
        .enabled(if: !names.isEmpty, "../shared/cases is not here"), arguments: names)
    func answers(name: String) throws {
        let command = try Command()
        // A case makes its own folder and store, and goes by the real clock.
        command.environment["REKAM_STORE"] = nil
        command.environment["REKAM_NOW"] = nil
        let script = Self.folder.appending(path: "\(name)/run.sh").path
        let result = try command.shell("timeout 300 bash '\(script)' '\(Command.binary)'")
        let line = try OpenCases.read().first { $0.name == name }
        if let problem = OpenCases.problem(line, code: result.code) {
            Issue.record("\(name) \(problem)\n\(result.out)\(result.error)")
        }
    }

    @Test("Each line of Tests/cases-open.txt names a case once, and its issue or a test of ours")
    func list() throws {
        let lines = try OpenCases.read()
        #expect(lines.map(\.name) == Set(lines.map(\.name)).sorted())
        for line in lines {
            #expect(!line.owner.isEmpty, "\(line.name)")
            #expect(Self.names.isEmpty || Self.names.contains(line.name), "\(line.name) is no case")
            guard let test = line.test else { continue }
            let parts = test.split(separator: ".").map(String.init)
            #expect(
                try parts.count == 2 && Self.isTest(parts[1], in: parts[0]),
                "\(line.name): there is no test \(test)")
        }
    }

    @Test(
        "What the list allows, and what it doesn't",
        arguments: [
            (nil, 0, true), (nil, 1, false), (nil, 2, false), (nil, 127, false),
            ("01-a  A title", 0, false), ("01-a  A title", 1, true), ("01-a  A title", 2, false),
            ("01-a  A title", -9, false), ("01-a  held by A.b", 0, false),
            ("01-a  held by A.b", 1, false), ("01-a  held by A.b", 2, true),
        ] as [(String?, Int32, Bool)])
    func rules(line: String?, code: Int32, isWell: Bool) {
        let problem = OpenCases.problem(line.map { OpenCase($0) }, code: code)
        #expect((problem == nil) == isWell, "\(problem ?? "well")")
    }

    /// Whether a suite of ours has a test function of this name.
    private static func isTest(_ function: String, in suite: String) throws -> Bool {
        let tests = Command.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            let isSuite = ["struct \(suite) ", "struct \(suite):", "extension \(suite) "]
                .contains { text.contains($0) }
            if isSuite, text.contains("func \(function)(") { return true }
        }
        return false
    }
}

/// A line of `Tests/cases-open.txt`: `NN-name  Title of its issue`, or `NN-name  held by Suite.test`.
private struct OpenCase {
    /// The case's folder.
    var name: String
    /// What stands behind the name.
    var owner: String
    /// The test of ours that stands for a case that can't tell.
    var test: String? { owner.hasPrefix("held by ") ? String(owner.dropFirst(8)) : nil }

    init(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        name = String(parts.first ?? "")
        owner = parts.count > 1 ? String(parts[1]).trimmingCharacters(in: .whitespaces) : ""
    }
}

/// The list of open cases.
private enum OpenCases {
    /// Its lines; those that begin with `#` are remarks.
    static func read() throws -> [OpenCase] {
        let file = Command.root.appending(path: "Tests/cases-open.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { OpenCase(String($0)) }
    }

    /// What is wrong about a case that ended so; nil where the list allows it.
    static func problem(_ line: OpenCase?, code: Int32) -> String? {
        switch (code, line) {
        case (0, nil): nil
        case (0, _?): "is right: take it out of Tests/cases-open.txt"
        case (1, let line?) where line.test == nil: nil
        case (1, _): "is answered wrongly"
        case (2, let line?) where line.test != nil: nil
        case (2, _):
            "could not tell: name the test that stands for it in Tests/cases-open.txt "
                + "(\"held by Suite.test\")"
        default: "ended with \(code)"
        }
    }
}
