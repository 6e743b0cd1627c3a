import Foundation
import Testing

/// Law 7: a figure follows from what happened, not from the order or the files in which it was told.
///
/// Method: tools/permute hands the rows of real files, and a generated year as a helpdesk exports it,
/// to new stores in other orders and other parts, and compares every KPI with the files as they are,
/// byte for byte. The usual run takes samples of the larger files and five orders of each.
@Suite("The same rows in other orders and other files")
struct PermutationTests {
    @Test(
        "All KPIs by agent, team, channel and month are equal",
        .enabled(if: SimulationTests.canInterpose, "python3 is not here"))
    func orders() throws {
        let extent = SimulationTests.isThorough ? "--thorough" : "--events 6000"
        let result = try SimulationTests.tool("permute", extent)
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
        #expect(result.out.contains("zendesk-merged: "), "nothing was tried: \(result)")
        if !RealFile.isHere { print("skipped: the real files of ../shared/data are not here") }
    }
}

/// Method: `tools/test --thorough` plants each fault of Tests/Planted and demands that a test fails; here
/// only that each patch still fits its place.
@Suite("Planted faults")
struct PlantedFaultTests {
    @Test("Each patch still applies", .enabled(if: canApply, "python3 or git is not here"))
    func patches() throws {
        let result = try SimulationTests.tool("planted", "--check")
        #expect(result.code == 0 && result.out.hasSuffix("It holds.\n"), "\(result)")
    }

    private static let canApply: Bool = {
        guard let command = try? Command() else { return false }
        return (try? command.shell("command -v python3 && command -v git").code) == 0
    }()
}
