/// Gzip members with stored (uncompressed) blocks, made by hand from RFC 1952, so that the reader
/// is not tested against the library it uses.
func gzipMember(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = content[...]
    repeat {
        let block = rest.prefix(65_535)
        rest = rest.dropFirst(block.count)
        bytes.append(rest.isEmpty ? 1 : 0)
        bytes += littleEndian(UInt16(block.count)) + littleEndian(~UInt16(block.count)) + block
    } while !rest.isEmpty
    return bytes + littleEndian(crc32(content)) + littleEndian(UInt32(content.count))
}

private func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var state: UInt32 = .max
    for byte in bytes {
        state ^= UInt32(byte)
        for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }
    return ~state
}

/// Bytes that neither repeat nor are all alike: half text, half noise.
func sample(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 2 &+ 1
    return (0..<count).map { index in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return index / 64 % 2 == 0 ? UInt8(97 + index % 26) : UInt8(truncatingIfNeeded: state >> 56)
    }
}
