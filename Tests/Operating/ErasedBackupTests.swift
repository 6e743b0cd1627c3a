import EventLog
import EventModel
import Foundation
import Operating
import Testing
import Vault

/// Method: persons are erased after a backup was made, the backup comes back, and the same events come
/// in again in another order; what the vault holds is compared with who was erased.
@Suite("Erasures beside the store, when an older log comes back")
struct ErasedBackupTests {
    private let place = Place()
    private let now = Instant(milliseconds: 1_770_000_000_000)

    private func opened(_ number: Int, _ customer: String) -> EventDraft {
        EventDraft(
            id: "o\(number)", source: "desk", type: "ticket.opened", subject: "ticket/T-\(number)",
            time: Instant(milliseconds: 1_750_000_000_000 + Int64(number) * 1000),
            fields: [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("customer", .text(customer)), .init("title", .text("of \(customer)")),
            ])
    }

    private func record(_ drafts: [EventDraft], in log: LogStore) throws {
        var validator = EventValidator(Place.types)
        var batch = EventBatch()
        for draft in drafts {
            if let refusal = validator.admit(draft, as: .input, into: &batch) { throw refusal }
        }
        #expect(try log.append(batch, recorded: now).accepted == drafts.count)
    }

    private func open(_ name: String, from seed: UInt64) throws -> LogStore {
        try LogStore.open(at: place.file(name), salts: .counting(from: seed))
    }

    @discardableResult
    private func erase(_ name: String, in log: LogStore) throws -> Erasure? {
        try log.erase(at: now) { view in
            guard let person = try view.person("customer/\(name)") else { return nil }
            return try view.erasure(
                of: [view.trace(person)], reason: "asked for", by: "dpo", at: now)
        }
    }

    /// The titles that can be read, in the order of entries.
    private func titles(_ log: LogStore) throws -> [String] {
        try log.read { view in
            var found: [String] = []
            for sequence in 0..<view.entryCount {
                let text = String(decoding: try view.revealedEntry(sequence), as: UTF8.self)
                if let match = text.firstMatch(of: /"title":"(of [a-z]+)"/) {
                    found.append(String(match.1))
                }
            }
            return found
        }
    }

    private func backUp(_ log: LogStore, _ name: String) throws {
        _ = try Backup(of: log, program: "test").make(at: place.file(name), now: now)
    }

    /// A store of Ani and Budi that was backed up; Citra, Dewi and Eka came after the backup.
    private func made() throws -> LogStore {
        let log = try LogStore.create(
            at: place.file("store"), origin: "test.example/log", types: Place.types,
            seed: Array(repeating: 7, count: 32), salts: .counting(from: 1))
        try record([opened(1, "ani"), opened(2, "budi")], in: log)
        try backUp(log, "early")
        try record([opened(3, "citra"), opened(4, "dewi"), opened(5, "eka")], in: log)
        return log
    }

    @Test("Whoever was erased goes again, nobody else, whatever came in before and in what order")
    func restored() throws {
        do {
            let log = try made()
            for name in ["ani", "citra", "dewi"] { try erase(name, in: log) }
            #expect(try titles(log) == ["of budi", "of eka"])
        }
        let kept = KeptErasures(ofStore: place.file("store"))
        try FileManager.default.removeItem(atPath: place.file("store"))
        let outcome = try Restore(of: place.file("early")).make(at: place.file("store"))
        #expect(outcome.erased == 2 && outcome.hasErasures)
        let log = try open("store", from: 1000)
        #expect(try titles(log) == ["of budi"])
        // Before the erasures are recorded, so that every entry stands where another one stood.
        try record(
            [opened(5, "eka"), opened(6, "fajar"), opened(4, "dewi"), opened(7, "gita")], in: log)
        let shown = ["of budi", "of eka", "of fajar", "of dewi", "of gita"]
        #expect(try log.verify() == nil)
        let first = try log.eraseAgain(at: now)
        #expect(first.rows == 0 && first.recorded == 1)
        let told = try log.read { try $0.erasures() }
        #expect(told.count == 1 && told[0].names.count == 1 && told[0].texts.keys.sorted() == [0])
        #expect(try titles(log) == shown)
        #expect(try log.verify() == nil)
        let root = try log.read { $0.root }
        let lines = try kept.read(identity: log.identity).own.count
        let second = try log.eraseAgain(at: now)
        #expect(second.rows == 0 && second.recorded == 0)
        #expect(try log.read { $0.root } == root)
        #expect(try kept.read(identity: log.identity).own.count == lines && lines == 3)
        #expect(try titles(log) == shown)
        // Events that came in again are a new person's, who is erased as anybody.
        try erase("dewi", in: log)
        #expect(try titles(log) == ["of budi", "of eka", "of fajar", "of gita"])
        #expect(try log.verify() == nil)
    }

    @Test("The list of another log is left alone, and each of its lines is told")
    func ofOthers() throws {
        do {
            let log = try made()
            try erase("citra", in: log)
            try erase("dewi", in: log)
        }
        try FileManager.default.removeItem(atPath: place.file("store"))
        let other = try LogStore.create(
            at: place.file("store"), origin: "test.example/log", types: Place.types,
            seed: Array(repeating: 7, count: 32), salts: .counting(from: 500))
        try record([opened(1, "ani"), opened(2, "budi")], in: other)
        try erase("ani", in: other)
        let kept = try other.keptErasures.read(identity: other.identity)
        #expect(kept.own.count == 1 && kept.ofOthers == [1, 2])
        #expect(try other.eraseAgain(at: now).recorded == 0)
        #expect(try other.verify() == nil)
        // Nor does one store erase in another's backup.
        #expect(
            throws: OperatingFault.otherLog(path: place.file("early"), log: place.file("store"))
        ) { try BackupErasing(of: place.file("early")).apply(erasuresOf: other) }
        let outcome = try Restore(of: place.file("early")).make(at: place.file("again"))
        #expect(!outcome.hasErasures)
        var restore = Restore(of: place.file("early"))
        restore.erasuresFile = place.file("store.erasures")
        let more = try restore.make(at: place.file("more"))
        #expect(more.linesOfOthers[0].numbers == [3] && more.erased == 0)
        #expect(try open("more", from: 9).identity != other.identity)
    }

    @Test("A copy that was carried over has a list of its own, and nobody's texts who was erased")
    func migrated() throws {
        let log = try made()
        try erase("ani", in: log)
        _ = try Migration(of: log).run(
            to: place.file("new"), salts: .counting(from: 77), threads: 1)
        let new = try open("new", from: 78)
        #expect(new.identity != log.identity)
        let kept = try new.keptErasures.read(identity: new.identity)
        #expect(kept.own.count == 1 && kept.ofOthers.isEmpty)
        #expect(try titles(new) == ["of budi", "of citra", "of dewi", "of eka"])
        #expect(try new.verify() == nil)
    }

    /// The erasure of Budi as far as a process came that was killed before it made the vault anew.
    private func cutOff(_ log: LogStore) throws {
        let erasure = try log.read { view -> Erasure in
            let person = try #require(try view.person("customer/budi"))
            return try view.erasure(
                of: [view.trace(person)], reason: "asked for", by: nil, at: now)
        }
        try log.eraseAndFail(erasure, at: now)
    }

    @Test("After an erasure was killed, no copy has what its log says is erased")
    func killed() throws {
        let log = try made()
        try cutOff(log)
        let others = ["of ani", "of citra", "of dewi", "of eka"]
        try backUp(log, "late")
        #expect(try titles(LogStore.open(at: place.file("late"), readOnly: true)) == others)
        _ = try Migration(of: log).run(
            to: place.file("new"), salts: .counting(from: 77), threads: 1)
        #expect(try titles(open("new", from: 78)) == others)
        #expect(try open("new", from: 78).verify() == nil)
        #expect(try Restore(of: place.file("late")).make(at: place.file("back")).erased == 0)
        #expect(try titles(open("back", from: 79)) == others)
        #expect(try open("back", from: 79).verify() == nil)
    }

    @Test("A backup that was made in the middle of an erasure comes back without what was erased")
    func backedUpInBetween() throws {
        do {
            let log = try made()
            try cutOff(log)
            try backUp(log, "late")
        }
        // As one that an earlier program made: with the rows, and the note.
        for name in ["data.mdb", "private.mdb"] {
            try FileManager.default.removeItem(atPath: place.file("late/" + name))
            try FileManager.default.copyItem(
                atPath: place.file("store/" + name), toPath: place.file("late/" + name))
        }
        try place.sealManifest(of: "late")
        try FileManager.default.removeItem(atPath: place.file("store"))
        #expect(try Restore(of: place.file("late")).make(at: place.file("back")).erased == 2)
        let others = ["of ani", "of citra", "of dewi", "of eka"]
        #expect(try titles(open("back", from: 79)) == others)
        // In place it is not changed, and shows nothing of it.
        let before = try Data(contentsOf: URL(filePath: place.file("late/private.mdb")))
        #expect(try titles(LogStore.open(at: place.file("late"), readOnly: true)) == others)
        #expect(try Data(contentsOf: URL(filePath: place.file("late/private.mdb"))) == before)
    }

    @Test("Whoever was held after the backup was made is held when it comes back") func heldSince()
        throws
    {
        func hold(_ name: String, in log: LogStore, isReleased: Bool = false) throws {
            let person = try #require(try log.read { try $0.person("customer/\(name)") })
            let hold = PersonActs.Hold(person: person, reason: "lawsuit", by: "dpo", time: now)
            try log.keptHolds.append(
                [KeptHold(hold, isReleased: isReleased)], identity: log.identity)
        }
        do {
            let log = try made()
            for name in ["ani", "budi"] { try hold(name, in: log) }
            try hold("budi", in: log, isReleased: true)
            // Another log's are none of it.
            let first = try #require(log.read { try $0.personActs().holds.first })
            try log.keptHolds.append([KeptHold(first, isReleased: true)], identity: "another")
        }
        try FileManager.default.removeItem(atPath: place.file("store"))
        _ = try Restore(of: place.file("early")).make(at: place.file("store"))
        let log = try open("store", from: 41)
        let held = try log.read { view in
            try ["ani", "budi"].map { name in
                let person = try #require(try view.person("customer/\(name)"))
                return try view.holds(of: person, view.personActs()).map(\.reason)
            }
        }
        #expect(held == [["lawsuit"], []])
    }

    @Test(
        "A list of holds that is kept elsewhere comes along, and is kept beside the store from then on"
    )
    func holdsKeptElsewhere() throws {
        do {
            let log = try made()
            let person = try #require(try log.read { try $0.person("customer/ani") })
            let hold = PersonActs.Hold(person: person, reason: "lawsuit", by: nil, time: now)
            for identity in ["another", log.identity] {
                try log.keptHolds.append([KeptHold(hold)], identity: identity)
            }
        }
        let elsewhere = place.file("elsewhere")
        try FileManager.default.moveItem(atPath: place.file("store.holds"), toPath: elsewhere)
        var restore = Restore(of: place.file("early"))
        restore.holdsFile = elsewhere
        for _ in 1...2 {
            let outcome = try restore.make(at: place.file("back"))
            #expect(outcome.inForce == 1 && outcome.linesOfOthers[1].numbers == [1])
            let log = try open("back", from: 41)
            let held = try log.read { view in
                let person = try #require(try view.person("customer/ani"))
                return try view.holds(of: person, view.personActs()).map(\.reason)
            }
            #expect(held == ["lawsuit"])
            #expect(try log.keptHolds.read(identity: log.identity).holds.count == 1)
            try FileManager.default.removeItem(atPath: place.file("back"))
        }
        restore.holdsFile = place.file("nowhere")
        #expect(throws: StoreFault.self) { try restore.make(at: place.file("back")) }
        #expect(!FileManager.default.fileExists(atPath: place.file("back")))
    }
}

extension Place {
    /// Writes the digests of a backup's files, as they are now, into its manifest.
    func sealManifest(of backup: String) throws {
        let path = file(backup + "/backup.json")
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (name, key) in [("data.mdb", "data"), ("private.mdb", "names")] {
            let (bytes, sha256) = try StoreFiles.digest(file("\(backup)/\(name)"))
            let digest = Hexadecimal.text(sha256)
            text.replace(
                try Regex("\"\(key)_sha256\":\"[0-9a-f]+\""),
                with: "\"\(key)_sha256\":\"\(digest)\"")
            text.replace(try Regex("\"\(key)_bytes\":[0-9]+"), with: "\"\(key)_bytes\":\(bytes)")
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
