/// Why bytes could not be compressed or decompressed. Sizes are in bytes.
public enum CompressionFault: Error, Hashable, Sendable {
    /// The bytes are no data of this format, or a checksum in them does not hold; `detail` is the
    /// library's own word for it.
    case damaged(format: CompressionFormat, inputBytes: Int, detail: String)
    /// The input ends inside a compressed frame or member.
    case truncated(format: CompressionFormat, inputBytes: Int)
    /// The result does not fit into the given room.
    case tooLarge(format: CompressionFormat, bound: Int)
    /// The library could not get memory.
    case outOfMemory(format: CompressionFormat)
}

extension CompressionFault: CustomStringConvertible {
    /// A clause that reads after a file's name.
    public var description: String {
        switch self {
        case .damaged(let format, let count, let detail):
            "is damaged: its \(format.rawValue) data cannot be read after \(count) bytes (\(detail))"
        case .truncated(let format, let count):
            "ends in the middle of its compressed data after \(count) bytes (\(format.rawValue))"
        case .tooLarge(let format, let bound):
            "holds \(format.rawValue) data that is longer than the \(bound) bytes expected"
        case .outOfMemory(let format):
            "cannot be decompressed: no memory is left for \(format.rawValue)"
        }
    }
}

/// A compressed format, told by its first bytes and never by a file's name.
public enum CompressionFormat: String, Hashable, Sendable, CaseIterable {
    /// RFC 1952, one or more members.
    case gzip
    /// RFC 8878, one or more frames, skippable ones included.
    case zstd

    /// How many first bytes `init(firstBytes:)` wants to see.
    public static let signatureLength = 4

    /// The format whose signature these bytes begin with; nil for anything else, plain text above
    /// all.
    public init?(firstBytes bytes: Span<UInt8>) {
        if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
            self = .gzip
            return
        }
        guard bytes.count >= 4 else { return nil }
        let isFrame = bytes[0] == 0x28 && bytes[1] == 0xB5 && bytes[2] == 0x2F && bytes[3] == 0xFD
        let isSkippable =
            bytes[0] & 0xF0 == 0x50 && bytes[1] == 0x2A && bytes[2] == 0x4D && bytes[3] == 0x18
        guard isFrame || isSkippable else { return nil }
        self = .zstd
    }
}
