import Foundation
import Testing

@testable import Parquet

@Suite("Parquet: a damaged file is told, or gives the right rows")
struct DamageTests {
    /// A file of all types in two groups of rows and several pages.
    private static func table(
        _ types: [ParquetType] = RandomTable.types
    ) throws -> (table: RandomTable, file: [UInt8]) {
        var sizes = ParquetWriter.Sizes()
        sizes.groupRows = 13
        sizes.pageRows = 12
        let table = RandomTable(seed: 5, rowCount: 15, types: types)
        return (table, try table.file(sizes))
    }

    /// Whether a file is refused: else it gives the right rows.
    private func isRefused(_ file: [UInt8], _ table: RandomTable, _ what: String) -> Bool {
        do {
            let isSame = try rows(file) == table.rows
            #expect(isSame, "\(what): other rows")
            return false
        } catch {
            #expect(error is ParquetFault, "\(what): \(error)")
            return true
        }
    }

    /// Numbers of columns and rows have no checksum: what is told of them twice is compared. Names, and units
    /// of times of an unnamed clock, are told once, so types are not looked at here.
    @Test(
        "Bits of every byte flipped: of many columns two of each byte, all with REKAM_THOROUGH",
        arguments: [RandomTable.types, [.integer(bits: 64, isSigned: true), .text, .boolean]])
    func flips(types: [ParquetType]) throws {
        let (table, sound) = try DamageTests.table(types)
        let isThorough =
            types.count < 4 || ProcessInfo.processInfo.environment["REKAM_THOROUGH"] != nil
        var file = sound
        var tried = 0
        var refused = 0
        for place in file.indices {
            for bit in 0..<8 where isThorough || (bit + place).isMultiple(of: 4) {
                file[place] ^= 1 << bit
                tried += 1
                if isRefused(file, table, "byte \(place) of \(file.count), bit \(bit)") {
                    refused += 1
                }
                file[place] ^= 1 << bit
            }
        }
        #expect(refused > tried / 2 && refused < tried)
    }

    @Test("Every cut of a file")
    func cuts() throws {
        let (table, sound) = try DamageTests.table()
        for count in sound.indices {
            #expect(isRefused(Array(sound[..<count]), table, "\(count) bytes"))
        }
    }

    @Test("A length that a page can't have is refused before room is made for it")
    func bombs() throws {
        for (codec, most) in [(Codec.zstd, 32_768), (.gzip, 1032), (.snappy, 22)] {
            #expect(codec.mostUnpacked == most)
        }
        let header = try PageHeader(
            [0x15, 0, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x15, 2, 0x2C, 0x15, 2, 0x15, 0, 0x15, 6]
                + [0x15, 6, 0, 0])
        #expect(header.unpackedBytes == Int(Int32.max) && header.valueCount == 1)
    }
}
