import Vault

/// The erasures of a store, kept outside it. Whoever puts an older store or vault back applies them again.
package typealias KeptErasures = KeptList<Erasure>

extension Erasure: KeptLine {
    package static var listName: String { "erasures" }
}

extension KeptErasures {
    /// Adds erasures that it has not, durably.
    ///
    /// - Complexity: O(file).
    package func add(_ erasures: [Erasure], identity: String) throws {
        var known: Set<Token> = []
        for erasure in try read(identity: identity).own { known.formUnion(erasure.tokens) }
        var lines: [Erasure] = []
        for erasure in erasures where !erasure.tokens.isSubset(of: known) {
            known.formUnion(erasure.tokens)
            lines.append(erasure)
        }
        try append(lines, identity: identity)
    }
}
