import EventLog
import EventModel
import Foundation
import Operating
import Recording
import Shipped
import Testing
import Vault

/// A folder of its own for a test, gone with it, and stores in it.
final class Place {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/rekam-operating-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

    /// Names in a folder of it, sorted.
    func names(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: file(folder)).sorted()) ?? []
    }

    /// The permission bits of something in it.
    func mode(_ name: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    static let types: EventTypes = {
        do {
            return try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        } catch {
            fatalError("the shipped schemas do not compile: \(error)")
        }
    }()

    /// A new store with some events.
    func store(events: Int, name: String = "store") throws -> LogStore {
        let store = try LogStore.create(
            at: file(name), origin: "test.example/log", types: Self.types,
            seed: Array(repeating: 7, count: 32), salts: .counting())
        _ = try record(events, from: 0, in: store)
        return store
    }

    /// Records messages, in two batches with recording times of their own.
    @discardableResult
    func record(_ count: Int, from first: Int, in store: LogStore) throws -> Int {
        var accepted = 0
        for (part, range) in [first..<first + count / 2, first + count / 2..<first + count]
            .enumerated()
        {
            var validator = EventValidator(Self.types)
            var batch = EventBatch()
            for number in range {
                let draft = EventDraft(
                    id: "m\(number)", source: "test", type: "message.posted",
                    subject: "ticket/T-\(number % 40)",
                    time: Instant(milliseconds: 1_750_000_000_000 + Int64(number) * 1000),
                    fields: [
                        .init("direction", .text("in")), .init("visibility", .text("public")),
                        .init("actor_kind", .text("customer")),
                        .init("actor", .text("Customer \(number % 11)")),
                    ])
                if let refusal = validator.admit(draft, as: .input, into: &batch) { throw refusal }
            }
            let clock = Instant(
                milliseconds: 1_760_000_000_000 + Int64(first) * 10 + Int64(part) * 7)
            accepted += try store.append(batch, recorded: clock).accepted
        }
        return accepted
    }

    /// Every entry's bytes.
    func entries(of store: LogStore) throws -> [[UInt8]] {
        try store.read { view in try (0..<view.entryCount).map { try view.entry($0) } }
    }

    /// Damages the backup in `backup`.
    func damage(_ damage: BackupTests.Damage) throws {
        let data = URL(fileURLWithPath: file("backup/data.mdb"))
        let manifest = URL(fileURLWithPath: file("backup/backup.json"))
        func link(_ name: String) throws {
            try FileManager.default.moveItem(atPath: file("backup/" + name), toPath: file("aside"))
            try FileManager.default.createSymbolicLink(
                atPath: file("backup/" + name), withDestinationPath: file("aside"))
        }
        func edit(_ from: String, _ to: String) throws {
            let text = try String(contentsOf: manifest, encoding: .utf8)
            #expect(text.contains(from))
            try Data(text.replacing(from, with: to).utf8).write(to: manifest)
        }
        var bytes = try Data(contentsOf: data)
        switch damage {
        case .cut: try bytes.dropLast(4096).write(to: data)
        case .longer: try (bytes + Data(count: 1)).write(to: data)
        case .flipped:
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: data)
        case .missing: try FileManager.default.removeItem(at: data)
        case .noManifest: try FileManager.default.removeItem(at: manifest)
        case .brokenManifest: try Data("{\"format\":".utf8).write(to: manifest)
        case .newer: try edit("\"version\":1", "\"version\":2")
        case .otherRoot: try edit("\"entries\":300", "\"entries\":299")
        case .dataLink: try link("data.mdb")
        case .manifestLink: try link("backup.json")
        case .keyLink: try link("key")
        case .openKey: _ = unsafe chmod(file("backup/key"), 0o644)
        case .otherKey: try edit("test.example/log", "test.example/lag")
        case .folder:
            try FileManager.default.removeItem(at: data)
            try FileManager.default.createDirectory(
                at: data, withIntermediateDirectories: true)
        }
    }
}
