import EventLog
import EventModel
import Projections
import Shipped

extension FuzzTarget {
    /// What a store holds: a damaged one must be refused in words.
    static let records: [FuzzTarget] = [
        FuzzTarget(
            "entry",
            seeds: {
                bytes([
                    #"{"data":{"a":"\"\\é","b":-12,"c":true},"id":"1","sequence":3,"source":"s"}"#
                ])
            },
            read: { input in
                var count = 0
                for name in ["id", "data", "sequence", "zz"] {
                    guard
                        let found = CanonicalJSON.member(
                            name, of: 0..<input.count, in: input.span)
                    else { continue }
                    precondition(found.lowerBound >= 0 && found.upperBound <= input.count)
                    count += 1
                    precondition(CanonicalJSON.equals(found, in: input.span, found, in: input.span))
                    readMember(found, of: input)
                }
                return count > 0
            }),
        FuzzTarget(
            "event-types", seeds: { [TypeRegistry.encode(shippedTypes)] },
            read: { input in
                guard let types = TypeRegistry.decode(input) else { return false }
                let encoded = TypeRegistry.encode(types)
                precondition(TypeRegistry.decode(encoded) == types, "types change on their way")
                return true
            }),
        FuzzTarget(
            "log-state", seeds: { [Array(LogState(typeCount: 3).encoded.dropLast(8))] },
            read: { input in
                // Under the seal that belongs to it, so that what it says is read.
                let sealed = LogState.sealed(input)
                guard let state = LogState(sealed) else { return false }
                precondition(state.encoded == sealed, "a state changes on its way")
                return true
            }),
        FuzzTarget(
            "projection-status", seeds: { [status()] },
            read: { input in
                guard let status = try? ProjectionStatus(encoded: input) else { return false }
                let encoded = status.encoded
                precondition((try? ProjectionStatus(encoded: encoded)) == status)
                return true
            }),
        FuzzTarget(
            "segment",
            seeds: { [segment(optional: 0, bytes: 0), segment(optional: 3, bytes: 16)] },
            read: readSegment),
        FuzzTarget(
            "key", seeds: { bytes([StoreKey(name: "a/b", seed: Array(0..<32))?.line ?? ""]) },
            read: { input in
                guard let key = StoreKey.parse(text(input), origin: "a/b") else { return false }
                precondition(key.line == text(input), "a key changes on its way")
                return true
            }),
        FuzzTarget(
            "base64", seeds: { bytes(["", "QQ==", "QUI=", "QUJD", "++//"]) },
            read: { input in
                guard let decoded = Base64.decode(text(input)) else { return false }
                precondition(Base64.encode(decoded) == text(input), "two ways to write it")
                return true
            }),
    ]

    /// A member's value, read as all that it could be; a text written anew is the same one.
    private static func readMember(_ found: Range<Int>, of input: [UInt8]) {
        if let inner = CanonicalJSON.member("a", of: found, in: input.span) {
            precondition(found.lowerBound < inner.lowerBound && inner.upperBound < found.upperBound)
        }
        if let number = CanonicalJSON.integer(found, in: input.span) {
            precondition(abs(number) < 1_000_000_000_000_000_000, "a number out of range")
        }
        guard let text = CanonicalJSON.text(found, in: input.span) else { return }
        guard let again = JSONValue.string(text).canonical,
            let read = try? JSONValue(parsing: again.span)
        else { fatalError("a text cannot be written: \(text)") }
        precondition(read == .string(text), "a text changes on its way")
    }

    /// A projection's status as Schemas/STORE.md says: two dimensions, one measure, a build, a fault.
    private static func status() -> [UInt8] {
        var value: [UInt8] = []
        func put(_ number: UInt64) { value.put(number) }
        func put(_ text: String) {
            put(UInt64(text.utf8.count))
            value.append(contentsOf: text.utf8)
        }
        func putLayout() {
            for number in [0, 2] as [UInt64] { put(number) }
            put("agent")
            put(0)
            put("list")
            for number in [1, 2] as [UInt64] { put(number) }
            put("a")
            put("b")
            put(1)
            put("wait")
            put(0)
        }
        put(4)
        put("p")
        put(1)
        put("digest")
        for number in [2, 10] as [UInt64] { put(number) }
        put("cells/p@1/1")
        put(7)
        putLayout()
        for number in [1, 10, 3] as [UInt64] { put(number) }
        put("cells/p@1/2")
        put("digest")
        putLayout()
        for number in [5, 9, 1, 8] as [UInt64] { put(number) }
        put("no")
        // The seal.
        put(0)
        return value
    }

    /// Two rows of one type with a name and an integer, laid out as Schemas/STORE.md says.
    ///
    /// - Parameters:
    ///   - optional: the columns of need that stand in it.
    ///   - bytes: what a row has in these.
    private static func segment(optional: UInt32, bytes: UInt32) -> [UInt8] {
        var value: [UInt8] = []
        func put(_ number: some FixedWidthInteger) { value.put(number) }
        func pad(to count: Int) {
            value.append(contentsOf: repeatElement(0, count: count - value.count))
        }
        let rows: UInt32 = 2
        let start: UInt32 = 64
        let columns = start + (36 + bytes) * 16
        for number in [0x3253_4B52, 0, rows, 1, start, columns + 32] { put(UInt32(number)) }
        put(optional)
        put(UInt32(0))
        put(UInt16(4))
        put(UInt16(2))
        put(rows)
        put(UInt32(48))
        put(UInt32(0))
        for (kind, place) in [(0, columns), (3, columns + 16)] {
            put(UInt8(kind))
            put(UInt8(kind == 0 ? 4 : 8))
            put(UInt16(0))
            put(place)
        }
        pad(to: Int(columns) + 32)
        return value
    }

    /// Reads every row and field of a segment, from memory of exactly its size.
    @Sendable private static func readSegment(_ input: [UInt8]) -> Bool {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, input.count), alignment: 16)
        defer { memory.deallocate() }
        memory.copyBytes(from: input)
        guard let base = memory.baseAddress,
            let segment = ColumnSegment(
                base: UnsafeRawPointer(base), byteCount: input.count, first: 0)
        else { return false }
        var sum: Int64 = 0
        for row in 0..<segment.count {
            sum &+= segment.times[row] &+ segment.recorded[row] &+ Int64(segment.cases[row])
            sum &+= Int64(segment.previous[row]) &+ Int64(segment.types[row])
            sum &+= Int64(segment.ordinals[row])
        }
        for row in 0..<segment.count {
            sum &+= Int64(segment.nanoseconds?[row] ?? 0)
            guard let orders = segment.orders else { continue }
            sum &+= Int64(truncatingIfNeeded: orders.keys[row]) &+ Int64(orders.sources[row])
        }
        segment.withContents(0..<segment.count) { digests in
            for index in digests.indices { sum &+= Int64(digests[index]) }
        }
        for (type, rows) in segment.typeRows {
            for index in 0..<64 {
                guard let column = segment.column(type: type, index: index) else { break }
                for ordinal in 0..<min(rows, column.count) { sum &+= column[ordinal] }
            }
        }
        segment.withStoredBytes { sum &+= Int64($0.count) }
        precondition(segment.count > 0, "\(sum)")
        return true
    }
}
