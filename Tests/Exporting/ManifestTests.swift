import Definitions
import EventLog
import EventModel
import Exporting
import Foundation
import Querying
import Testing

@Suite("A snapshot's manifest, by writing it, reading it back and changing it")
struct ManifestTests {
    let manifest = SnapshotManifest(
        checkpoint: Checkpoint(origin: "test.example/log", size: 7, root: .leaf([1])),
        recordedThrough: Instant(milliseconds: 1_760_000_000_000), timeZone: "Asia/Jakarta",
        tzdata: "2025b", period: "2025-Q3", firstDay: "2025-07-01", lastDay: "2025-09-30",
        agent: "Budi \"B\" Santoso", team: nil, kpiCount: 2,
        definitions: [
            .init(kind: "kpi", name: "csat", version: 1, path: "definitions/kpi/csat@1.yaml")
        ],
        files: [.init(path: "kpis.csv", byteCount: 3, digest: String(repeating: "a", count: 64))])

    @Test("It reads back as it was written, and each field counts for its digest")
    func roundTrip() throws {
        let bytes = Array(manifest.json.utf8)
        #expect(SnapshotManifest(parsing: bytes) == manifest)
        var digests: Set<String> = [manifest.digest]
        func changed(_ change: (inout SnapshotManifest) -> Void) {
            var other = manifest
            change(&other)
            digests.insert(other.digest)
        }
        changed { $0.checkpoint.size = 8 }
        changed { $0.checkpoint.root = .leaf([2]) }
        changed { $0.recordedThrough = nil }
        changed { $0.timeZone = "UTC" }
        changed { $0.tzdata = "2026a" }
        changed { $0.period = "2025-Q4" }
        changed { $0.agent = nil }
        changed { $0.team = "Billing" }
        changed { $0.definitions[0].version = 2 }
        changed { $0.files[0].byteCount = 4 }
        #expect(digests.count == 11)
    }

    @Test("A byte more, another order or another format is no manifest")
    func oneForm() {
        let text = manifest.json
        for wrong in [
            text + " ", text.replacing("\"kpis\": 2", with: "\"kpis\":  2"),
            text.replacing("rekam-snapshot/1", with: "rekam-snapshot/2"),
            text.replacing("  \"team\": null,\n", with: ""),
            text.replacing("\"agent\"", with: "\"x\": 1, \"agent\""), "", "{}",
        ] { #expect(SnapshotManifest(parsing: Array(wrong.utf8)) == nil, "\(wrong)") }
    }

    @Test("Paths that leave the folder, or could be spelled otherwise, are not sound")
    func paths() {
        for path in ["kpis.csv", "definitions/kpi/csat@1.yaml", "a/b/c"] {
            #expect(SnapshotPath.isSound(path))
        }
        for path in [
            "", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/.", "a\nb", "../\u{301}a",
            "a/../\u{487}b", "/\u{301}", "./\u{FE0F}a",
        ] {
            #expect(!SnapshotPath.isSound(path), "\(path)")
        }
        #expect(SnapshotPath.escaped("Asia/Jakarta") == "Asia%2FJakarta")
        #expect(SnapshotPath.escaped("..") == "%2E.")
    }

    @Test("Figures of any length are compared; what is no figure's size has no value")
    func longNumbers() throws {
        func figures(_ numerator: String, _ denominator: String = "1") -> [UInt8] {
            let row =
                #"{"kpi": "k", "period": "2025", "unit": "score", "value": 1, "numerator": "#
                + "\(numerator), \"denominator\": \(denominator)}"
            return Array("{\"rows\": [], \"total\": [\(row)]}".utf8)
        }
        let long = "170141183460469231731687303715884105727"
        for (numerator, denominator, hasValue) in [
            ("5.250", "1", true), ("-" + String(repeating: "9", count: 25) + ".125", "7", true),
            (long, "1", false), ("-" + long, "1", false), ("1", long, false), ("1", "0", false),
            (String(repeating: "9", count: 400), "1", false), ("1.0001", "1", false),
        ] {
            let comparison = try SnapshotComparison(
                from: (manifest, figures("1")), to: (manifest, figures(numerator, denominator)))
            let change = try #require(comparison.changes.first)
            #expect(
                change.after.fraction(.score).hasValue == hasValue, "\(numerator)/\(denominator)")
            #expect(change.before.fraction(.score).hasValue)
        }
    }

    @Test("A manifest that speaks of more entries than there are files is refused at once")
    func manyEntries() throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/rekam-snap-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files: [(path: String, bytes: [UInt8])] = [("kpis.csv", [1]), ("kpis.json", [2])]
        var large = manifest
        large.checkpoint.size = .max
        large.definitions = []
        large.files = files.map { .init($0.path, $0.bytes) }
        let key = try #require(StoreKey(name: large.checkpoint.origin, seed: Array(0..<32)))
        try Snapshot(
            manifest: large, files: [(SnapshotManifest.path, Array(large.json.utf8))] + files
        ).write(to: folder, checkpoint: large.checkpoint.signed(with: key), key: key)
        _ = try SnapshotReading(folder)
        try FolderFiles.makeFolders(for: "tile/entries/000", in: folder)
        try FolderFiles.write(folder + "/tile/entries/000", [0, 1, 65], isSynced: false)
        let fault = #expect(throws: SnapshotDifference.self) { _ = try SnapshotReading(folder) }
        #expect(fault?.path == "tile")
        #expect(TilePath.count(size: 0) == 0)
        for size in [1, 256, 257, 65_536, 65_537, 200_000] {
            #expect(TilePath.count(size: size) == TilePath.all(size: size).count, "\(size)")
        }
    }
}
