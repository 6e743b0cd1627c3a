import Foundation
import FuzzTargets
import Testing

/// Method: every parser and decoder reads its seeds, the inputs that once broke it, and a seeded
/// number of mutations of these. tools/fuzz does the same with libFuzzer's guidance for as long as
/// wanted. The input that is being read stands in a file, so that one that ends the process is found.
@Suite("Fuzzing", .serialized)
struct FuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1" ? 20_000 : 1500
    private static let current = FileManager.default.temporaryDirectory
        .appending(path: "rekam-fuzz-input-\(ProcessInfo.processInfo.processIdentifier)")

    @Test("Bytes of any kind are read or refused", arguments: FuzzTarget.all.map(\.name))
    func mutations(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let seeds = try target.seeds() + (try Self.corpus(name))
        #expect(!seeds.isEmpty, "no seeds for \(name)")
        for seed in seeds { target.read(seed) }
        var mutator = Mutator(seed: 1)
        for round in 0..<Self.rounds {
            let input = mutator.mutate(seeds)
            if round % 50 == 0 {
                // Costs little, and tells where to look when the process ends.
                try Data("\(name), seed 1, round \(round) or up to 49 after".utf8).write(
                    to: Self.current)
            }
            target.read(input)
        }
        try? FileManager.default.removeItem(at: Self.current)
    }

    /// Inputs that once broke a target: `Corpus/NAME/*`.
    private static func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Corpus/\(name)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }
}
