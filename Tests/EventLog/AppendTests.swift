import EventLog
import EventModel
import Testing
import Vault

@Suite("Appending and reading back, by comparing with the events that went in")
struct AppendTests {
    @Test("What goes in comes out, also after reopening")
    func roundTrip() throws {
        let folder = StoreFolder()
        let drafts = randomDrafts(count: 700, seed: 1)
        let expected = batch(drafts)
        var root: [UInt8] = []
        do {
            let store = try LogStore.make(in: folder)
            let outcome = try store.record(drafts)
            #expect(outcome.accepted == 700)
            #expect(outcome.sequences == 0..<700)
            try check(store, expected)
            root = try store.read { $0.root }
        }
        let store = try LogStore.open(at: folder.path, readOnly: true)
        try check(store, expected)
        try #expect(store.read { $0.root } == root)
        #expect(store.origin == "test.example/log")
        let hasSameTypes = store.types == shippedTypes
        #expect(hasSameTypes)
    }

    /// Every entry, column and history against a plain reference.
    func check(_ store: LogStore, _ expected: EventBatch) throws {
        try store.read { view in
            #expect(Int(view.entryCount) == expected.rows.count)
            let recorded = Instant(milliseconds: 1_750_000_000_000)
            var leaves: [TreeHash] = []
            var last: [String: UInt32] = [:]
            for (index, row) in expected.rows.enumerated() {
                let sequence = UInt32(index)
                var entry: [UInt8] = []
                expected.appendEntry(
                    row, LogMarks(recorded: recorded, position: sequence), to: &entry)
                try #expect(view.revealedEntry(sequence) == entry, "entry \(sequence)")
                let stored = try view.entry(sequence)
                // What tells of persons is not in what is hashed.
                #expect((stored == entry) == (row.personalCount == 0))
                leaves.append(.leaf(stored))
                try #expect(view.leafHash(sequence) == .leaf(stored))
                let segment = try view.segment(containing: sequence)
                let place = index - Int(segment.first)
                let subject = expected.text(row.subject)
                #expect(segment.types[place] == row.type)
                #expect(segment.times[place] == row.time.milliseconds)
                #expect(segment.recorded[place] == recorded.milliseconds)
                try #expect(view.subject(ofCase: segment.cases[place]) == subject)
                try #expect(view.caseID(subject) == segment.cases[place])
                #expect(segment.previous[place] == last[subject] ?? .max)
                last[subject] = sequence
                try checkFields(view, segment, place, expected, row)
            }
            #expect(view.root == MerkleTree.root(of: leaves[...]).bytes)
            #expect(view.caseCount == last.count)
            for (subject, sequence) in last {
                let id = try #require(try view.caseID(subject))
                try #expect(view.lastSequence(ofCase: id) == sequence)
            }
            try #expect(view.caseID("ticket/none") == nil)
            try #expect(view.nameID("nobody of this name") == nil)
        }
    }

    private func checkFields(
        _ view: borrowing LogView, _ segment: ColumnSegment, _ place: Int, _ expected: EventBatch,
        _ row: EventRow
    ) throws {
        let ordinal = Int(segment.ordinals[place])
        for (index, field) in shippedTypes.schemas[Int(row.type)].columns.enumerated() {
            let column = try #require(segment.column(type: row.type, index: index))
            #expect(column.kind == field.column)
            let slot = expected.slots[Int(row.firstSlot) + 2 * index]
            guard column.kind == .name else {
                #expect(column[ordinal] == Int64(bitPattern: slot))
                continue
            }
            let id = UInt32(column[ordinal])
            guard slot != .max else {
                #expect(id == 0)
                continue
            }
            let range = TextRange(offset: Int(slot >> 32), length: Int(slot & 0xFFFF_FFFF))
            let text = expected.text(range)
            #expect(text.isEmpty ? id == 1 : id > 1)
            try #expect(view.name(id) == text)
            try #expect(view.nameID(text) == id)
        }
    }

    @Test("A name, case or entry that the log does not have is named as damage, not trapped on")
    func unknownTexts() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 50, seed: 1), at: 1_000_000)
        try store.read { view in
            for id in [UInt32(view.nameCount), .max] {
                #expect(throws: StoreFault.self) { try view.name(id) }
            }
            for id in [UInt32(view.caseCount), .max] {
                #expect(throws: StoreFault.self) { try view.subject(ofCase: id) }
            }
            for sequence in [view.entryCount, .max] {
                #expect(throws: StoreFault.self) { try view.withEntry(sequence) { $0.count } }
            }
        }
    }

    @Test("Any batch sizes and threads give the same bytes", arguments: [2 as UInt64, 3])
    func batchSizes(seed: UInt64) throws {
        let drafts = randomDrafts(count: 5_000, seed: seed)
        let whole = StoreFolder()
        let store = try LogStore.make(in: whole, threads: 1)
        try store.record(drafts)
        let expected = try store.read { try LogImage($0) }
        var random = Seeded(seed)
        for most in [1, 7, 300, 2_000] {
            let folder = StoreFolder()
            let other = try LogStore.make(in: folder, threads: 3)
            var start = 0
            // One event at a time is tried on the first ones only.
            let end = most == 1 ? 300 : drafts.count
            while start < end {
                let size = min(Int.random(in: 1...most, using: &random), end - start)
                try other.record(drafts[start..<start + size])
                start += size
            }
            if end < drafts.count { try other.record(drafts[end...]) }
            let image = try other.read { try LogImage($0) }
            #expect(image.difference(from: expected) == nil, "seed \(seed), batches up to \(most)")
        }
    }

    @Test("Recording times never decrease, and a clock that runs behind is told")
    func clock() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record([message("a")], at: 2_000)
        let outcome = try store.record([message("b")], at: 1_000)
        #expect(outcome.clockRanBehind)
        try store.read { view in
            try #expect(view.segment(containing: 1).recorded[1] == 2_000)
            #expect(view.lastRecorded == Instant(milliseconds: 2_000))
        }
        try #expect(!store.record([message("c")], at: 2_000).clockRanBehind)
    }

    @Test("A reader sees the log as it was when it began")
    func isolation() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 300, seed: 5))
        try store.read { view in
            let before = try LogImage(view)
            try store.record(randomDrafts(count: 900, seed: 5).suffix(600))
            try #expect(LogImage(view).difference(from: before) == nil)
        }
        try #expect(store.read { $0.entryCount } == 900)
    }
}
