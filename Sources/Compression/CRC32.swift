internal import CZlib

/// The checksum of gzip, zip and Parquet's pages: CRC-32 of IEEE 802.3.
public enum CRC32 {
    /// - Complexity: O(bytes).
    public static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer {
            unsafe UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
    }
}
