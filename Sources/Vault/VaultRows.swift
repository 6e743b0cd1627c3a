/// Rows that an append adds.
package struct VaultRows: Sendable {
    /// A token with what explains it.
    package struct Name: Sendable {
        package var token: Token
        /// The fingerprint of the name, by which the token is found again; nil for a token of one
        /// value alone.
        package var name: UInt64?
        /// Where its disclosure lies in `bytes`.
        package var disclosure: Range<Int>

        package init(token: Token, name: UInt64?, disclosure: Range<Int>) {
            self.token = token
            self.name = name
            self.disclosure = disclosure
        }
    }

    /// A text of one entry.
    package struct Text: Sendable {
        package var sequence: UInt32
        /// Its place among the personal texts of its entry, from 0.
        package var place: Int
        /// Where its disclosure lies in `bytes`.
        package var disclosure: Range<Int>

        package init(sequence: UInt32, place: Int, disclosure: Range<Int>) {
            self.sequence = sequence
            self.place = place
            self.disclosure = disclosure
        }
    }

    package var names: [Name] = []
    package var texts: [Text] = []
    /// The disclosures, one after another.
    package var bytes: [UInt8] = []

    package init() {}

    /// How many there are.
    package var count: Int { names.count + texts.count }

    /// Whether there are none.
    package var isEmpty: Bool { names.isEmpty && texts.isEmpty }

    /// Forgets them, keeps the memory.
    package mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}
