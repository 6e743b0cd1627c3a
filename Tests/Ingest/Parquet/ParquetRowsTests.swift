import Compression
import EventModel
import Foundation
import Parquet
import Testing

@testable import Ingest

private func fileOf(_ bytes: [UInt8]) throws -> String {
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).parquet"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
}

/// A Parquet file of some columns and rows.
private func parquet(_ columns: [ParquetColumn], _ rows: [[ParquetValue]]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let writer = try ParquetWriter(columns, createdBy: "rekam version 0") { span in
        for index in span.indices { bytes.append(span[index]) }
    }
    for row in rows { try writer.append(row) }
    try writer.finish()
    return bytes
}

/// What a mapping's rows have in some columns: nil for null, a problem in brackets.
private func texts(
    _ file: [UInt8], _ columns: [String], decimal: Character = "."
) throws -> [[String?]] {
    let source = InputSource(bytes: file, name: "t.parquet")
    let reader = try ParquetRows(
        source, #require(source.storedBytesAnywhere), columns: columns,
        decimal: decimal.asciiValue!)
    let places = columns.map { reader.place(of: $0) }
    var found: [[String?]] = []
    while case .row = try reader.next() {
        let row = reader.row
        #expect(row.line == found.count + 1 && row.number == row.line)
        found.append(
            places.map { place in
                guard let place else { return "–" }
                if let problem = row.problems[place] { return "[\(problem)]" }
                return row.has(place) ? row[place] : nil
            })
    }
    return found
}

@Suite("Rows of Parquet, by example")
struct ParquetRowsTests {
    @Test("Values of every type that is written are texts; null is no value")
    func values() throws {
        let milliseconds = ParquetUnit.milliseconds
        let columns = [
            ParquetColumn("flag", .boolean, isOptional: true),
            ParquetColumn("count", .integer(bits: 64, isSigned: true)),
            ParquetColumn("price", .decimal(precision: 9, scale: 2)),
            ParquetColumn("note", .text, isOptional: true), ParquetColumn("day", .date),
            ParquetColumn("utc", .timestamp(milliseconds, isAdjustedToUTC: true)),
            ParquetColumn("local", .timestamp(.nanoseconds, isAdjustedToUTC: false)),
        ]
        let file = try parquet(
            columns,
            [
                [
                    .boolean(true), .integer(-5), .decimal(ParquetDecimal(-1250, scale: 2)),
                    .text("Budi, é"), .integer(20_000), .integer(1_752_480_720_500),
                    .integer(-1),
                ],
                [
                    .null, .integer(9_007_199_254_740_993), .decimal(ParquetDecimal(5, scale: 2)),
                    .null, .integer(-719_162), .integer(-62_135_596_800_000),
                    .integer(1_000_000_000),
                ],
                [
                    .boolean(false), .integer(0), .decimal(ParquetDecimal(0, scale: 2)), .text(""),
                    .integer(2_932_897), .integer(Int128(Int64.max)), .integer(0),
                ],
            ])
        let found = try texts(file, columns.map(\.name), decimal: ",")
        #expect(
            found[0] == [
                "TRUE", "-5", "-12,50", "Budi, é", "2024-10-04", "2025-07-14T08:12:00.5Z",
                "1969-12-31T23:59:59.999999999",
            ])
        #expect(
            found[1] == [
                nil, "9007199254740993", "0,05", nil, "0001-01-01", "0001-01-01T00:00:00Z",
                "1970-01-01T00:00:01",
            ])
        let beyond = "[it is a time beyond the years 1 to 9999]"
        #expect(
            found[2] == ["FALSE", "0", "0,00", "", beyond, beyond, "1970-01-01T00:00:00"])
        #expect(try texts(file, ["day", "none", "flag"]).first == ["2024-10-04", "–", "TRUE"])
    }

    @Test(
        "Floating numbers have the fewest digits that mean them, and no exponent",
        arguments: [
            (0.1, "0,1"), (-0.0, "0"), (12345.0, "12345"), (1e21, "1000000000000000000000"),
            (-1.5e-7, "-0,00000015"), (0.30000000000000004, "0,30000000000000004"),
            (123.456, "123,456"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
            (
                .leastNonzeroMagnitude, "0," + String(repeating: "0", count: 323) + "5"
            ),
            (1.7976931348623157e308, "17976931348623157" + String(repeating: "0", count: 292)),
            (100.0, "100"), (1e16, "10000000000000000"),
        ] as [(Double, String)])
    func floating(number: Double, text: String) {
        var row = InputRow()
        let texts = ColumnText(decimal: UInt8(ascii: ","))
        #expect(texts.append(.double(number), of: .double, to: &row) == nil)
        #expect(String(decoding: row.bytes, as: UTF8.self) == text)
        row = InputRow()
        _ = texts.append(.float(0.1), of: .float, to: &row)
        #expect(row.bytes == Array("0,1".utf8))
    }

    @Test("Bytes that are no text, and times of a day, are told or written")
    func other() {
        let texts = ColumnText(decimal: UInt8(ascii: "."))
        func text(_ value: ParquetValue, _ type: ParquetType) -> String {
            var row = InputRow()
            let problem = texts.append(value, of: type, to: &row)
            return problem.map { "[\($0)]" } ?? String(decoding: row.bytes, as: UTF8.self)
        }
        #expect(text(.bytes([0xFF]), .text) == "[it is no UTF-8 text]")
        #expect(text(.bytes([65, 0]), .bytes) == "[a NUL byte stands in it]")
        #expect(
            text(.bytes(ArraySlice(repeating: 65, count: 1 << 20 + 1)), .text)
                == "[it is longer than 1048576 bytes]")
        #expect(
            text(.bytes(Array(0..<16)[...]), .uuid) == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        let time = ParquetType.time(.microseconds, isAdjustedToUTC: true)
        #expect(text(.integer(32_400_000_000), time) == "09:00:00")
        #expect(text(.integer(86_399_999_990), time) == "23:59:59.99999")
        #expect(text(.integer(86_400_000_000), time) == "[it is no time of a day]")
        #expect(
            text(.integer(18_446_744_073_709_551_615), .integer(bits: 64, isSigned: false))
                == "18446744073709551615")
    }

    @Test("Of columns of one name all are read where a mapping reads each of them")
    func repeated() throws {
        let columns = ["tag", "id", "tag", "tag"].map { ParquetColumn($0, .text) }
        let file = try parquet(columns, [["a", "1", "b", "c"].map { .text($0) }])
        let source = InputSource(bytes: file, name: "t.parquet")
        let reader = try ParquetRows(
            source, #require(source.storedBytesAnywhere), columns: ["id"], repeated: ["tag"],
            decimal: UInt8(ascii: "."))
        guard case .row = try reader.next() else { throw CancellationError() }
        #expect(reader.places(ofAll: "tag").map { reader.row[$0] } == ["a", "b", "c"])
        #expect(String(decoding: reader.rawHeader, as: UTF8.self) == "tag,id,tag#2,tag#3\n")
    }

    @Test("It is read from a file as it is alone; what is not read is said in a sentence")
    func faults() throws {
        let file = try parquet([ParquetColumn("a", .text)], [[.text("x")]])
        let path = try fileOf(file)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = try InputSource(path: path)
        #expect(source.fault(reading: .rows) == nil)
        #expect("\(source.fault(reading: .events)!)".contains("is Parquet, and events are read"))
        func fault(_ bytes: [UInt8], _ columns: [String] = ["a"]) -> String {
            do {
                _ = try texts(bytes, columns)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(fault(Array(file.dropLast(9))).contains("is no whole Parquet file"))
        #expect(fault(Array(file.dropLast(4)) + "PARE".utf8).contains("is encrypted"))
        var damaged = file
        damaged[30] ^= 1
        #expect(fault(damaged).hasPrefix("t.parquet is damaged: column \"a\" has a page"))
        var packed: [UInt8] = []
        var compressor = try ZstdCompressor()
        try compressor.compress(file.span, appendingTo: &packed)
        let zstd = InputSource(bytes: packed, name: "t.zst")
        let content = InputContent(firstBytes: zstd.firstBytes())
        #expect(
            "\(zstd.faultOfWhole(content)!)".contains(
                "is Parquet, packed as zstd. Unpack it first."))
    }

    @Test("A pipe is refused in a sentence")
    func pipe() throws {
        let file = try parquet([ParquetColumn("a", .text)], [[.text("x")]])
        let path = NSTemporaryDirectory() + "/\(UUID().uuidString)"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        defer { _ = unsafe unlink(path) }
        let writer = Thread { try? Data(file).write(to: URL(fileURLWithPath: path)) }
        writer.start()
        let source = try InputSource(path: path)
        var buffer = [UInt8](repeating: 0, count: 5)
        var span = buffer.mutableSpan
        let fault = #expect(throws: InputFault.self) { try source.read(into: &span) }
        #expect("\(try #require(fault))".contains("is Parquet, which is read from a file alone"))
    }

    private static let mapping = """
        mapping: m
        version: 1
        source: s
        time: {format: dd/MM/yyyy, zone: "+07:00"}
        times: {opened: "{opened}"}
        case: "ticket/{id}"
        at: opened
        events:
          - type: ticket.opened
            data: {origin: "{origin}", channel: web}
        """

    @Test("A mapping reads its columns alone, and refused rows stand in the rejects as CSV")
    func mapped() throws {
        let surroundings = MappingSurroundings(types: shippedTypes, storeZone: .utc)
        let mapping = try Mapping.read(Self.mapping, file: "m.yaml", in: surroundings)
        let file = try parquet(
            [
                ParquetColumn("unread", .text), ParquetColumn("origin", .text),
                ParquetColumn("id", .integer(bits: 64, isSigned: true)),
                ParquetColumn(
                    "opened", .timestamp(.microseconds, isAdjustedToUTC: false), isOptional: true),
            ],
            [
                [.text("-"), .text("customer"), .integer(1), .integer(1_752_480_720_000_000)],
                [.text("-"), .text("a, \"b\" none"), .integer(2), .integer(0)],
                [.text("-"), .text("customer"), .integer(3), .null],
            ])
        let path = try fileOf(file)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = try InputSource(path: path)
        var stored = 0
        source.onStoredBytes = { stored += $0.count }
        var events: [String] = []
        var sink = CountingSink { batch in
            for row in batch.rows {
                events.append(
                    String(decoding: batch.bytes[row.canonical.indices], as: UTF8.self))
            }
        }
        var refused: [String] = []
        var header = ""
        let outcome = try ingest(
            source, through: mapping, into: &sink, types: shippedTypes,
            header: { header = String(decoding: $0, as: UTF8.self) },
            rejects: { rejection, line in
                let text = (0..<line.count).map { line[$0] }
                refused.append("\(rejection.line) " + String(decoding: text, as: UTF8.self))
            })
        #expect(outcome.inputFault == nil && stored == file.count)
        #expect(outcome.counts.accepted == 1 && outcome.counts.lines == 3)
        #expect(events.first?.contains("2025-07-14T01:12:00.000Z") == true)
        #expect(header == "origin,id,opened\n")
        #expect(
            refused == ["2 \"a, \"\"b\"\" none\",2,1970-01-01T00:00:00\n", "3 customer,3,\n"])
    }
}
