/// Numbers of JSON that Rekam takes: whole, and within ±(2^53−1), where every reader of JSON agrees
/// (RFC 7493, 2.2). `1.0` and `1e3` are whole.
package enum WholeNumber {
    /// The largest, 2^53−1; the smallest is its negative.
    package static let largest: Int64 = 9_007_199_254_740_991

    /// The value of a number's text; nil where it has a fraction or is too large.
    ///
    /// Read as IEEE 754 reads it, as RFC 8785 asks for: digits beyond its precision are rounded.
    package static func value(of text: String) -> Int64? {
        if let value = Int64(text) { return isWithin(value) ? value : nil }
        guard let real = Double(text) else { return nil }
        return value(of: real)
    }

    /// The value of a real number; nil where it has a fraction or is too large.
    package static func value(of real: Double) -> Int64? {
        guard let value = Int64(exactly: real), isWithin(value) else { return nil }
        return value
    }

    /// Whether a number is within ±(2^53−1).
    package static func isWithin(_ value: Int64) -> Bool {
        value >= -largest && value <= largest
    }
}
