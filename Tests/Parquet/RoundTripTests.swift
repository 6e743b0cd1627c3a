import Testing

@testable import Parquet

@Suite("Parquet: random tables, written and read again")
struct RoundTripTests {
    @Test(
        "What was written is read again, in every cut into groups of rows and pages",
        arguments: 1...60)
    func roundTrip(seed: Int) throws {
        var random = SeededNumbers(seed)
        let count = [0, 1, 7, 8, 9, 100, 1500].randomElement(using: &random)!
        let table = RandomTable(seed: seed, rowCount: count)
        var sizes = ParquetWriter.Sizes()
        sizes.groupRows = Int.random(in: 1...2000, using: &random)
        sizes.groupBytes = [200, 64 << 20].randomElement(using: &random)!
        sizes.pageRows = Int.random(in: 1...300, using: &random)
        sizes.pageBytes = [50, 1 << 20].randomElement(using: &random)!
        let file = try table.file(sizes)
        #expect(try table.file(sizes) == file, "seed \(seed): other bytes for the same rows")
        let reader = try ParquetReader(file)
        #expect(reader.rowCount == count)
        #expect(reader.metadata.map(\.key) == ["unit", "empty"])
        #expect(reader.metadata.map(\.value) == ["seconds", ""])
        for (found, written) in zip(reader.columns, table.columns) {
            #expect(found.name == written.name && found.type == written.type)
            #expect(found.isOptional == written.isOptional)
        }
        #expect(try rows(file) == table.rows, "seed \(seed)")
        let some = table.columns.indices.filter { _ in Bool.random(using: &random) }.reversed()
        #expect(
            try rows(file, of: Array(some)) == table.rows.map { row in some.map { row[$0] } },
            "seed \(seed), columns \(some)")
    }

    @Test("A value that stands often is written once, one that stands rarely without a dictionary")
    func dictionaries() throws {
        let column = [ParquetColumn("a", .text)]
        func size(_ text: (Int) -> String) throws -> Int {
            var table = RandomTable(seed: 1, rowCount: 0)
            table.columns = column
            table.rows = (0..<10_000).map { [.text(text($0))] }
            let file = try table.file()
            #expect(try rows(file) == table.rows)
            return file.count
        }
        let few = try size { "a text of some length \($0 * 7 % 13)" }
        #expect(few < 7_000)
        var random = SeededNumbers(3)
        _ = try size { _ in "\(random.next())" }
    }

    @Test("Runs of small numbers come back, of every width", arguments: 1...32)
    func runs(width: Int) throws {
        var random = SeededNumbers(width)
        let most = width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
        var numbers: [UInt32] = []
        while numbers.count < 3000 {
            let length = [1, 3, 8, 17, 200].randomElement(using: &random)!
            let number = UInt32.random(in: 0...most, using: &random)
            for place in 0..<length {
                numbers.append(place % 2 == 0 || length > 3 ? number : number ^ 1 & most)
            }
        }
        var bytes: [UInt8] = [9]
        RunWriter.append(numbers[...], width: width, to: &bytes)
        var reader = RunReader(1..<bytes.count, width: width)
        for (place, number) in numbers.enumerated() {
            #expect(try reader.next(in: bytes) == number, "width \(width), place \(place)")
        }
    }

    @Test(
        "Decimals are written exactly, of up to 76 digits",
        arguments: [
            ("00", 0, "0"), ("00", 2, "0.00"), ("7F", 0, "127"), ("FF", 0, "-1"),
            ("FF", 3, "-0.001"),
            ("80", 2, "-1.28"),
            ("0000000000000000000000000000000000000000000000000000000000000000FF", 1, "25.5"),
            ("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF80", 0, "-128"),
            ("0100000000000000000000000000000000", 0, "340282366920938463463374607431768211456"),
            (
                "235FADD81C2822BB3F07877973D50F28BF22A31BE8EE8000000000000000000", 0,
                "1" + String(repeating: "0", count: 75)
            ),
            (
                "8000000000000000000000000000000000000000000000000000000000000000", 76,
                "-5.7896044618658097711785492504343953926634992332820282019728792003956564819968"
            ),
        ])
    func decimals(hex: String, scale: Int, text: String) throws {
        let digits = (hex.count % 2 == 0 ? hex : "0" + hex).map { UInt8($0.hexDigitValue!) }
        let bytes =
            stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let decimal = try #require(ParquetDecimal(bytes[...], scale: scale))
        #expect(String(decoding: decimal.text(), as: UTF8.self) == text)
    }

    @Test("A decimal of more than 256 bits is none")
    func wideDecimals() {
        #expect(ParquetDecimal(([1] + Array(repeating: 0, count: 32))[...], scale: 0) == nil)
        #expect(ParquetDecimal(([0, 0x80] + Array(repeating: 0, count: 31))[...], scale: 0) == nil)
        #expect(ParquetDecimal([], scale: 0) == ParquetDecimal(0, scale: 0))
        #expect(ParquetDecimal(-5, scale: 0).unscaled == -5)
    }
}
