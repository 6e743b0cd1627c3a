/// One parser or decoder, made to read any bytes: it must read or refuse them, never end the process,
/// and what it read must hold together.
package struct FuzzTarget: Sendable {
    /// Its name on the command line.
    package let name: String
    /// Sound inputs to start from.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// One input of how many is read where time is short: a dear target reads fewer.
    package let cost: Int
    /// Reads the bytes, and says whether it took them for sound; traps where what came of them does
    /// not hold.
    package let read: @Sendable ([UInt8]) -> Bool

    init(
        _ name: String, cost: Int = 1, seeds: @escaping @Sendable () throws -> [[UInt8]],
        read: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.name = name
        self.cost = cost
        self.seeds = seeds
        self.read = read
    }

    /// All of them, by name.
    package static let all: [FuzzTarget] =
        (FuzzTarget.texts + FuzzTarget.definitions + FuzzTarget.inputs + FuzzTarget.tables
        + FuzzTarget.mappings
        + FuzzTarget.records + FuzzTarget.storage + FuzzTarget.proofs + FuzzTarget.snapshots)
        .sorted { $0.name < $1.name }

    /// One by its name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Bytes as text; what is no UTF-8 is replaced.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Texts as bytes.
func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

extension RangeReplaceableCollection<UInt8> {
    /// Adds a number, little-endian.
    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        for place in 0..<Number.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: number >> Number(8 * place)))
        }
    }
}
