import EventLog
import EventModel
import Foundation
import Operating
import Shipped
import Testing
import Vault

/// Method: small stores in temporary folders are backed up and restored, and what comes back is
/// compared entry by entry; backups are then cut, changed and laid with links, one at a time.
@Suite("Backup and restore")
struct BackupTests {
    private let place = Place()
    private let now = Instant(milliseconds: 1_767_574_800_000)

    private func backUp(_ store: LogStore, withKey: Bool = false) throws -> BackupManifest {
        var backup = Backup(of: store, program: "test")
        backup.includesKey = withKey
        return try backup.make(at: place.file("backup"), now: now)
    }

    @Test("A backup brings back every entry, the root and, where it has it, the key")
    func roundTrip() throws {
        let store = try place.store(events: 700)
        let expected = try place.entries(of: store)
        let manifest = try backUp(store, withKey: true)
        #expect(manifest.entries == UInt32(expected.count))
        #expect(place.names("backup") == ["backup.json", "data.mdb", "key", "private.mdb"])
        let outcome = try Restore(of: place.file("backup")).make(at: place.file("restored"))
        #expect(outcome.manifest == manifest && outcome.hasKey)
        let restored = try LogStore.open(at: place.file("restored"), salts: .counting())
        #expect(try place.entries(of: restored) == expected)
        #expect(try restored.verify() == nil)
        #expect(try restored.signingKey().verifier == store.signingKey().verifier)
        // It goes on as a store of its own.
        #expect(try place.record(5, from: 700, in: restored) == 5)
    }

    @Test("Without --with-key the key stays where it is, and can be brought along")
    func keyApart() throws {
        let store = try place.store(events: 3)
        #expect(try !backUp(store).hasKey)
        #expect(place.names("backup") == ["backup.json", "data.mdb", "private.mdb"])
        #expect(try !Restore(of: place.file("backup")).make(at: place.file("a")).hasKey)
        #expect(!FileManager.default.fileExists(atPath: place.file("a/key")))
        var restore = Restore(of: place.file("backup"))
        restore.keyFile = store.path + "/key"
        #expect(try restore.make(at: place.file("b")).hasKey)
        #expect(
            try LogStore.open(at: place.file("b")).signingKey().verifier
                == store.signingKey().verifier)
    }

    @Test("Every file of a backup and of a restored store is its owner's alone")
    func modes() throws {
        _ = try backUp(try place.store(events: 3), withKey: true)
        _ = try Restore(of: place.file("backup")).make(at: place.file("restored"))
        for folder in ["backup", "restored"] {
            #expect(place.mode(folder) == 0o700, "\(folder)")
            for name in place.names(folder) {
                #expect(place.mode("\(folder)/\(name)") == 0o600, "\(folder)/\(name)")
            }
        }
    }

    @Test("A folder with anything in it is never written into, by neither")
    func neverOver() throws {
        let store = try place.store(events: 3)
        try FileManager.default.createDirectory(
            atPath: place.file("backup"), withIntermediateDirectories: true)
        // An empty folder is as good as none.
        _ = try backUp(store)
        #expect(throws: StoreFault.alreadyThere(path: place.file("backup"))) { try backUp(store) }
        #expect(throws: StoreFault.alreadyThere(path: store.path)) {
            try Restore(of: place.file("backup")).make(at: store.path)
        }
        try FileManager.default.createSymbolicLink(
            atPath: place.file("link"), withDestinationPath: place.file("nowhere"))
        #expect(throws: StoreFault.alreadyThere(path: place.file("link"))) {
            try Restore(of: place.file("backup")).make(at: place.file("link"))
        }
        try FileManager.default.createDirectory(
            atPath: place.file("mine.partial"), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: place.file("mine.partial/notes")))
        #expect(throws: StoreFault.alreadyThere(path: place.file("mine.partial"))) {
            try Restore(of: place.file("backup")).make(at: place.file("mine"))
        }
        #expect(place.names("mine.partial") == ["notes"])
    }

    /// What a process leaves that is killed while it makes something.
    private func leaveBehind(_ name: String, _ files: [String]) throws {
        let folder = place.file(name + ".partial")
        try FileManager.default.createDirectory(
            atPath: folder + "/whole", withIntermediateDirectories: true)
        for file in [".rekam-in-the-making"] + files.map({ "whole/" + $0 }) {
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
        }
    }

    @Test(
        "What an interrupted backup or restore left behind goes with the next one, whatever its name"
    )
    func leftover() throws {
        let store = try place.store(events: 3)
        struct Stop: Error {}
        var backup = Backup(of: store, program: "test")
        backup.progress = { _ in throw Stop() }
        #expect(throws: Stop.self) { try backup.make(at: place.file("backup"), now: now) }
        #expect(place.names("") == ["store"])
        try leaveBehind("backup", ["data.mdb"])
        _ = try backUp(store)
        #expect(place.names("") == ["backup", "store"])
        try leaveBehind("elsewhere", ["data.mdb", "private.mdb"])
        // Whoever copies a store by hand may call it so, too.
        try FileManager.default.copyItem(
            atPath: place.file("backup"), toPath: place.file("own.partial"))
        _ = try Restore(of: place.file("backup")).make(at: place.file("restored"))
        #expect(place.names("") == ["backup", "own.partial", "restored", "store"])
    }

    /// What is done to a backup, and the word its refusal must say.
    enum Damage: CaseIterable {
        case cut, longer, flipped, missing, noManifest, brokenManifest, newer, otherRoot, dataLink,
            manifestLink, keyLink, openKey, otherKey, folder

        var word: String {
            switch self {
            case .cut, .longer: "bytes instead of"
            case .flipped: "another SHA-256"
            case .missing: "data.mdb"
            case .noManifest: "it has no backup.json"
            case .brokenManifest: "is not what"
            case .newer: "newer rekam"
            case .otherRoot: "not the one that"
            case .dataLink, .manifestLink, .keyLink: "symbolic link"
            case .openKey: "others may read it"
            case .otherKey: "is not the key of"
            case .folder: "no regular file"
            }
        }
    }

    @Test(
        "A backup that is not whole is refused with its reason, and nothing is left of it",
        arguments: Damage.allCases)
    func damaged(damage: Damage) throws {
        _ = try backUp(try place.store(events: 300), withKey: true)
        try place.damage(damage)
        do {
            _ = try Restore(of: place.file("backup")).make(at: place.file("restored"))
            Issue.record("\(damage): restored")
        } catch {
            #expect("\(error)".contains(damage.word), "\(damage): \(error)")
        }
        #expect(!place.names("").contains { $0.hasPrefix("restored") }, "\(damage)")
    }

    @Test("A manifest of 16,384 bytes and a key file of 4,096 are read, longer ones are none")
    func fileLimits() throws {
        let store = try place.store(events: 3)
        _ = try backUp(store, withKey: true)
        for (name, most) in [("backup.json", 16_384), ("key", 4096)] {
            let url = URL(fileURLWithPath: place.file("backup/" + name))
            let whole = try Data(contentsOf: url)
            func restored(_ bytes: Int) -> Bool {
                // Blanks may follow a manifest; a key's line has none to spare.
                try? (whole + Data(repeating: 0x20, count: bytes - whole.count)).write(to: url)
                let target = place.file("back-\(name)-\(bytes)")
                return (try? Restore(of: place.file("backup")).make(at: target)) != nil
            }
            #expect(restored(name == "key" ? whole.count : most), "\(name)")
            #expect(!restored(most + 1), "\(name)")
            try whole.write(to: url)
        }
    }

    @Test("A note about a backup is read back, and a damaged note is none")
    func notes() throws {
        let store = try place.store(events: 3)
        #expect(OperationNote.last(.backup, of: store) == nil)
        let note = OperationNote(time: now, entries: 3, holds: true, detail: "/backups/\u{1B}[1m")
        #expect(note.leave(.backup, at: store.path))
        #expect(OperationNote.last(.backup, of: store) == note)
        #expect(OperationNote.last(.verification, of: store) == nil)
        #expect(place.mode("store/last-backup.json") == 0o600)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: place.file("store/last-backup.json")))
        #expect(OperationNote.last(.backup, of: store) == nil)
    }
}
