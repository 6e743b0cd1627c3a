import EventModel
internal import Glibc
import LMDB

/// The texts of a batch that the cache does not know, each once, in order of first appearance: they
/// are looked up in the store together, and those it does not have get the next ids in this order.
@safe final class PendingTexts: @unchecked Sendable {
    // Sendable because one appending thread uses it at a time.
    @safe private struct Text: BitwiseCopyable {
        var fingerprint: UInt64
        var start: UnsafePointer<UInt8>
        var count: UInt32
        var id: UInt32
    }

    private let texts = Buffer<Text>()
    private let places = Buffer<UInt32>()
    private var mask = 0

    /// Forgets all texts and makes room for so many.
    func reset(capacity: Int) {
        texts.resize(0)
        var size = 64
        while size < capacity * 2 { size *= 2 }
        places.fill(size, with: .max)
        mask = size - 1
    }

    /// Texts at hand.
    var count: Int { texts.count }

    /// The place of a text among those pending; adds it when it is new.
    @unsafe func add(_ fingerprint: UInt64, _ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var slot = Int(truncatingIfNeeded: fingerprint) & mask
        while places[slot] != .max {
            let place = Int(places[slot])
            let text = texts[place]
            if text.fingerprint == fingerprint, Int(text.count) == count,
                unsafe areEqual(text.start, start, count)
            {
                return place
            }
            slot = (slot &+ 1) & mask
        }
        let place = texts.count
        places[slot] = UInt32(place)
        texts.append(
            unsafe Text(
                fingerprint: fingerprint, start: start, count: UInt32(count), id: TextCache.none))
        return place
    }

    /// Lends a pending text.
    func withText<Result>(
        _ place: Int, _ body: (Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        let text = texts[place]
        return try unsafe body(Span(_unsafeStart: text.start, count: Int(text.count)))
    }

    /// The id of a text, after `resolve`.
    @inline(__always)
    func id(_ place: Int) -> UInt32 { texts[place].id }

    /// Gives every pending text its id, adds the new ones to the store and all to the cache.
    ///
    /// - Parameters:
    ///   - nextID: the next free id; advanced.
    ///   - textBytes: bytes of the dictionary's texts; advanced.
    /// - Complexity: O(texts · runs).
    func resolve(
        in tables: TextTables, nextID: inout UInt32, textBytes: inout UInt64, sorter: RadixSort,
        cache: TextCache, transaction: borrowing WriteTransaction
    ) throws {
        guard count > 0 else { return }
        sorter.reset(capacity: count)
        for place in 0..<count { sorter.add(texts[place].fingerprint, UInt32(place)) }
        sorter.sort()
        try findStored(in: tables, nextID: nextID, sorter, transaction)
        let firstNew = nextID
        var newBytes = 0
        for place in 0..<count where texts[place].id == TextCache.none {
            newBytes += Int(texts[place].count)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(newBytes)
        var ends = RecordWriter()
        for place in 0..<count where texts[place].id == TextCache.none {
            texts[place].id = nextID
            let text = texts[place]
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(start: text.start, count: Int(text.count)))
            ends.put(textBytes + UInt64(bytes.count))
            nextID += 1
        }
        if nextID > firstNew {
            try tables.texts.append(bytes.span, at: textBytes, in: transaction)
            try tables.ends.append(ends.bytes.span, at: UInt64(firstNew) * 8, in: transaction)
            textBytes += UInt64(bytes.count)
            try addKeys(in: tables, firstNew: firstNew, sorter, transaction)
        }
        for place in 0..<count {
            let text = texts[place]
            unsafe cache.insert(text.fingerprint, text.start, Int(text.count), id: text.id)
        }
    }

    private func findStored(
        in tables: TextTables, nextID: UInt32, _ sorter: RadixSort,
        _ transaction: borrowing WriteTransaction
    ) throws {
        var fingerprints: [UInt64] = []
        fingerprints.reserveCapacity(count)
        for place in 0..<count { fingerprints.append(sorter.key(place)) }
        var hits: [(id: UInt32, place: UInt32)] = []
        try tables.keys.probe(fingerprints, in: transaction) { place, id in
            hits.append((id, sorter.value(place)))
        }
        // In the order of ids, so that the texts to compare lie beside each other.
        hits.sort { $0.id < $1.id }
        for (id, place) in hits {
            guard id < nextID else {
                throw StoreFault.damaged(
                    path: tables.ends.path, table: tables.ends.table.name, key: String(id),
                    reason: "the key of a text leads beyond the last one")
            }
            let text = texts[Int(place)]
            let isSame = try tables.withText(id, in: transaction) { stored in
                unsafe stored.withUnsafeBufferPointer { stored in
                    unsafe stored.count == Int(text.count)
                        && memcmp(stored.baseAddress ?? text.start, text.start, stored.count) == 0
                }
            }
            if isSame { texts[Int(place)].id = id }
        }
    }

    private func addKeys(
        in tables: TextTables, firstNew: UInt32, _ sorter: RadixSort,
        _ transaction: borrowing WriteTransaction
    ) throws {
        var pairs = KeyPairs(capacity: count)
        for place in 0..<count {
            let id = texts[Int(sorter.value(place))].id
            if id >= firstNew { pairs.add(sorter.key(place), id) }
        }
        try tables.keys.add(pairs, in: transaction)
    }
}
