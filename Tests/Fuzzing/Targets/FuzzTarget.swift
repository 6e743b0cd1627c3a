/// One parser or decoder, made to read any bytes: it must read or refuse them, never end the process,
/// and what it read must hold together.
package struct FuzzTarget: Sendable {
    /// Its name on the command line.
    package let name: String
    /// Sound inputs to start from.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// Reads the bytes; traps where what came of them does not hold.
    package let read: @Sendable ([UInt8]) -> Void

    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        read: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.read = read
    }

    /// All of them, by name.
    package static let all: [FuzzTarget] =
        (FuzzTarget.texts + FuzzTarget.definitions + FuzzTarget.inputs + FuzzTarget.records)
        .sorted { $0.name < $1.name }

    /// One by its name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Bytes as text; what is no UTF-8 is replaced.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Texts as bytes.
func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
