import Foundation

/// Runs the built command as its users do, in a folder of its own that goes away with it.
final class Command {
    /// What a run left behind.
    struct Result {
        var code: Int32
        var out: String
        var error: String
    }

    let folder: URL
    var environment: [String: String]

    /// The binary: `REKAM_BINARY`, else the one beside the tests.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["REKAM_BINARY"] { return path }
        let products = Bundle.main.bundleURL.deletingLastPathComponent()
        for folder in [Bundle.main.bundleURL, products] {
            let path = folder.appending(path: "rekam").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "rekam").path
    }()

    /// The repository's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    init(now: String = "2026-01-05T01:00:00Z") throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "rekam-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = ProcessInfo.processInfo.environment
        environment["REKAM_STORE"] = folder.appending(path: "store").path
        environment["REKAM_NOW"] = now
        environment["LC_ALL"] = "C.UTF-8"
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs `rekam` with these arguments, in the folder.
    @discardableResult
    func run(_ arguments: String..., input: Data? = nil) throws -> Result {
        try execute(Self.binary, arguments, input: input)
    }

    /// Runs a line of shell in the folder, with `rekam` on its PATH.
    @discardableResult
    func shell(_ line: String) throws -> Result {
        let path = URL(fileURLWithPath: Self.binary).deletingLastPathComponent().path
        let saved = environment["PATH"]
        environment["PATH"] = path + ":" + (saved ?? "/usr/bin:/bin")
        defer { environment["PATH"] = saved }
        return try execute("/bin/bash", ["-o", "pipefail", "-c", line], input: nil)
    }

    private func execute(_ path: String, _ arguments: [String], input: Data?) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let out = folder.appending(path: ".out-\(UUID().uuidString)")
        let error = folder.appending(path: ".err-\(UUID().uuidString)")
        let source = folder.appending(path: ".in-\(UUID().uuidString)")
        for url in [out, error] {
            _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        }
        try (input ?? Data()).write(to: source)
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        defer {
            for url in [out, error, source] { try? FileManager.default.removeItem(at: url) }
        }
        return Result(
            code: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            out: String(decoding: try Data(contentsOf: out), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
    }

    /// Writes a file in the folder and gives its name.
    @discardableResult
    func file(_ name: String, _ data: Data) throws -> String {
        try data.write(to: folder.appending(path: name))
        return name
    }

    /// Writes a text file in the folder and gives its name.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        try file(name, Data(text.utf8))
    }

    /// One line of a customer's message, the smallest event that can be told apart.
    static func message(
        _ id: String, ticket: String = "T-1", time: String = "2025-07-14T08:12:00Z",
        direction: String = "\"in\"", extra: String = ""
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"test","type":"message.posted",\
        "subject":"ticket/\(ticket)","time":"\(time)","data":{"direction":\(direction),\
        "visibility":"public","actor_kind":"customer"\(extra)}}
        """ + "\n"
    }
}
