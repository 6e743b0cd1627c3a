import EventLog
import EventModel
import Foundation
import Operating
import Testing
import Vault

/// Method: logs with voids, definitions, duplicates and many recording times are carried over and
/// compared byte for byte; an entry that no longer fits ends it without a trace.
@Suite("Moving a log")
struct MigrationTests {
    private let place = Place()

    @Test("Every entry keeps its bytes, sequence and time, and the root is the same")
    func carried() throws {
        let old = try place.store(events: 900)
        // A void, the same key anew, and entries of the log's own, each at a time of its own.
        for (number, fields) in [("void", "m7"), ("void2", "m9")].enumerated() {
            try old.appendOwn(
                [
                    EventDraft(
                        id: fields.0, source: old.origin, type: "event.voided",
                        subject: "ticket/T-\(number == 0 ? 7 : 9)",
                        time: Instant(milliseconds: 1_765_000_000_000),
                        fields: [
                            .init("source", .text("test")), .init("id", .text(fields.1)),
                            .init("reason", .text("wrong import")),
                        ])
                ], recorded: Instant(milliseconds: 1_765_000_000_000 + Int64(number)))
        }
        #expect(try place.record(16, from: 0, in: old) == 2)
        let expected = try place.entries(of: old)
        let outcome = try Migration(of: old).run(
            to: place.file("new"), salts: .counting(), threads: 2)
        #expect(outcome.entries == UInt32(expected.count) && outcome.hasKey)
        let new = try LogStore.open(at: place.file("new"), salts: .counting())
        #expect(try place.entries(of: new) == expected)
        #expect(try new.read { $0.root } == old.read { $0.root })
        #expect(try new.read { try $0.voids().map(\.by) } == old.read { try $0.voids().map(\.by) })
        #expect(try new.verify() == nil)
        #expect(try new.signingKey().verifier == old.signingKey().verifier)
        #expect(place.mode("new") == 0o700 && place.mode("new/key") == 0o600)
        #expect(try place.record(30, from: 0, in: new) == 0)
        #expect(try place.record(4, from: 5000, in: new) == 4)
    }

    @Test("An empty log, and one without a key, are carried over, too")
    func small() throws {
        let old = try place.store(events: 0)
        try FileManager.default.removeItem(atPath: old.path + "/key")
        let outcome = try Migration(of: old).run(
            to: place.file("new"), salts: .counting(), threads: 1)
        #expect(outcome.entries == 0 && !outcome.hasKey)
        #expect(
            try LogStore.open(at: place.file("new"), salts: .counting()).read { $0.entryCount } == 0
        )
    }

    @Test("Who was erased is told to the new log under its own identity, before it is there")
    func erased() throws {
        let old = try place.store(events: 40)
        let time = Instant(milliseconds: 1_770_000_000_000)
        let token = Token(of: Disclosure(array: Array("somebody".utf8)))
        try old.keptErasures.add(
            [Erasure(names: [token], texts: [:], reason: "asked", by: nil, time: time)],
            identity: old.identity)
        _ = try Migration(of: old).run(
            to: place.file("new"), salts: .counting(from: 50), threads: 1)
        let new = try LogStore.open(at: place.file("new"), salts: .counting())
        #expect(new.identity != old.identity)
        let lines = try new.keptErasures.read(identity: new.identity)
        #expect(lines.own.map(\.names) == [[token]] && lines.ofOthers.isEmpty)
        // Where the list can't be written, no store appears.
        try FileManager.default.createDirectory(
            atPath: place.file("late") + ".erasures", withIntermediateDirectories: true)
        #expect(throws: (any Error).self) {
            try Migration(of: old).run(to: place.file("late"), salts: .counting(), threads: 1)
        }
        #expect(!FileManager.default.fileExists(atPath: place.file("late")))
    }

    @Test("What stops a migration leaves the old store as it was, and no new one")
    func stopped() throws {
        struct Stop: Error {}
        let old = try place.store(events: 100)
        var migration = Migration(of: old)
        migration.progress = { _ in throw Stop() }
        #expect(throws: Stop.self) {
            try migration.run(to: place.file("new"), salts: .counting(), threads: 1)
        }
        #expect(place.names("") == ["store"])
        #expect(throws: StoreFault.alreadyThere(path: old.path)) {
            try Migration(of: old).run(to: old.path, salts: .counting(), threads: 1)
        }
        #expect(try old.verify() == nil)
    }
}
