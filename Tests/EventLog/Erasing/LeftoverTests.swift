import EventModel
import Foundation
import LMDB
import Testing

@testable import EventLog
@testable import Vault

/// Method: an append or an erasure is stopped where a killed process would have been, and rows of the
/// vault are changed by hand; what the vault holds, what readers are shown and what verification says
/// is compared with what was done.
@Suite struct LeftoverTests {
    private static let now = Instant(milliseconds: 1_770_000_000_000)

    /// An event without anything personal in it.
    private func plain(_ number: Int) -> EventDraft {
        EventDraft(
            id: "m\(number)", source: "test", type: "message.posted",
            subject: "ticket/T-\(number)",
            time: Instant(milliseconds: 1_750_000_000_000 + Int64(number) * 1000),
            fields: [
                .init("direction", .text("in")), .init("visibility", .text("public")),
                .init("actor_kind", .text("customer")),
            ])
    }

    private func made(_ folder: StoreFolder) throws -> LogStore {
        let log = try LogStore.make(in: folder, salts: .counting(from: 9))
        try log.record([
            .opened(1, by: "ani"), .opened(2, by: "budi"), .profile("sari", "Sari Lestari"),
        ])
        return log
    }

    private func plan(_ subject: String, _ log: LogStore) throws -> Erasure {
        try log.read { view in
            let found = try view.person(subject)
            let person = try #require(found)
            return try view.erasure(
                of: [view.trace(person)], reason: "asked for", by: nil, at: Self.now)
        }
    }

    /// Leaves what an append leaves that is killed between the vault's commit and the log's.
    private func leave(_ drafts: [EventDraft], in log: LogStore) throws {
        var validator = EventValidator(log.types)
        var batch = EventBatch()
        for draft in drafts {
            if let refusal = validator.admit(draft, as: .input, into: &batch) { throw refusal }
        }
        try log.appendAndFail(batch) {}
    }

    private func rows(_ log: LogStore) throws -> (texts: Int, tokens: Int) {
        let reader = try #require(try log.vault.beginRead())
        return try (reader.textCount, reader.tokenCount)
    }

    /// Whether a name stands in the vault's file anywhere, also in pages that are free.
    private func stands(_ name: String, in folder: StoreFolder) throws -> Bool {
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/private.mdb"))
        return [Data(name.utf8), Data(name.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })]
            .contains { bytes.range(of: $0) != nil }
    }

    /// How a killed append left what it had of names.
    enum Left: CaseIterable {
        case rows, rowsWithoutNote, pages
    }

    /// Leaves names of an append that was killed after the vault's commit, or before it.
    private func leave(_ left: Left, in log: LogStore) throws {
        try leave([.opened(3, by: "citra"), .opened(4, by: "dewi")], in: log)
        let path = log.path
        switch left {
        case .rows: break
        case .rowsWithoutNote: try log.vault.endAppending()
        case .pages:
            // The rows are gone from the tables; pages that are free have them still.
            try log.vault.update { write, tables in
                var cursor = try write.cursor(tables.disclosures)
                for _ in 0..<2 where try cursor.move(.last) { try cursor.delete() }
                var texts = try write.cursor(tables.texts)
                for _ in 0..<2 where try texts.move(.last) { try texts.delete() }
                var index = try write.cursor(tables.index)
                _ = try index.move(.last)
                try index.delete()
                try tables.makeIndex(ofNames: [0, 1, 2], in: write)
                let rows = UInt32(6)
                try write.put(tables.registry, Key(VaultTables.rowsKey), byteCount: 4) {
                    $0.storeBytes(of: rows.littleEndian, as: UInt32.self)
                }
            }
            log.vault.close()
            let file = try FileHandle(forWritingTo: URL(filePath: path + "/private.mdb"))
            try file.seekToEnd()
            var page = Data(repeating: 0, count: 4096)
            page.replaceSubrange(100..<105, with: Data("citra".utf8))
            try file.write(contentsOf: page)
            try file.close()
        }
    }

    @Test(arguments: Left.allCases, [0, 1, 2])
    func `what a killed append left goes with the next writer, and is told until then`(
        _ left: Left, _ way: Int
    ) throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try leave(left, in: log)
            #expect(try stands("citra", in: folder))
            // In the process that failed, before anything else is recorded.
            if way == 2 {
                try log.record([plain(1)])
                #expect(try !stands("citra", in: folder))
            }
        }
        if way < 2 {
            let reader = try LogStore.open(at: folder.path, readOnly: true)
            #expect(try stands("citra", in: folder))
            #expect(try reader.unrecorded() == (left == .pages ? 0 : 4))
            var census = PersonCensus()
            #expect(try reader.verify(persons: { census = $0 }) == nil)
            #expect(census.unreferenced == (left == .pages ? 0 : 4))
            #expect(census.isCutOff == (left != .rowsWithoutNote))
        }
        let log = try LogStore.open(at: folder.path, salts: .counting(from: 90))
        if way == 1 { try log.dropUnrecorded() }
        #expect(try !stands("citra", in: folder) && !stands("dewi", in: folder))
        #expect(try stands("budi", in: folder))
        #expect(try log.unrecorded() == nil && rows(log) == (2, 4))
        #expect(try log.read { try $0.person("customer/citra") } == nil)
        var census = PersonCensus()
        #expect(try log.verify(persons: { census = $0 }) == nil)
        #expect(census.unreferenced == 0 && !census.isCutOff)
        #expect(try log.record([.opened(3, by: "citra"), .opened(5, by: "budi")]).accepted == 2)
        #expect(try log.verify() == nil && log.unrecorded() == nil)
    }

    @Test func `cleaning that was killed goes on, and waits for who is writing`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try leave([.opened(3, by: "citra")], in: log)
            // The vault took the other's place, and the log does not go on with it yet.
            try log.vault.takeOutUnrecorded(of: log.read { try $0.tokens() }, always: true)
            #expect(try log.unrecorded() == 3)
        }
        do {
            let log = try LogStore.open(at: folder.path, salts: .counting(from: 90))
            #expect(try log.unrecorded() == nil && log.verify() == nil)
            try leave([.opened(3, by: "citra")], in: log)
        }
        // Whoever holds the lock is appending: what it wrote is none of ours to judge.
        let lock = unsafe open(folder.path + "/writer.lock", O_RDWR)
        #expect(flock(lock, LOCK_EX) == 0)
        do {
            let log = try LogStore.open(at: folder.path, salts: .counting(from: 91))
            #expect(try log.unrecorded() != nil && stands("citra", in: folder))
        }
        #expect(flock(lock, LOCK_UN) == 0)
        close(lock)
        let log = try LogStore.open(at: folder.path, salts: .counting(from: 92))
        #expect(try log.unrecorded() == nil && !stands("citra", in: folder))
    }

    @Test func `an append that failed leaves nothing behind for the next one`() throws {
        struct Failure: Error {}
        let folder = StoreFolder()
        let log = try made(folder)
        var validator = EventValidator(log.types)
        var batch = EventBatch()
        _ = validator.admit(.opened(3, by: "citra"), as: .input, into: &batch)
        #expect(throws: Failure.self) {
            try log.append(batch, recorded: Self.now) { _, _ in throw Failure() }
        }
        #expect(try log.unrecorded() != nil)
        try log.record([plain(1)])
        #expect(try log.unrecorded() == nil && !stands("citra", in: folder))
        #expect(try log.verify() == nil)
    }

    @Test func `a reason in clear names nobody whom the vault knows, but on purpose`() throws {
        let folder = StoreFolder()
        let log = try made(folder)
        func retain(_ reason: String) throws {
            try log.appendOwn(
                type: "retention.set", subject: Erasure.subject, id: reason,
                fields: [
                    .init("kind", .text("customer")), .init("days", .integer(10)),
                    .init("reason", .text(reason)), .init("by", .text("sari")),
                ], at: Self.now)
        }
        for reason in ["as ani said", "for BUDI", "Lestari's", "budi_2", "SariLestari"] {
            #expect(throws: StoreFault.namesSomebody(in: "reason"), "\(reason)") {
                try retain(reason)
            }
        }
        try retain("our policy of 2025, organised anew")
        try log.erase("customer/budi")
        // What nobody knows any more, nobody can tell.
        try retain("for budi")
    }

    @Test func `an erasure takes what a killed append left, and every name that no entry has`()
        throws
    {
        let folder = StoreFolder()
        let log = try made(folder)
        try leave([.opened(3, by: "ani"), .opened(4, by: "dewi")], in: log)
        #expect(try log.read { try $0.person("customer/dewi") } != nil)
        try log.erase("customer/ani")
        #expect(try rows(log) == (1, 3))
        #expect(try log.read { try $0.person("customer/dewi") } == nil)
        var census = PersonCensus()
        #expect(try log.verify(persons: { census = $0 }) == nil)
        #expect(census.unreferenced == 0)
        #expect(try log.record([.opened(3, by: "ani"), .opened(4, by: "dewi")]).accepted == 2)
        #expect(try log.verify() == nil)
    }

    @Test func `an erasure that was killed is finished by who reads and may write`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.eraseAndFail(plan("customer/budi", log), at: Self.now)
            #expect(try log.read { try $0.person("customer/budi") } != nil)
        }
        let log = try LogStore.open(at: folder.path, readOnly: true)
        #expect(try log.erasureUnderWay() == nil)
        #expect(try rows(log) == (1, 3))
        #expect(try log.read { try $0.person("customer/budi") } == nil)
        #expect(try log.keptErasures.read(identity: log.identity).own.count == 1)
        #expect(try log.verify() == nil)
    }

    @Test func `who may not write is shown nothing of an erasure that was killed`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.eraseAndFail(plan("customer/budi", log), at: Self.now)
        }
        let log = try LogStore.open(copyAt: folder.path)
        #expect(try log.read { try $0.person("customer/budi") } != nil)
        log.hideErasureLeft()
        #expect(try log.read { try $0.person("customer/budi") } == nil)
        for sequence: UInt32 in 0..<2 {
            let text = try log.read {
                String(decoding: try $0.revealedEntry(sequence), as: UTF8.self)
            }
            #expect(text.contains("budi") == false && text.contains("ani") == (sequence == 0))
        }
        #expect(try log.verify() == nil)
    }

    @Test func `nothing is recorded while an erasure is told and cannot be finished`() throws {
        let folder = StoreFolder()
        // Something that is not ours stands where the vault is made anew.
        let obstacle = folder.path + "/private.new/mine"
        func isRefused(_ body: () throws -> Void) -> Bool {
            do { try body() } catch StoreFault.erasureLeft { return true } catch {}
            return false
        }
        do {
            let log = try made(folder)
            try log.eraseAndFail(plan("customer/budi", log), at: Self.now)
            #expect(isRefused { try log.record([.opened(3, by: "budi")]) })
            try FileManager.default.createDirectory(
                atPath: obstacle, withIntermediateDirectories: true)
        }
        let log = try LogStore.open(at: folder.path, salts: .counting(from: 90))
        #expect(isRefused { try log.record([.opened(3, by: "budi")]) })
        // Trying to finish it twice does not take it for finished.
        for _ in 0..<2 { #expect(isRefused { _ = try log.eraseAgain(at: Self.now) }) }
        #expect(isRefused { try log.record([plain(1)]) })
        try FileManager.default.removeItem(atPath: obstacle)
        _ = try log.eraseAgain(at: Self.now)
        #expect(try log.erasureUnderWay() == nil)
        #expect(try log.record([.opened(3, by: "budi")]).accepted == 1)
        #expect(try log.verify() == nil)
    }

    @Test("A kept line counts without its end; only what a crash cut off is none")
    func keptLines() throws {
        let folder = StoreFolder()
        let path = folder.path + ".lines"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func kept(_ text: String) throws -> [String] {
            try Data(text.utf8).write(to: URL(filePath: path))
            try StoreFiles.append(Array("{\"n\":9}\n".utf8), to: path)
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            #expect(bytes.last == 0x0A)
            return StoreFiles.lines(of: bytes).map(\.text)
        }
        let (one, two, nine) = ("{\"n\":1}", "{\"n\":2}", "{\"n\":9}")
        #expect(try kept("\(one)\n\(two)\n") == [one, two, nine])
        #expect(try kept("\(one)\n\(two)") == [one, two, nine])
        #expect(try kept(one) == [one, nine])
        for cut in 1..<two.utf8.count {
            #expect(try kept("\(one)\n" + two.prefix(cut)) == [one, nine])
        }
        #expect(StoreFiles.lines(of: Array("\(one)\r\n\n \n\(two)".utf8)).map(\.number) == [1, 4])
    }

    @Test(arguments: [nil, Array(repeating: UInt8(3), count: 16)])
    func `a vault without the store's own key of digests is a difference`(_ key: [UInt8]?) throws {
        let folder = StoreFolder()
        let log = try made(folder)
        #expect(try log.verify() == nil)
        try log.vault.update { write, tables in
            try write.delete(tables.registry, Key("digest_key"))
            if let key { try write.put(tables.registry, Key("digest_key"), key) }
        }
        #expect(try log.verify()?.key == "digest_key")
        #expect(try log.vaultMismatch() == (key == nil ? .noKey : .otherKey))
        #expect(throws: VaultFault.self) { _ = try log.privateDigest() }
        guard key != nil else { return }
        // Beside another log's vault nothing is recorded: nobody could ever explain its tokens.
        let entries = try log.read { $0.entryCount }
        #expect(throws: VaultFault.self) { try log.record([.opened(9, by: "sari")]) }
        #expect(try log.read { $0.entryCount } == entries)
    }

    @Test func `an erasure that never was hides nothing`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.vault.note(LogStore.erasing, plan("customer/budi", log).json.canonical)
        }
        let copy = try LogStore.open(copyAt: folder.path)
        copy.hideErasureLeft()
        #expect(try copy.read { try $0.person("customer/budi") } != nil)
    }

    @Test func `what an erasure leaves is found by name as before, and no text for a name`() throws
    {
        let folder = StoreFolder()
        let log = try made(folder)
        try log.erase("customer/ani")
        #expect(try log.verify() == nil)
        #expect(try log.read { try $0.person("agent/Sari Lestari") } == nil)
        #expect(try log.read { try $0.person("agent/sari") } != nil)
    }

    /// What is done to the rows that lead from names to tokens.
    enum Change: CaseIterable { case swapped, deleted, added, ofText, leadsNowhere }

    @Test(arguments: Change.allCases)
    func `a row that leads from a name to another's token is a difference`(_ change: Change) throws
    {
        let folder = StoreFolder()
        let log = try made(folder)
        try log.vault.update { write, tables in
            var cursor = try write.cursor(tables.index)
            #expect(try cursor.move(.last))
            let place: UInt32 = try cursor.keyNumber(at: 0)
            let block = try #require(try cursor.withEntry { IndexBlock($1) })
            var names = block.names.map { ($0.key, $0.row) }
            #expect(names.count == 3 && block.tokens.count == 4)
            let text = try #require(
                (0..<4).first { row in !names.contains { $0.1 == row } })
            switch change {
            case .swapped: (names[0].1, names[1].1) = (names[1].1, names[0].1)
            case .deleted: names.removeFirst()
            case .added: names.append((7, names[0].1))
            case .ofText:
                names.append((Fingerprint(of: "Sari Lestari".utf8Span.span).value, text))
            case .leadsNowhere: names.append((7, 99))
            }
            names.sort { $0.0 < $1.0 }
            let tokens = block.tokens.map { ($0.key, $0.row) }
            try write.put(tables.index, Key(place), bytes(tokens, names))
        }
        #expect(try log.verify()?.table == "private.mdb index")
    }

    /// A block of the index as it is stored.
    private func bytes(
        _ tokens: [(key: UInt64, row: UInt32)], _ names: [(key: UInt64, row: UInt32)]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ number: some FixedWidthInteger) {
            for shift in stride(from: 0, to: number.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        put(UInt32(tokens.count))
        put(UInt32(names.count))
        for item in tokens + names {
            put(item.key)
            put(item.row)
        }
        return bytes
    }

    /// What is done to the blocks that lead from tokens to rows, and to the rows' numbers.
    enum Alteration: CaseIterable {
        case itemGone, itemTwice, itemToNowhere, itemsSwapped, unsorted, keyChanged
        case countOfTokens, countOfNames, shorter, empty
        case blockGone, blockMoved, blockTwice
        case rowGone, rowMoved, rowAtTheEnd, rowTwice
    }

    /// A block's bytes with a change to what stands in it; nil where the change is another.
    private func altered(_ block: IndexBlock, _ change: Alteration) -> [UInt8]? {
        var tokens = block.tokens.map { (key: $0.key, row: $0.row) }
        let names = block.names.map { (key: $0.key, row: $0.row) }
        var stored = block.bytes
        switch change {
        case .itemGone: return bytes(Array(tokens.dropFirst()), names)
        case .itemTwice: return bytes([tokens[0]] + tokens, names)
        case .itemToNowhere: return bytes(tokens + [(key: .max, row: 99)], names)
        case .itemsSwapped:
            (tokens[0].row, tokens[1].row) = (tokens[1].row, tokens[0].row)
            return bytes(tokens, names)
        case .unsorted: return bytes(tokens.reversed(), names)
        case .keyChanged:
            tokens[0].key ^= 1
            return bytes(tokens, names)
        case .countOfTokens: stored[0] += 1
        case .countOfNames: stored[4] -= 1
        case .shorter: stored.removeLast(12)
        case .empty: stored = []
        case .blockGone, .blockMoved, .blockTwice, .rowGone, .rowMoved, .rowAtTheEnd, .rowTwice:
            return nil
        }
        return stored
    }

    /// Whether verification finds a difference in the vault, or says that the vault can't be read.
    private func isTold(_ log: LogStore) throws -> Bool {
        do { return try log.verify()?.table.hasPrefix("private.mdb") == true } catch is VaultFault {
            return true
        }
    }

    @Test(arguments: Alteration.allCases)
    func `an index or a number of rows that was altered is a difference, and ends no process`(
        _ change: Alteration
    ) throws {
        let folder = StoreFolder()
        let log = try made(folder)
        try log.vault.update { write, tables in
            var cursor = try write.cursor(tables.index)
            #expect(try cursor.move(.last))
            let place: UInt32 = try cursor.keyNumber(at: 0)
            let block = try #require(try cursor.withEntry { IndexBlock($1) })
            let number = block.tokens[0].row
            let row = try #require(try write.copyValue(tables.disclosures, Key(number)))
            if let altered = altered(block, change) {
                try write.put(tables.index, Key(place), altered)
            }
            switch change {
            case .blockGone: try write.delete(tables.index, Key(place))
            case .blockMoved:
                try write.delete(tables.index, Key(place))
                try write.put(tables.index, Key(place + 7), block.bytes)
            case .blockTwice: try write.put(tables.index, Key(place + 7), block.bytes)
            case .rowGone: try write.delete(tables.disclosures, Key(number))
            case .rowMoved:
                try write.delete(tables.disclosures, Key(number))
                try write.put(tables.disclosures, Key(50 as UInt32), row)
            case .rowAtTheEnd: try write.put(tables.disclosures, Key(UInt32.max), row)
            case .rowTwice: try write.put(tables.disclosures, Key(50 as UInt32), row)
            default: break
            }
        }
        #expect(try isTold(log), "\(change)")
        // Who reads is shown the text or the token, or told of the damage; who appends goes on, or is.
        _ = try? log.read { try $0.person("agent/sari") }
        _ = try? log.read { view in try (0..<view.entryCount).map { try view.revealedEntry($0) } }
        _ = try? log.record([.opened(3, by: "citra"), .opened(4, by: "ani")])
        #expect(try isTold(log), "\(change), and more")
    }
}
