public import EventModel

/// Numbers of bytes as people say them.
public enum ByteText {
    /// `512 bytes`, `48.0 KiB`, `1.2 GiB`; one decimal, rounded down.
    public static func text(_ bytes: Int, _ language: Language = .english) -> String {
        guard bytes >= 1024 else { return "\(bytes) \(language == .english ? "bytes" : "bita")" }
        var unit = 0
        var tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024
        while tenths >= 10_240, unit < 3 {
            tenths /= 1024
            unit += 1
        }
        let point = language == .english ? "." : ","
        return "\(tenths / 10)\(point)\(tenths % 10) \(["KiB", "MiB", "GiB", "TiB"][unit])"
    }
}
