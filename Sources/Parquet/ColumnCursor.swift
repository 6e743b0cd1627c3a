internal import Compression

/// What pages are in memory at once, over all columns that are read.
final class PageRoom {
    /// Bytes of a page, packed and unpacked, at most; of all pages together.
    let mostOfPage: Int
    let mostTogether: Int
    private var held = 0

    init(mostOfPage: Int = 256 << 20, mostTogether: Int = 384 << 20) {
        self.mostOfPage = mostOfPage
        self.mostTogether = mostTogether
    }

    /// Puts a page in the place of another.
    func take(_ bytes: Int, for old: Int) throws(ParquetFault) {
        guard held - old + bytes <= mostTogether else {
            throw .tooLarge("pages that are together", limit: mostTogether)
        }
        held += bytes - old
    }
}

/// Gives the values of a column in one group of rows one after the other, a page in memory at a time.
final class ColumnCursor {
    private let column: ParquetColumn
    private let plain: PlainValues
    private let source: any ParquetSource
    private let room: PageRoom
    private let rowGroup: Int
    private let codec: Codec

    /// Where the pages that were not read yet stand.
    private var rest: Range<Int>
    /// Values in these, and in the page at hand.
    private var valuesInRest: Int
    private var valuesLeft = 0
    private var nullsLeft: Int?

    private var page: [UInt8] = []
    private var dictionary: [UInt8]?
    /// Of values that state their length: where each begins in the dictionary.
    private var dictionaryStarts: [UInt32] = []
    private var dictionaryCount = 0

    /// How the page at hand says which values are null.
    private enum Levels {
        case none
        case runs(RunReader)
        /// The older way: from which bit on, the highest of a byte first.
        case bits(Int)
    }
    private var levels = Levels.none
    private var reading = Reading.plain(0)

    /// How the page at hand holds its values.
    private enum Reading {
        /// From which byte on.
        case plain(Int)
        /// Booleans, from which bit on.
        case bits(Int)
        /// Booleans, or places in the dictionary.
        case runs(RunReader)
        /// In a way that is not read.
        case unread
    }

    /// Opens a column of a group of rows.
    ///
    /// - Throws: `ParquetFault` where it is not read, or what is said of it does not hold together.
    init(
        _ column: ParquetColumn, _ chunk: ColumnChunk, rowCount: Int, rowGroup: Int,
        of source: any ParquetSource, room: PageRoom
    ) throws(ParquetFault) {
        self.column = column
        self.source = source
        self.room = room
        self.rowGroup = rowGroup
        plain = PlainValues(column: column)
        if case .unsupported(let words) = column.type {
            throw .unsupported(column: column.name, words)
        }
        if chunk.isEncrypted { throw .encrypted }
        if chunk.isElsewhere {
            throw .unsupported(column: column.name, "kept in another file")
        }
        guard let codec = Codec(rawValue: chunk.codec) else {
            throw .unsupported(column: column.name, "packed by \(Codec.name(chunk.codec))")
        }
        guard chunk.physical == column.physical.rawValue, chunk.path == column.name,
            chunk.valueCount == rowCount, let pages = chunk.pages,
            pages.upperBound <= source.byteCount
        else {
            throw .damagedFooter(
                "says two things of column \"\(column.name)\" in group of rows \(rowGroup)")
        }
        self.codec = codec
        rest = pages
        valuesInRest = rowCount
    }

    /// Gives back what its pages take.
    func close() {
        try? room.take(0, for: page.count + (dictionary?.count ?? 0))
        page = []
        dictionary = nil
    }

    /// The next value.
    ///
    /// - Throws: `ParquetFault` where a page is damaged or not read, and what the source throws.
    /// - Complexity: O(1) for values, O(page) where one begins.
    func next() throws -> ParquetValue {
        while valuesLeft == 0 { try readPage() }
        valuesLeft -= 1
        do throws(ThriftFault) {
            var value = ParquetValue.null
            if try isPresent() {
                value = try read()
            } else if let nulls = nullsLeft {
                guard nulls > 0 else { throw .damaged }
                nullsLeft = nulls - 1
            }
            if valuesLeft == 0 { try checkEnd() }
            return value
        } catch {
            throw damaged("has a page whose values can't be read")
        }
    }

    /// Whether the page held what it says, once all of its values were read, and no other stands behind
    /// the last one.
    private func checkEnd() throws(ThriftFault) {
        let end: Int? =
            switch reading {
            case .plain(let position): position
            case .bits(let bit): (bit + 7) / 8
            default: nil
            }
        // Some writers fill a page up with zeros.
        guard page[(end ?? page.count)...].allSatisfy({ $0 == 0 }), nullsLeft ?? 0 == 0,
            valuesInRest > 0 || rest.isEmpty
        else { throw .damaged }
    }

    private func isPresent() throws(ThriftFault) -> Bool {
        switch levels {
        case .none: return true
        case .runs(var runs):
            // So that the reader is changed where it stands.
            levels = .none
            defer { levels = .runs(runs) }
            return try runs.next(in: page) == 1
        case .bits(let bit):
            guard bit < page.count * 8 else { throw .cut }
            levels = .bits(bit + 1)
            return page[bit >> 3] >> (7 - UInt8(bit & 7)) & 1 == 1
        }
    }

    private func read() throws(ThriftFault) -> ParquetValue {
        switch reading {
        case .plain(let position):
            let range = try plain.range(at: position, in: page)
            reading = .plain(range.upperBound)
            return try plain.value(range, in: page)
        case .bits(let bit):
            guard bit < page.count * 8 else { throw .cut }
            reading = .bits(bit + 1)
            return .boolean(page[bit >> 3] >> UInt8(bit & 7) & 1 == 1)
        case .runs(var runs):
            reading = .plain(0)
            defer { reading = .runs(runs) }
            let number = try runs.next(in: page)
            if column.physical == .boolean { return .boolean(number == 1) }
            guard let dictionary, number < dictionaryCount else { throw .damaged }
            let start =
                plain.width.map { $0 * Int(number) } ?? Int(dictionaryStarts[Int(number)])
            return try plain.value(plain.range(at: start, in: dictionary), in: dictionary)
        case .unread: throw .damaged
        }
    }

    // MARK: Pages

    private func damaged(_ problem: String) -> ParquetFault {
        .damagedPage(column: column.name, rowGroup: rowGroup, problem)
    }

    private func readPage() throws {
        guard !rest.isEmpty else { throw damaged("ends before its last row") }
        let header = try readHeader()
        let start = rest.lowerBound + header.headerBytes
        guard header.storedBytes <= rest.upperBound - start else {
            throw damaged("has a page that is cut")
        }
        rest = start + header.storedBytes..<rest.upperBound
        guard header.kind != .index else { return }
        guard max(header.storedBytes, header.unpackedBytes) <= room.mostOfPage else {
            throw ParquetFault.tooLarge(
                "a page of column \"\(column.name)\"", limit: room.mostOfPage)
        }
        let isDictionary = header.kind == .dictionary
        try room.take(
            header.unpackedBytes, for: isDictionary ? dictionary?.count ?? 0 : page.count)
        if isDictionary {
            guard dictionary == nil, page.isEmpty else { throw damaged("has two dictionaries") }
        } else {
            page = []
        }
        let stored = try source.bytes(start..<start + header.storedBytes)
        if let checksum = header.checksum, checksum != CRC32.checksum(stored.span) {
            throw damaged("has a page whose checksum does not hold")
        }
        let bytes = try unpack(stored, header)
        do throws(ThriftFault) {
            if isDictionary {
                try begin(dictionary: bytes, header)
            } else {
                page = bytes
                try begin(header)
            }
        } catch {
            throw damaged("has a page that does not hold what it says")
        }
        if case .unread = reading {
            throw ParquetFault.unsupported(
                column: column.name, "encoded as \(Encoding.name(header.encoding))")
        }
    }

    /// Bytes of a page's header, at most: it may hold the least and the greatest text.
    private static let mostOfHeader = 16 << 20

    private func readHeader() throws -> PageHeader {
        var count = 1 << 10
        while true {
            let bytes = try source.bytes(
                rest.lowerBound..<min(rest.upperBound, rest.lowerBound + count))
            do throws(ThriftFault) {
                return try PageHeader(bytes)
            } catch {
                guard error == .cut, bytes.count == count, count < ColumnCursor.mostOfHeader
                else { throw damaged("has a page that can't be read") }
                count *= 16
            }
        }
    }

    private func unpack(_ stored: [UInt8], _ header: PageHeader) throws -> [UInt8] {
        let levels = header.levelBytes
        let wanted = header.unpackedBytes - levels
        guard codec != .uncompressed, header.isPacked else {
            guard header.unpackedBytes == stored.count else {
                throw damaged("has a page whose length does not hold")
            }
            return stored
        }
        let packed = stored.span.extracting(levels..<stored.count)
        var bytes: [UInt8] = []
        // Of nothing, some writers pack nothing.
        if wanted > 0 {
            guard wanted <= packed.count * codec.mostUnpacked else {
                throw damaged("has a page that says to be longer than it can be")
            }
            try unpack(packed, wanted, into: &bytes)
        }
        guard bytes.count == wanted else {
            throw damaged("has a page that can't be unpacked")
        }
        return levels == 0 ? bytes : stored[..<levels] + bytes
    }

    private func unpack(
        _ packed: Span<UInt8>, _ wanted: Int, into bytes: inout [UInt8]
    ) throws {
        do throws(CompressionFault) {
            switch codec {
            case .uncompressed: preconditionFailure("nothing is packed")
            case .snappy: _ = Snappy.decompress(packed, atMost: wanted, into: &bytes)
            case .zstd:
                var decompressor = try ZstdDecompressor()
                try decompressor.decompress(packed, atMost: wanted, into: &bytes)
            case .gzip:
                let stream = try StreamDecompressor(format: .gzip)
                var chunk = [UInt8](repeating: 0, count: min(wanted, 64 << 10))
                var taken = 0
                // Beyond what is wanted a step goes, so that what is longer is seen.
                while bytes.count <= wanted {
                    var output = chunk.mutableSpan
                    let step = try stream.decompress(
                        packed.extracting(taken..<packed.count), into: &output)
                    taken += step.consumed
                    bytes += chunk[..<step.produced]
                    if step.produced == 0, taken == packed.count || step.consumed == 0 { break }
                }
                try stream.finish()
            }
        } catch {
            throw damaged("has a page that can't be unpacked")
        }
    }

    // MARK: What a page begins with

    private func begin(dictionary bytes: [UInt8], _ header: PageHeader) throws(ThriftFault) {
        let isPlain =
            header.encoding == Encoding.plain.rawValue
            || header.encoding == Encoding.plainDictionary.rawValue
        guard isPlain, column.physical != .boolean else { throw .damaged }
        if let width = plain.width {
            guard header.valueCount <= bytes.count / width else { throw .cut }
        } else {
            var position = 0
            for _ in 0..<header.valueCount {
                dictionaryStarts.append(UInt32(position))
                position = try plain.range(at: position, in: bytes).upperBound
            }
        }
        dictionaryCount = header.valueCount
        dictionary = bytes
    }

    private func begin(_ header: PageHeader) throws(ThriftFault) {
        guard header.valueCount <= valuesInRest else { throw .damaged }
        valuesInRest -= header.valueCount
        valuesLeft = header.valueCount
        nullsLeft = header.kind == .data2 ? header.nullCount : nil
        let start = try beginLevels(header)
        let values = start..<page.count
        reading = .plain(page.count)
        // Where all are null, some writers state an encoding and leave out what it begins with.
        if values.isEmpty { return }
        switch (Encoding(rawValue: header.encoding), column.physical) {
        case (.plain, .boolean): reading = .bits(start * 8)
        case (.plain, _): reading = .plain(start)
        case (.runLength, .boolean):
            reading = .runs(RunReader(try counted(from: start), width: 1))
        case (.plainDictionary, let type) where type != .boolean,
            (.runLengthDictionary, let type) where type != .boolean:
            guard page[start] <= 32 else { throw .damaged }
            reading = .runs(
                RunReader(start + 1..<page.count, width: Int(page[start])))
        default: reading = .unread
        }
    }

    /// Begins what says which values are null; gives where it ends.
    private func beginLevels(_ header: PageHeader) throws(ThriftFault) -> Int {
        levels = .none
        if header.kind == .data2 {
            let range = 0..<header.levelBytes
            if column.isOptional { levels = .runs(RunReader(range, width: 1)) }
            return range.upperBound
        }
        guard column.isOptional else { return 0 }
        switch Encoding(rawValue: header.levelEncoding) {
        case .runLength:
            let range = try counted(from: 0)
            levels = .runs(RunReader(range, width: 1))
            return range.upperBound
        case .bitPacked:
            let end = (header.valueCount + 7) / 8
            guard end <= page.count else { throw .cut }
            levels = .bits(0)
            return end
        default: throw .damaged
        }
    }

    /// What stands behind its length.
    private func counted(from start: Int) throws(ThriftFault) -> Range<Int> {
        guard page.count - start >= 4 else { throw .cut }
        let length = Int(page.littleEndian(at: start, as: UInt32.self))
        guard length <= page.count - start - 4 else { throw .cut }
        return start + 4..<start + 4 + length
    }
}
