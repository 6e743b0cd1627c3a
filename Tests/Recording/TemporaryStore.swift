import EventLog
import EventModel
import Foundation
import Shipped
import Vault

/// A store of the shipped event types for a while, in a folder of its own.
func withStore(_ body: (LogStore) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "rekam-recording-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try LogStore.create(
        at: folder.path, origin: "test.example/log",
        types: EventTypes.shipped(texts: Shipped.texts(in: "events")),
        seed: (0..<32).map { UInt8($0) }, salts: .counting())
    try body(store)
}
