import EventModel
import LMDB
internal import Synchronization
import Vault

/// Compares entries with their rows; one for each thread.
final class SliceVerifier {
    private let run: VerificationRun
    private var validator: ValidatorBox
    private let hasher = EntryHasher()
    private var batch = EventBatch()
    private let cases = TextCache(limitBytes: 16 << 20)
    private let names = TextCache(limitBytes: 16 << 20)
    private var again: [UInt8] = []
    private var content: [UInt8] = []
    private let sorter = RadixSort()
    /// What the entries of its slices say of persons.
    private(set) var tally: PersonTally
    private let looksAtVault: Bool
    private var vault: VaultReader?

    init(_ run: VerificationRun) {
        self.run = run
        tally = PersonTally(nameCount: run.state.nameCount)
        looksAtVault = run.census.withLock { $0.vault } == .looked
        validator = ValidatorBox(EventValidator(run.types))
    }

    /// Entries taken apart at a time.
    private static let groupEntries = 256

    func check(_ range: Range<Int>, in view: borrowing LogView) throws {
        sorter.reset(capacity: range.count)
        vault = looksAtVault ? try view.persons.vaultReader() : nil
        defer { vault = nil }
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + SliceVerifier.groupEntries, range.upperBound)
            try checkGroup(start..<end, in: view)
            start = end
        }
        try checkIdentities(range, in: view)
    }

    private func checkGroup(_ group: Range<Int>, in view: borrowing LogView) throws {
        batch.removeAll()
        var byteCount: UInt64 = 0
        var leaves: [UInt8] = []
        leaves.reserveCapacity(32 * group.count)
        var segment = try view.uncheckedSegment(containing: UInt32(group.lowerBound))
        for sequence in group {
            if sequence - Int(segment.first) >= segment.count {
                segment = try view.uncheckedSegment(containing: UInt32(sequence))
            }
            // As it stands: what is wrong with it is told by entry.
            try view.tables.withEntry(
                UInt32(sequence), entryCount: view.entryCount, view.bundles, in: view.transaction
            ) { entry in
                byteCount += UInt64(entry.count)
                let hash = hasher.leaf(entry)
                let row = sequence - Int(segment.first)
                for index in 0..<32 { leaves.append(hash.storage[index]) }
                try check(entry, sequence, segment, row, view)
            }
        }
        run.entryBytes.add(byteCount, ordering: .relaxed)
        guard group.count == SliceVerifier.groupEntries else { return }
        let root = hasher.tile(leaves.span)
        let place = group.lowerBound / SliceVerifier.groupEntries
        run.tiles.withLock { tiles in
            for index in 0..<32 { tiles[32 * place + index] = root.storage[index] }
        }
    }

    /// Takes an entry apart and compares it with its row.
    private func check(
        _ entry: Span<UInt8>, _ sequence: Int, _ segment: ColumnSegment, _ row: Int,
        _ view: borrowing LogView
    ) throws {
        let marks: LogMarks
        do {
            marks = try validator.inside.admit(entry: entry, into: &batch)
        } catch {
            throw LogDifference(
                table: "bundles", key: String(sequence / 256), sequence: UInt32(sequence),
                problem: "the entry is no event of this store: \(error.problem)")
        }
        let event = batch.rows[batch.rows.count - 1]
        again.removeAll(keepingCapacity: true)
        batch.appendEntry(event, marks, to: &again)
        guard isEqual(again.span, entry), marks.position == UInt32(sequence) else {
            throw LogDifference(
                table: "bundles", key: String(sequence / 256), sequence: UInt32(sequence),
                problem: "the entry is not in canonical form, or not at its place")
        }
        func same(_ holds: Bool, _ what: String) throws {
            if !holds { throw difference(segment, sequence, "the \(what) is not the entry's") }
        }
        try same(segment.types[row] == event.type, "type")
        try same(segment.times[row] == event.time.milliseconds, "time")
        try same(segment.nanoseconds?[row] ?? 0 == event.nanoseconds, "time beyond the millisecond")
        let order = marks.order.map { OrderKey($0) } ?? event.order
        try checkOrder(order, marks.isPlace, event, segment, row, sequence, view)
        let digest = contentDigest(event)
        try same(segment.withContent(row) { isEqual($0, digest.span) }, "digest of the content")
        try same(segment.recorded[row] == marks.recorded.milliseconds, "recording time")
        let bytes = batch.bytes
        let subject = bytes.span.extracting(event.subject.indices)
        try same(
            try isText(
                subject, event.subjectFingerprint.value, id: segment.cases[row], cases,
                view.tables.cases, limit: run.state.caseCount, view), "case")
        try checkFields(event, sequence, segment, row, view)
        if let vault { try run.checkTexts(of: event, sequence, batch, vault, &tally) }
        sorter.add(event.identity.value, UInt32(sequence))
    }

    /// Compares the source's order, and whose it is.
    private func checkOrder(
        _ order: OrderKey, _ isPlace: Bool, _ event: EventRow, _ segment: ColumnSegment,
        _ row: Int, _ sequence: Int, _ view: borrowing LogView
    ) throws {
        func fault() -> LogDifference {
            difference(segment, sequence, "the source's order is not the entry's")
        }
        guard let orders = segment.orders else {
            if order.kind != .none { throw fault() }
            return
        }
        let source = OrderSource(word: orders.sources[row])
        guard source.kind == order.kind, source.isPlace == isPlace,
            orders.keys[row] == order.value
        else { throw fault() }
        guard let number = source.source else {
            if order.kind != .none { throw fault() }
            return
        }
        let bytes = batch.bytes
        let isSame = try view.transaction.withValue(view.tables.sources, Key(number)) {
            isEqual($0, bytes.span.extracting(event.source.indices))
        }
        guard isSame == true else { throw fault() }
    }

    /// The digest of an entry's content: see `EntryForming.digest`.
    private func contentDigest(_ event: EventRow) -> [UInt8] {
        content.removeAll(keepingCapacity: true)
        let start = Int(event.canonical.offset)
        for place in event.content {
            if !content.isEmpty { content.append(0x2C) }
            let piece = batch.content[place].indices
            var from = piece.lowerBound
            for place in event.personal where batch.personal[place].kind == .text {
                let at = Int(batch.personal[place].at)
                guard at >= from, at < piece.upperBound else { continue }
                content += batch.bytes[start + from..<start + at]
                content.append(PersonalText.mark)
                from = at + Int(batch.personal[place].length)
            }
            content += batch.bytes[start + from..<start + piece.upperBound]
        }
        var digest = [UInt8](repeating: 0, count: SegmentLayout.contentBytes)
        unsafe content.withUnsafeBufferPointer { content in
            unsafe digest.withUnsafeMutableBufferPointer { output in
                unsafe run.store.tables.digest.write(
                    content.baseAddress!, count: content.count, into: output.baseAddress!)
            }
        }
        return digest
    }

    private func checkFields(
        _ event: EventRow, _ sequence: Int, _ segment: ColumnSegment, _ row: Int,
        _ view: borrowing LogView
    ) throws {
        let ordinal = Int(segment.ordinals[row])
        guard ordinal < segment.rowCount(ofType: event.type) else {
            throw difference(segment, sequence, "the place among its type is too great")
        }
        let type = Int(event.type)
        for (index, kind) in run.layout.columns(of: type).enumerated() {
            let column = segment.column(type: event.type, index: index)
            // A segment that is older than a column holds no event with a value for it.
            let isOlder = column == nil && index < run.layout.slotColumns[type]
            guard isOlder || column?.kind == kind else {
                throw difference(segment, sequence, "a column is missing")
            }
            let value = column?[ordinal] ?? kind.absent
            guard index < run.layout.slotColumns[type] else { continue }
            let slot = batch.slots[Int(event.firstSlot) + 2 * index]
            let holds: Bool
            if kind == .name {
                holds = try isName(slot, Int(event.firstSlot) + 2 * index, id: value, view)
            } else {
                holds = value == Int64(bitPattern: slot)
            }
            guard holds else {
                let name = run.types.schemas[type].columns[index].name
                throw difference(segment, sequence, "\"\(name)\" is not the entry's")
            }
            switch run.layout.personal(type, index) {
            case .name: tally.names.insert(value)
            case .text: tally.columnTexts.insert(value)
            case nil: break
            }
        }
    }

    private func isName(
        _ slot: UInt64, _ place: Int, id: Int64, _ view: borrowing LogView
    ) throws -> Bool {
        if slot == .max { return id == 0 }
        let count = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
        if count == 0 { return id == 1 }
        guard id > 1, id < Int64(run.state.nameCount) else { return false }
        let start = Int(slot >> 32)
        let bytes = batch.bytes
        return try isText(
            bytes.span.extracting(start..<start + count), batch.slots[place + 1],
            id: UInt32(id), names, view.tables.names, limit: run.state.nameCount, view)
    }

    /// Whether a dictionary has this text under this id.
    private func isText(
        _ text: Span<UInt8>, _ fingerprint: UInt64, id: UInt32, _ cache: TextCache,
        _ tables: TextTables, limit: UInt32, _ view: borrowing LogView
    ) throws -> Bool {
        let known = cache.find(fingerprint, text)
        if known != TextCache.none { return known == id }
        guard id < limit else { return false }
        guard try tables.withText(id, in: view.transaction, { isEqual($0, text) }) else {
            return false
        }
        cache.insert(fingerprint, text, id: id)
        return true
    }

    /// Looks every entry's idempotency key up, as an import would.
    private func checkIdentities(_ range: Range<Int>, in view: borrowing LogView) throws {
        sorter.sort()
        var isFound = [Bool](repeating: false, count: range.count)
        let keys = sorter.sortedKeys
        try view.tables.identities.probe(keys, in: view.transaction) { place, sequence in
            // Several entries can share a fingerprint: each must be found under it.
            if range.contains(Int(sequence)) { isFound[Int(sequence) - range.lowerBound] = true }
            _ = place
        }
        if let missing = isFound.firstIndex(of: false) {
            throw LogDifference(
                table: "identities", key: "", sequence: UInt32(range.lowerBound + missing),
                problem: "the entry's source and id are not found")
        }
    }

    private func difference(
        _ segment: ColumnSegment, _ sequence: Int, _ problem: String
    ) -> LogDifference {
        LogDifference(
            table: "segments", key: String(segment.first), sequence: UInt32(sequence),
            problem: problem)
    }
}

/// A class around the validator, which cannot be copied.
private final class ValidatorBox {
    var inside: EventValidator
    init(_ validator: consuming EventValidator) { inside = validator }
}
