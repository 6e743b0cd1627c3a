/// Rows added up by one of their words, in any order: equal multisets of rows have equal sums, and
/// others, but for a chance of 2^-128, have not. Rows that cancel leave nothing.
///
/// Memory grows with the different words, not with the rows.
package struct RowSums {
    private struct Sums: Equatable {
        var first: UInt64 = 0
        var second: UInt64 = 0
    }
    private let words: Int
    private let column: Int
    private var sums: [UInt32: Sums] = [:]
    /// How many rows were added.
    package private(set) var rows: UInt64 = 0

    /// Sums of nothing.
    ///
    /// - Parameters:
    ///   - words: of a row.
    ///   - column: the word by which rows are told apart; the day unless said.
    package init(words: Int, by column: Int = 0) {
        self.words = words
        self.column = column
    }

    /// Adds whole rows.
    ///
    /// - Parameter isWanted: asked with each row's word.
    package mutating func add(
        _ block: Span<UInt32>, where isWanted: (UInt32) -> Bool = { _ in true }
    ) {
        var start = 0
        while start < block.count {
            defer { start += words }
            let place = block[start + column]
            guard isWanted(place) else { continue }
            var first: UInt64 = 0x9e37_79b9_7f4a_7c15
            var second: UInt64 = 0xd6e8_feb8_6659_fd93
            for word in start..<start + words - 2 {
                first = Self.mixed(first ^ UInt64(block[word]), 0xd6e8_feb8_6659_fd93)
                second = Self.mixed(second ^ UInt64(block[word]), 0xa076_1d64_78bd_642f)
            }
            let end = start + words
            let times = UInt64(block[end - 2]) << 32 | UInt64(block[end - 1])
            sums[place, default: Sums()].first &+= first &* times
            sums[place, default: Sums()].second &+= second &* times
            rows += 1
        }
    }

    private static func mixed(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = (value &+ 0x2545_f491_4f6c_dd1d).multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }

    /// The first word whose rows differ.
    package func firstDifference(from other: RowSums) -> UInt32? {
        Set(sums.keys).union(other.sums.keys).sorted()
            .first { (sums[$0] ?? Sums()) != (other.sums[$0] ?? Sums()) }
    }

    /// Whether anything is left of a word's rows.
    package func isAnything(left word: UInt32) -> Bool { (sums[word] ?? Sums()) != Sums() }
}
