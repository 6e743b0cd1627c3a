import Foundation
import FuzzTargets
import Testing

/// Method: every parser and decoder reads its seeds, the inputs that once broke it, and a seeded
/// number of mutations of these. tools/fuzz does the same with libFuzzer's guidance for as long as
/// wanted. What is being read stands in a file, so that an input that ends the process is found.
@Suite("Fuzzing", .serialized)
struct FuzzTests {
    private static let seed: UInt64 = 1
    private static let rounds =
        ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1" ? 20_000 : 1200
    private static let current = FileManager.default.temporaryDirectory
        .appending(path: "rekam-fuzz-input-\(ProcessInfo.processInfo.processIdentifier)")

    @Test("Bytes of any kind are read or refused", arguments: FuzzTarget.all.map(\.name))
    func mutations(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let seeds = try target.seeds() + (try Self.corpus(name))
        let sound = seeds.filter { target.read($0) }
        try #require(!sound.isEmpty, "none of \(name)'s \(seeds.count) seeds is sound")
        var read = sound.count
        var mutator = Mutator(seed: Self.seed)
        let rounds = Self.rounds / target.cost
        for round in 0..<rounds {
            let input = mutator.mutate(round % 4 == 0 ? seeds : sound)
            if round % 50 == 0 {
                // Costs little, and tells where to look when the process ends.
                let place = "\(name), seed \(Self.seed), round \(round) or up to 49 after"
                try Data(place.utf8).write(to: Self.current)
            }
            if target.read(input) { read += 1 }
        }
        let inputs = seeds.count + rounds
        print("fuzz \(name): seed \(Self.seed), \(inputs) inputs, \(read) of them sound")
        #expect(read < inputs, "\(name) refuses nothing")
        try? FileManager.default.removeItem(at: Self.current)
    }

    @Test("Every folder of kept inputs belongs to a target")
    func keptInputs() throws {
        let known = Set(FuzzTarget.all.map(\.name))
        #expect(known.count == FuzzTarget.all.count, "two targets of one name")
        let kept = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        for name in kept { #expect(known.contains(name), "no target reads Corpus/\(name)") }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")

    /// Inputs that once broke a target: `Corpus/NAME/*`.
    private static func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }
}
