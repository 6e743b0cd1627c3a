import Foundation
import Testing

/// Method: tools/faults lets a sample of all system calls fail, come out short or meet a full disk.
@Suite("Faults of the system")
struct FaultTests {
    @Test(
        "Each ends in a clear error, and leaves a store that opens, verifies and goes on",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func faults() throws {
        let extent = SimulationTests.isThorough ? "" : "--sample 0.06"
        let result = try SimulationTests.tool("faults", extent)
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(!result.out.contains("\n0 faults"), "nothing failed: \(result)")
    }

    @Test(
        "A power cut leaves a store that opens, verifies and goes on, and no folder in the way",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func powerCuts() throws {
        let extent =
            SimulationTests.isThorough
            ? "" : "--scenario 'snapshot export' --only 'partial' --sample 0.3"
        let result = try SimulationTests.tool("faults", "--power \(extent)")
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(result.out.contains("lost power"), "nothing was cut: \(result)")
    }
}

extension FaultTests {
    @Test(
        "Killed while it changes what rows are made of, no two commands say otherwise of what answers",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func redefinitions() throws {
        let scenarios = [
            "calendar add", "calendar use", "calendar undo", "calendar drop",
            "schema add, the next version",
        ].map { "--scenario '\($0)'" }.joined(separator: " ")
        let sample = SimulationTests.isThorough ? "" : "--sample 0.02"
        let result = try SimulationTests.tool("faults", "--power \(sample) \(scenarios)")
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(result.out.contains("killed"), "nothing was killed: \(result)")
    }
}

/// Method: tools/damage changes bytes of a data file or cuts its end off, and runs every command on it.
@Suite("Damaged data files, by every command")
struct DamagedFileTests {
    @Test(
        "Each command ends with an error of its own or does its work, and leaves nothing half made",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func damages() throws {
        let extent = SimulationTests.isThorough ? "--seed 1..300" : "--seed 3..6"
        let result = try SimulationTests.tool("damage", extent)
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(result.out.contains("ended with 74"), "nothing was damaged: \(result)")
    }
}

/// Method: tools/tamper alters a store's tables through LMDB, singly and with all that rests on what is
/// altered, and runs every command on it.
@Suite("Tables altered behind Rekam's back, by every command")
struct TamperedTableTests {
    @Test(
        "Each answers as before or refuses, verify names it, and nothing else is signed or closed",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func alterations() throws {
        let extent = SimulationTests.isThorough ? "--each 10" : "--each 1 --most 10"
        let result = try SimulationTests.tool("tamper", extent)
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(result.out.contains("named by verify"), "nothing was altered: \(result)")
    }
}

/// Method: tools/simulate lives random lives of stores, kills the process at any system call and cuts
/// the power, and holds the log against a plain model after every step. Each life is lived twice, and
/// must come out the same. A failure prints its seed.
@Suite("A simulation with kills")
struct SimulationTests {
    static let isThorough =
        ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1"

    static let canInterpose: Bool = {
        guard let command = try? Command() else { return false }
        return
            (try? command.shell("command -v python3 && (command -v cc || command -v clang)").code)
            == 0
    }()

    /// Runs one of the tools that try the command out.
    static func tool(_ name: String, _ extent: String) throws -> Command.Result {
        let command = try Command()
        command.environment["REKAM_BINARY"] = Command.binary
        return try command.shell("\(Command.root.appending(path: "tools/\(name)").path) \(extent)")
    }

    @Test(
        "No acknowledged event is lost, no batch is half visible, every projection is its replay",
        .enabled(if: canInterpose, "python3 or a C compiler is not here"))
    func lives() throws {
        let extent =
            Self.isThorough
            ? "--seed 100..160 --steps 40 --times 2" : "--seed 1..3 --steps 10 --times 2"
        let result = try Self.tool("simulate", extent)
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(!result.out.contains("\n0 kills"), "nothing was killed: \(result)")
    }
}
