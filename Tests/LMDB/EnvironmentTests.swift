import Foundation
import LMDB
import Testing

@Suite("Opening, locking and failing, by provoking each")
struct EnvironmentTests {
    let folder = TemporaryFolder()
    var store: String { folder.file("store") }

    func create() throws -> Environment {
        try Environment.open(at: store, .init(creates: true))
    }

    func kind(_ body: () throws -> Void) -> LMDBError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? LMDBError)?.kind
        }
    }

    func make(_ path: String, _ contents: Data) throws {
        try contents.write(to: URL(fileURLWithPath: path))
    }

    @Test("Files are for the owner alone")
    func modes() throws {
        let environment = try create()
        _ = try environment.openTable("a")
        for (name, mode) in [
            ("", 0o700), ("/data.mdb", 0o600), ("/lock.mdb", 0o600), ("/writer.lock", 0o600),
        ] {
            let attributes = try FileManager.default.attributesOfItem(atPath: store + name)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(name)")
        }
    }

    @Test("One folder is not opened twice, by whatever path, and can be once it is closed")
    func doubleOpen() throws {
        do {
            let environment = try create()
            #expect(kind { _ = try Environment.open(at: store) } == .alreadyOpen)
            #expect(kind { _ = try Environment.open(at: store + "/../store") } == .alreadyOpen)
            _ = environment.path
        }
        _ = try Environment.open(at: store)
    }

    @Test("Nothing there, a file, an empty file, no database: each is named")
    func nothingThere() throws {
        #expect(kind { _ = try Environment.open(at: store) } == .missing)
        try make(store, Data())
        #expect(kind { _ = try Environment.open(at: store) } == .notADatabase)
        #expect(kind { _ = try create() } == .notADatabase)
        let other = TemporaryFolder()
        try make(other.file("data.mdb"), Data())
        #expect(kind { _ = try Environment.open(at: other.path) } == .notADatabase)
        let noise = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try make(other.file("data.mdb"), noise)
        #expect(kind { _ = try Environment.open(at: other.path) } == .notADatabase)
    }

    @Test("A message names path, call and remedy, and reads well after Error:")
    func messages() throws {
        do {
            _ = try Environment.open(at: store)
            Issue.record("opened nothing")
        } catch {
            #expect(
                "\(error)" == "\(store): there is no store here (stat: No such file or directory). "
                    + "Check the path, or make a new store there.")
        }
    }

    @Test("Reading alone refuses to write and to make tables")
    func readOnly() throws {
        do { _ = try create().openTable("a") }
        let environment = try Environment.open(at: store, .init(readOnly: true))
        #expect(kind { _ = try environment.beginWrite() } == .readOnly)
        #expect(kind { _ = try environment.openTable("b") } != nil)
        let table = try environment.openTable("a")
        #expect(try environment.beginRead().count(of: table) == 0)
    }

    @Test("A full map is an error that keeps what was committed")
    func mapFull() throws {
        var options = Environment.Options(creates: true)
        options.mapBytes = 1 << 20
        let environment = try Environment.open(at: store, options)
        let table = try environment.openTable("a")
        let write = try environment.beginWrite()
        try write.put(table, Key("kept"), [1])
        try write.commit()
        let fault = kind {
            let write = try environment.beginWrite()
            for number in 0..<1000 as Range<UInt32> {
                try write.put(table, Key(number), [UInt8](repeating: 1, count: 4080))
            }
            try write.commit()
        }
        #expect(fault == .mapFull)
        #expect(try environment.beginRead().count(of: table) == 1)
        let again = try environment.beginWrite()
        try again.put(table, Key("also"), [1])
        try again.commit()
    }

    @Test("A writer waits for another thread's, and gives up in time")
    func busy() throws {
        let environment = try create()
        let write = try environment.beginWrite()
        let fault = Guarded<LMDBError.Kind?>(nil)
        let thread = Thread {
            do throws(LMDBError) {
                _ = try environment.beginWrite(waitAtMost: .milliseconds(20))
            } catch { fault.withLock { $0 = error.kind } }
        }
        thread.start()
        while !thread.isFinished { usleep(1000) }
        #expect(fault.withLock { $0 } == .busy)
        write.abort()
        try environment.beginWrite(waitAtMost: .zero).commit()
    }

    @Test("A writer waits for another process's, and gives up in time")
    func busyProcess() async throws {
        let environment = try create()
        let ready = store + "/ready"
        let holding = Thread {
            do {
                let write = try environment.beginWrite()
                try make(ready, Data())
                while FileManager.default.fileExists(atPath: ready) { usleep(1000) }
                write.abort()
            } catch { Issue.record(error) }
        }
        holding.start()
        while !FileManager.default.fileExists(atPath: ready) { usleep(1000) }
        let place = store
        await #expect(processExitsWith: .success) { [path = place as String] in
            let other = try Environment.open(at: path)
            do {
                _ = try other.beginWrite(waitAtMost: .milliseconds(20))
                exit(2)
            } catch let error as LMDBError where error.kind == .busy {}
        }
        try FileManager.default.removeItem(atPath: ready)
        while !holding.isFinished { usleep(1000) }
        await #expect(processExitsWith: .success) { [path = place as String] in
            try Environment.open(at: path).beginWrite(waitAtMost: .seconds(5)).commit()
        }
    }

    @Test("Writers of many threads take turns and lose nothing")
    func turns() throws {
        let environment = try create()
        let table = try environment.openTable("a")
        let group = DispatchGroup()
        for thread in 0..<4 as Range<UInt32> {
            DispatchQueue.global().async(group: group) {
                for number in 0..<25 as Range<UInt32> {
                    do {
                        let write = try environment.beginWrite()
                        try write.put(table, Key(thread, number), [1])
                        try write.commit()
                    } catch { Issue.record(error) }
                }
            }
        }
        group.wait()
        #expect(try environment.beginRead().count(of: table) == 100)
    }

    @Test("Another environment's table traps")
    func foreignTable() async throws {
        await #expect(processExitsWith: .failure) {
            let folder = TemporaryFolder()
            let one = try Environment.open(at: folder.file("one"), .init(creates: true))
            let two = try Environment.open(at: folder.file("two"), .init(creates: true))
            let table = try one.openTable("a")
            _ = try two.openTable("a")
            _ = try two.beginRead().contains(table, Key("x"))
        }
    }

    @Test("A nested write traps")
    func nestedWrite() async throws {
        await #expect(processExitsWith: .failure) {
            let folder = TemporaryFolder()
            let environment = try Environment.open(at: folder.file("one"), .init(creates: true))
            let outer = try environment.beginWrite()
            let inner = try environment.beginWrite()
            try inner.commit()
            try outer.commit()
        }
    }

    @Test("A half filled value cannot be committed")
    func spoiled() async throws {
        await #expect(processExitsWith: .failure) {
            struct Stop: Error {}
            let folder = TemporaryFolder()
            let environment = try Environment.open(at: folder.file("one"), .init(creates: true))
            let table = try environment.openTable("a")
            let write = try environment.beginWrite()
            try? write.put(table, Key("a"), byteCount: 8) { _ in throw Stop() }
            try write.commit()
        }
    }
}
