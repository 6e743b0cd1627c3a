import Definitions
import EventLog
import EventModel
import Exporting
import Foundation
import Operating
import Querying
import Rendering

extension FuzzTarget {
    /// What other people's folders hold.
    static let snapshots: [FuzzTarget] = [
        FuzzTarget(
            "snapshot-manifest", seeds: { bytes([Folder.manifest.json, emptyManifest.json]) },
            read: { input in
                guard let manifest = SnapshotManifest(parsing: input) else { return false }
                precondition(manifest.json == text(input), "there are two ways to write a manifest")
                return true
            }),
        FuzzTarget(
            "snapshot", cost: 5,
            seeds: {
                Folder.files.enumerated().map { [UInt8($0.offset)] + $0.element.bytes }
            },
            read: readSnapshot),
        FuzzTarget(
            "snapshot-figures", seeds: { bytes([Folder.figures, "{\"rows\":[],\"total\":[]}"]) },
            read: readFigures),
        FuzzTarget(
            "snapshot-path",
            seeds: {
                bytes(["kpis.csv", "a/b", "../x", "%2F", "Asia/Jakarta", "a/\u{301}b"])
            },
            read: { input in
                let name = text(input)
                let escaped = SnapshotPath.escaped(name)
                precondition(
                    name.isEmpty || name.utf8.count > 300 || SnapshotPath.isSound(escaped),
                    "a name leaves its folder: \(escaped)")
                precondition(!escaped.contains("/"), "a name is a path: \(escaped)")
                precondition(
                    escaped.removingPercentEncoding == name, "two names could share a file")
                guard SnapshotPath.isSound(name) else { return false }
                // By bytes: to a string a slash with a mark on it is another character.
                let parts = name.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
                for part in parts.map({ String(decoding: $0, as: UTF8.self) }) {
                    precondition(!["", ".", ".."].contains(part), "it leaves its folder: \(name)")
                }
                return true
            }),
        FuzzTarget(
            "backup-manifest", seeds: { [backup.encoded] },
            read: { input in
                guard let manifest = try? BackupManifest(input, path: "fuzz") else { return false }
                precondition(
                    (try? BackupManifest(manifest.encoded, path: "fuzz")) == manifest,
                    "a manifest changes on its way")
                return true
            }),
    ]

    private static let emptyManifest = SnapshotManifest(
        checkpoint: Checkpoint(origin: "a/b", size: 0, root: .empty), recordedThrough: nil,
        timeZone: "UTC", tzdata: "2025b", period: Period(CalendarSpan(grain: .year, index: 2025)),
        agent: "Budi", team: nil, kpiCount: 0, definitions: [], files: [])

    private static let backup = BackupManifest(
        origin: "a/b", made: Instant(milliseconds: 1_760_000_000_000), entries: 7,
        root: .leaf([1]), dataBytes: 32_768, dataDigest: .leaf([2]), hasKey: true,
        isVerified: false, program: "rekam 0.1")

    /// A snapshot of made-up figures, signed as a whole.
    private enum Folder {
        static let figures = """
            {
              "rows": [
                {"kpi": "k", "period": "2025-07", "agent": "Budi", "value": 1.5, "numerator": 3, \
            "denominator": 2, "unit": "duration"}],
              "total": [
                {"kpi": "k", "period": "2025-07", "value": 8.10025, "numerator": 8100.250, \
            "denominator": 1000, "unit": "duration"},
                {"kpi": "n", "period": "2025-07", "value": null, \
            "reason": "withheld", "unit": "money"}]
            }

            """
        private static let contents: [(path: String, bytes: [UInt8])] = [
            ("definitions/kpi/k@1.yaml", Array("kpi: k\n".utf8)),
            ("kpis.csv", Array("kpi,period\nk,2025-07\n".utf8)),
            ("kpis.json", Array(figures.utf8)),
        ]
        static let manifest = SnapshotManifest(
            checkpoint: Checkpoint(origin: "a/b", size: 7, root: .leaf([1])),
            recordedThrough: Instant(milliseconds: 1_760_000_000_000), timeZone: "Asia/Jakarta",
            tzdata: "2025b", period: Period(CalendarSpan(grain: .month, index: 2025 * 12 + 6)),
            agent: nil, team: nil, kpiCount: 1,
            definitions: [
                .init(kind: "kpi", name: "k", version: 1, path: "definitions/kpi/k@1.yaml")
            ],
            files: contents.map { SnapshotManifest.File($0.path, $0.bytes) })
        /// Every file with what it holds; made once, in a folder that the target writes into.
        static let path = Scratch.folder("snapshots").appending(path: "one").path
        static let files: [(path: String, bytes: [UInt8])] = {
            guard let key = StoreKey(name: "a/b", seed: Array(0..<32)),
                let note = try? manifest.checkpoint.signed(with: key)
            else { fatalError("no key") }
            let snapshot = Snapshot(
                manifest: manifest,
                files: [(SnapshotManifest.path, Array(manifest.json.utf8))] + contents)
            do {
                try snapshot.write(to: path, checkpoint: note, key: key)
                return try FolderFiles.list(path).map { name in
                    (name, try FolderFiles.read(path + "/" + name))
                }
            } catch {
                fatalError("no snapshot to fuzz: \(error)")
            }
        }()
    }

    /// The first byte says which file of the folder the rest stands for: whatever it is, the folder
    /// holds as it was signed, or not at all.
    @Sendable private static func readSnapshot(_ input: [UInt8]) -> Bool {
        let files = Folder.files
        guard let first = input.first else { return false }
        let (path, genuine) = files[Int(first) % files.count]
        let changed = Array(input.dropFirst())
        let place = Folder.path + "/" + path
        do {
            try FolderFiles.write(place, changed, isSynced: false)
            defer { try? FolderFiles.write(place, genuine, isSynced: false) }
            let reading = try SnapshotReading(Folder.path)
            precondition(reading.manifest == Folder.manifest, "another manifest is taken")
            // Another signature of the same text, by the same key, is as good.
            precondition(
                changed == genuine || ["checkpoint", "signature"].contains(path),
                "a changed \(path) is taken for genuine")
            return true
        } catch {
            precondition(!"\(error)".isEmpty, "refused without a word")
            return false
        }
    }

    /// A snapshot with these figures is compared with a sound one, both ways, and shown.
    @Sendable private static func readFigures(_ input: [UInt8]) -> Bool {
        let sound = (Folder.manifest, Array(Folder.figures.utf8))
        let other = (Folder.manifest, input)
        guard let there = try? SnapshotComparison(from: sound, to: other),
            let back = try? SnapshotComparison(from: other, to: sound)
        else { return false }
        let figures = FigureText(.english)
        for side in [there.figures, back.figures] {
            precondition(side.differing.count == side.count(.differs))
            precondition(
                side.notCompared.map(\.count).reduce(0, +)
                    == side.count(.notDefined) + side.count(.refused))
            for change in side.differing {
                precondition(
                    !change.before.isSame(as: change.after) || change.units.0 != change.units.1)
                precondition(!figures.value(change.before.value, change.units.before).isEmpty)
                precondition(!figures.value(change.after.value, change.units.after).isEmpty)
            }
        }
        precondition(there.figures.counts == back.figures.counts, "one way is not the other")
        if input == sound.1 {
            precondition(
                there.figures.compared == there.figures.count(.same), "it differs from itself")
        }
        return true
    }
}
