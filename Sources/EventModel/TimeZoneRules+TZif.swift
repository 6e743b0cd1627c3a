/// Reading the tz database's compiled files. Source: RFC 9636 (TZif), POSIX.1-2017 8.3 (`TZ`).
extension TimeZoneRules {
    /// Why bytes are no time zone file.
    public enum TZifFault: Error, Hashable, Sendable {
        /// Not a TZif file of version 2 or later, or cut short.
        case form
        /// The rule for years after the last transition is not understood.
        case footer(String)
    }

    /// Rules from a compiled file of the tz database (TZif version 2 or later).
    ///
    /// The file's closing rule holds for ever (RFC 9636, 3.3): it is followed to the year 9999.
    /// Transitions that keep the offset (a new abbreviation alone) are left out.
    /// - Complexity: O(bytes + years).
    public init(name: String, release: String, tzif bytes: [UInt8]) throws(TZifFault) {
        var reader = TZifReader(bytes: bytes)
        // The first block is for readers of 32-bit times: skip it, read the second.
        let first = try reader.header()
        guard first.version >= 0x32 else { throw .form }
        try reader.skip(first.size(timeBytes: 4))
        let header = try reader.header()
        var times: [Int64] = []
        for _ in 0..<header.timeCount { times.append(try reader.integer(bytes: 8)) }
        var kinds: [Int] = []
        for _ in 0..<header.timeCount { kinds.append(Int(try reader.byte())) }
        var offsets: [Int32] = []
        for _ in 0..<header.typeCount {
            offsets.append(Int32(truncatingIfNeeded: try reader.integer(bytes: 4)))
            try reader.skip(2)
        }
        try reader.skip(
            header.charCount + header.leapCount * 12 + header.standardCount
                + header.utCount)
        let footer = try reader.footer()
        // RFC 8536: in ascending order; no place is further than two days from UTC.
        guard !offsets.isEmpty, kinds.allSatisfy({ $0 < offsets.count }),
            offsets.allSatisfy({ (-172_800...172_800).contains($0) }),
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .form }
        self.init(name: name, release: release, transitions: [], offsetsSeconds: [offsets[0]])
        for (seconds, kind) in zip(times, kinds) { change(atSeconds: seconds, to: offsets[kind]) }
        guard let parsed = try PosixRule(footer) else { return }
        let last = times.last ?? .min
        follow(parsed, after: last)
        // The rule alone says what comes after the years that are written out.
        if last < Self.writtenUntil.milliseconds / 1000 { rule = footer }
    }
}

private struct TZifHeader {
    var version: UInt8
    var utCount, standardCount, leapCount, timeCount, typeCount, charCount: Int

    func size(timeBytes: Int) -> Int {
        timeCount * (timeBytes + 1) + typeCount * 6 + charCount + leapCount * (timeBytes + 4)
            + standardCount + utCount
    }
}

private struct TZifReader {
    var bytes: [UInt8]
    var position = 0

    mutating func byte() throws(TimeZoneRules.TZifFault) -> UInt8 {
        guard position < bytes.count else { throw .form }
        position += 1
        return bytes[position - 1]
    }

    mutating func skip(_ count: Int) throws(TimeZoneRules.TZifFault) {
        guard count >= 0, position + count <= bytes.count else { throw .form }
        position += count
    }

    mutating func integer(bytes count: Int) throws(TimeZoneRules.TZifFault) -> Int64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 8 | UInt64(try byte()) }
        let shift = 64 - count * 8
        return Int64(bitPattern: value << shift) >> shift
    }

    mutating func header() throws(TimeZoneRules.TZifFault) -> TZifHeader {
        for expected in [UInt8]("TZif".utf8) where try byte() != expected { throw .form }
        let version = try byte()
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = Int(try integer(bytes: 4))
            guard count >= 0, count <= 65_536 else { throw .form }
            counts.append(count)
        }
        return TZifHeader(
            version: version, utCount: counts[0], standardCount: counts[1], leapCount: counts[2],
            timeCount: counts[3], typeCount: counts[4], charCount: counts[5])
    }

    mutating func footer() throws(TimeZoneRules.TZifFault) -> String {
        guard try byte() == 0x0A else { throw .form }
        let start = position
        while try byte() != 0x0A {}
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }
}
