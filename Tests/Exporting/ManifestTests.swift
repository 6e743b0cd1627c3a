import Definitions
import EventLog
import EventModel
import Exporting
import Foundation
import Querying
import Testing

@Suite("A snapshot's manifest, by writing it, reading it back and changing it")
struct ManifestTests {
    private static func quarter(_ number: Int) -> Period {
        Period(CalendarSpan(grain: .quarter, index: 2025 * 4 + number - 1))
    }

    let manifest = SnapshotManifest(
        checkpoint: Checkpoint(origin: "test.example/log", size: 7, root: .leaf([1])),
        recordedThrough: Instant(milliseconds: 1_760_000_000_000), timeZone: "Asia/Jakarta",
        tzdata: "2025b", period: Self.quarter(3),
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
        changed { $0.period = Self.quarter(4) }
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
            text.replacing("2025-Q3", with: "last-quarter"),
            text.replacing("2025-09-30", with: "2025-09-29"),
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

    /// `kpis.json` with one total.
    private func figures(_ row: String) -> [UInt8] {
        Array("{\"rows\": [], \"total\": [{\"kpi\": \"k\", \"period\": \"2025\", \(row)}]}".utf8)
    }

    @Test("Figures are read exactly as they are written; what is no figure's size is a fault")
    func longNumbers() throws {
        let nines = String(repeating: "9", count: 33)
        let long = "170141183460469231731687303715884105727"
        for (value, numerator, denominator, isRead) in [
            ("5.25", "5.250", "1", true), ("-" + nines, "-" + nines, "1", true),
            ("null", "5", "0", true), ("null", "null", "null", true), (long, long, "1", false),
            ("0", "1", long, false), ("1", String(repeating: "9", count: 400), "1", false),
            ("1.0001", "1.0001", "1", false), ("1", "1", "-1", false), ("2", "1", "1", false),
        ] {
            let row =
                "\"unit\": \"score\", \"value\": \(value), \"numerator\": \(numerator), "
                + "\"denominator\": \(denominator)"
            let there = (manifest, figures(row))
            let sound = (
                manifest,
                figures(#""unit": "score", "value": 1, "numerator": 1, "denominator": 1"#)
            )
            guard isRead else {
                #expect(throws: SnapshotDifference.self, "\(row)") {
                    try SnapshotComparison(from: sound, to: there)
                }
                continue
            }
            let comparison = try SnapshotComparison(from: sound, to: there).figures
            #expect(comparison.counts == [.differs: 1], "\(row)")
            #expect(try SnapshotComparison(from: there, to: there).figures.counts == [.same: 1])
        }
    }

    @Test("Each outcome of two snapshots' figures is counted as what it is, both ways")
    func outcomes() throws {
        func row(_ name: String, _ rest: String, agent: String = "") -> String {
            "{\"kpi\": \"\(name)\", \"period\": \"2025\", \(agent)\"unit\": \"score\", \(rest)}"
        }
        let one = #""value": 1, "numerator": 1, "denominator": 1, "count": 1"#
        let two = #""value": 2, "numerator": 2, "denominator": 1, "count": 1"#
        let more = #""value": 1, "numerator": 2, "denominator": 2, "count": 2"#
        let few = #""value": null, "reason": "withheld", "count": null"#
        func file(_ rows: [String]) -> [UInt8] {
            Array("{\"rows\": [], \"total\": [\(rows.joined(separator: ","))]}".utf8)
        }
        var whole = manifest
        whole.agent = nil
        for (old, new, outcome) in [
            (one, one, FigureOutcome.same), (one, two, .differs), (one, more, .differs),
            (few, few, .refused), (few, one, .differs),
        ] {
            let (left, right) = ((whole, file([row("k", old)])), (whole, file([row("k", new)])))
            #expect(
                try SnapshotComparison(from: left, to: right).figures.counts == [outcome: 1])
            #expect(
                try SnapshotComparison(from: right, to: left).figures.counts == [outcome: 1])
        }
        let wider = (whole, file([row("k", one), row("new", one)]))
        let found = try SnapshotComparison(from: (whole, file([row("k", one)])), to: wider).figures
        #expect(found.counts == [.same: 1, .notDefined: 1])
        #expect(found.notCompared.map(\.name) == ["new"] && found.differing.isEmpty)
        // A group that came is a difference; a total of it alone says that it was asked for.
        let group = Array(
            "{\"total\": [\(row("k", one))], \"rows\": [\(row("k", one, agent: "\"agent\": \"A\", "))]}"
                .utf8)
        let grown = try SnapshotComparison(
            from: (whole, file([row("k", one)])), to: (whole, group)
        ).figures
        #expect(grown.counts == [.same: 1, .differs: 1])
        // Another agent's figures are no other state of this one's.
        #expect(throws: SnapshotDifference.self) {
            try SnapshotComparison(from: (whole, file([])), to: (manifest, file([])))
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
