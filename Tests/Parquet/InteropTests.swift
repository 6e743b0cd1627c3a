import Foundation
import Parquet
import Testing

/// Another reader and writer of Parquet: DuckDB, through tools/conformance/parquet.py.
private enum Other {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL

    /// A Python that has duckdb: `REKAM_PYTHON`, or the tests' own environment.
    static let python: String? = [
        ProcessInfo.processInfo.environment["REKAM_PYTHON"],
        root.appending(path: ".venv/bin/python").path,
    ].compactMap { $0 }.first { run($0, ["-c", "import duckdb"])?.status == 0 }

    static func run(_ command: String, _ arguments: [String]) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(filePath: command)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    static func script(_ arguments: String...) throws -> String {
        let script = root.appending(path: "tools/conformance/parquet.py").path
        let python = try #require(python)
        let result = try #require(run(python, ["-B", script] + arguments))
        try #require(result.status == 0, "\(arguments): \(result.output)")
        return result.output
    }
}

private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// Expects our rows to be those of another program.
private func expectSame(_ ours: [String], _ text: String, _ what: String) {
    let theirs = text.split(separator: "\n").map(String.init)
    #expect(ours.count == theirs.count, "\(what)")
    for (place, (own, other)) in zip(ours, theirs).enumerated() where own != other {
        let fields = zip(own.split(separator: "\t"), other.split(separator: "\t")).filter {
            $0 != $1
        }
        Issue.record("\(what), row \(place + 1): \(fields.map { "\($0), theirs \($1)" })")
        return
    }
}

private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "parquet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

@Suite("Parquet: what others write is read, and what is written others read")
struct InteropTests {
    @Test(
        "Every type, codec and share of nulls that DuckDB writes",
        .enabled(if: Other.python != nil, "no Python with duckdb (tools/setup --tests)"))
    func othersFiles() throws {
        try inFolder { folder in
            _ = try Other.script("write", folder, "7")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".parquet") }
            #expect(names.count == 24)
            for name in names {
                let path = folder + "/" + name
                let wanted = try String(
                    contentsOfFile: path.dropLast(7) + "rows", encoding: .utf8)
                expectSame(try lines(bytes(path)), wanted, name)
            }
        }
    }

    @Test(
        "DuckDB reads the same rows of random tables, and what is stated of their values holds",
        .enabled(if: Other.python != nil, "no Python with duckdb (tools/setup --tests)"),
        arguments: 1...12)
    func ownFiles(seed: Int) throws {
        try inFolder { folder in
            let table = RandomTable(
                seed: seed, rowCount: [0, 1, 2500][seed % 3],
                types: seed.isMultiple(of: 4) ? RandomTable.types : nil)
            var sizes = ParquetWriter.Sizes()
            sizes.groupRows = seed.isMultiple(of: 2) ? 700 : 100_000
            sizes.pageRows = 300
            let file = try table.file(sizes)
            let path = folder + "/own.parquet"
            try Data(file).write(to: URL(filePath: path))
            expectSame(try lines(file), try Other.script("rows", path), "seed \(seed)")
            _ = try Other.script("bounds", path)
        }
    }

    @Test(
        "What is not read is refused by its name and its column's, and other columns of the file are read",
        .enabled(if: Other.python != nil, "no Python with duckdb (tools/setup --tests)"))
    func refused() throws {
        try inFolder { folder in
            _ = try Other.script("refused", folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.count == 9)
            for name in names {
                let file = try bytes(folder + "/" + name)
                let fault = #expect(throws: ParquetFault.self) { try rows(file, of: [1]) }
                let words = "\(try #require(fault))"
                #expect(
                    words.contains(name.dropLast(8)) && words.contains("\"odd\""),
                    "\(name): \(words)")
                guard ["LIST", "MAP", "INTERVAL", "group"].contains(name.dropLast(8)) else {
                    continue
                }
                #expect(try rows(file, of: [0]).last == [.integer(2999)])
            }
        }
    }

    /// Kept beside the fuzz target's inputs: they were written by pyarrow 26, Polars 2.1 and fastparquet
    /// 2026.9, in pages of both versions.
    @Test(
        "Files of other writers",
        .enabled(if: Other.python != nil, "no Python with duckdb (tools/setup --tests)"))
    func samples() throws {
        let folder = Other.root.appending(path: "Tests/Fuzzing/Corpus/parquet").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            expectSame(try lines(bytes(path)), try Other.script("rows", path), name)
        }
    }
}
