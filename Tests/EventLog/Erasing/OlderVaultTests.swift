import EventModel
import Foundation
import LMDB
import Testing

@testable import EventLog
@testable import Vault

/// Method: the file of a store's vault is put back as it was earlier, or as a copy of the store has it
/// that went on apart; the log stays as it is.
@Suite("An older vault is noticed before anybody gets a second token")
struct OlderVaultTests {
    private static let now = Instant(milliseconds: 1_770_000_000_000)
    private let folder = StoreFolder()

    private func make(_ customers: [String]) throws {
        let log = try LogStore.make(in: folder, salts: .counting(from: 9))
        for (number, customer) in customers.enumerated() {
            try log.record([.opened(number, by: customer)])
        }
    }

    private func store(salts first: UInt64 = 5000) throws -> LogStore {
        try LogStore.open(at: folder.path, salts: .counting(from: first))
    }

    private func add(_ number: Int, _ customer: String) throws {
        try store(salts: 5000 + 100 * UInt64(number)).record([.opened(number, by: customer)])
    }

    /// Keeps the vault's file as it is, or puts one back.
    private func keep(_ name: String, of other: StoreFolder? = nil) throws {
        try FileManager.default.copyItem(
            atPath: (other ?? folder).path + "/private.mdb", toPath: folder.path + "/" + name)
    }

    private func putBack(_ name: String) throws {
        for file in ["private.mdb", "private.mdb-lock"] {
            try? FileManager.default.removeItem(atPath: folder.path + "/" + file)
        }
        try FileManager.default.copyItem(
            atPath: folder.path + "/" + name, toPath: folder.path + "/private.mdb")
    }

    private func erase(_ subject: String) throws {
        let log = try store()
        try #expect(log.erase(subject) != nil)
        try #expect(log.vaultMismatch() == nil)
        try #expect(log.verify() == nil)
    }

    private func expectRefused() throws {
        let log = try store()
        let count = try log.read { $0.entryCount }
        #expect(try log.vaultMismatch() == .older)
        #expect(throws: VaultFault.older(path: folder.path)) {
            try log.record([.opened(90, by: "rini")])
        }
        #expect(throws: VaultFault.older(path: folder.path)) {
            try log.appendOwn([], recorded: Self.now)
            try log.record([.opened(91, by: "sari")])
        }
        #expect(try log.read { $0.entryCount } == count)
        #expect(try log.verify() != nil)
    }

    @Test func `one that lacks a person is refused, and taken only by who says so`() throws {
        try make(["ani", "budi"])
        try keep("old")
        try add(2, "rini")
        let whole = try store().read { try $0.person("customer/rini")?.token }
        try keep("new")
        try putBack("old")
        try expectRefused()
        try putBack("new")
        try add(3, "rini")
        try #expect(store().read { try $0.person("customer/rini")?.token } == whole)
        try #expect(store().verify() == nil)

        try putBack("old")
        _ = try store().eraseAgain(at: Self.now)
        try expectRefused()
        _ = try store().eraseAgain(at: Self.now, takesVault: true)
        try #expect(store().vaultMismatch() == nil)
        try add(4, "rini")
        try #expect(store().read { try $0.person("customer/rini")?.token } != whole)
    }

    @Test func `one of a copy that went on apart is refused, however much it holds`() throws {
        try make(["ani", "budi"])
        let other = OlderVaultTests()
        try FileManager.default.copyItem(atPath: folder.path, toPath: other.folder.path)
        try add(2, "rini")
        for number in 2..<9 { try other.add(number, "another \(number)") }
        try keep("other", of: other.folder)
        try putBack("other")
        try expectRefused()
    }

    @Test func `what a killed append left in it is no fault`() throws {
        try make(["ani"])
        for number in 1..<4 {
            let log = try store()
            var validator = EventValidator(log.types)
            var batch = EventBatch()
            _ = validator.admit(.opened(number, by: "killed \(number)"), as: .input, into: &batch)
            try log.appendAndFail(batch) {}
            try #expect(log.vaultMismatch() == nil)
        }
        try add(7, "rini")
        try #expect(store().verify() == nil)
    }

    @Test func `an erasure of who came last takes nothing off what was written`() throws {
        try make(["ani", "budi", "rini"])
        try keep("old")
        try erase("customer/rini")
        try erase("customer/budi")
        try add(5, "rini")
        try #expect(store().verify() == nil)
        try putBack("old")
        try expectRefused()
    }

    @Test func `one from before an erasure, though nothing was recorded since, shows nobody again`()
        throws
    {
        try make(["ani", "budi", "rini"])
        for (number, customer) in ["rini", "budi"].enumerated() {
            try keep("\(number)")
            try erase("customer/" + customer)
        }
        for number in 0..<2 {
            try putBack("\(number)")
            try expectRefused()
            let reader = try LogStore.open(at: folder.path, readOnly: true)
            for (customer, isErased) in [("ani", false), ("budi", true), ("rini", true)] {
                let found = try reader.read { try $0.person("customer/" + customer) }
                #expect((found == nil) == isErased, "\(number): \(customer)")
            }
        }
        #expect(try store().eraseAgain(at: Self.now, takesVault: true).rows == 2)
        #expect(try store().verify() == nil)
    }
}
