import EventLog
import Testing

/// Method: every pair of sizes of two logs that part at every place, with honest proofs; keys that
/// follow each other, and each byte of what they signed changed.
@Suite("Comparing checkpoints, and following keys")
struct CheckpointTests {
    private let origin = "test.example/log"

    private func key(_ number: UInt8, name: String = "test.example/log") throws -> StoreKey {
        try #require(StoreKey(name: name, seed: Array(repeating: number, count: 32)))
    }

    /// Leaves of a log that is another one from a place on.
    private func leaves(_ count: Int, partingAt place: Int, _ branch: UInt8) -> [TreeHash] {
        (0..<count).map { .leaf([UInt8($0), $0 < place ? 0 : branch]) }
    }

    private func checkpoint(_ leaves: ArraySlice<TreeHash>) -> Checkpoint {
        Checkpoint(
            origin: origin, size: UInt32(leaves.count), root: MerkleTree.root(of: leaves))
    }

    @Test("One log grown, two histories and nothing established, at every size and parting")
    func relations() throws {
        let most = 20
        for place in 0...most {
            let one = leaves(most, partingAt: place, 1)
            let other = leaves(most, partingAt: place, 2)
            for small in 0...most {
                for large in small...most {
                    let smaller = checkpoint(one[..<small])
                    let larger = checkpoint(other[..<large])
                    let hashes = try MerkleTree(leaves: Array(other[..<large]))
                        .consistencyProof(from: small)
                    let isOne = small <= place
                    let wanted: CheckpointRelation =
                        !isOne ? .forked : small == large ? .same : .grown
                    let seen = CheckpointComparison(larger, smaller) { size in
                        MerkleTree.root(of: other[..<Int(size)])
                    }
                    #expect(seen.relation == wanted, "\(place) \(small) \(large)")
                    #expect(seen.smaller.size == small && seen.larger.size == large)
                    // A proof leaves the root of a whole subtree out, and then tells no fork.
                    let isTold = small & (small - 1) != 0 || isOne || small == large
                    let told = CheckpointComparison(smaller, larger, proof: hashes)
                    #expect(
                        told.relation == (isTold ? wanted : .notEstablished),
                        "\(place) \(small) \(large)")
                    let bare = CheckpointComparison(smaller, larger).relation
                    let isBare = small == large || small == 0
                    #expect(bare == (isBare ? wanted : .notEstablished), "\(small) \(large)")
                }
            }
        }
    }

    @Test("Logs of two names are two, whatever their roots")
    func names() {
        let one = checkpoint(leaves(4, partingAt: 4, 0)[...])
        var other = one
        other.origin = "other.example/log"
        #expect(CheckpointComparison(one, other).relation == .otherLog)
    }

    @Test("A proof with any hash changed, left out or put in says nothing of two histories")
    func forged() throws {
        let leaves = leaves(13, partingAt: 13, 0)
        let larger = checkpoint(leaves[...])
        for small in 1..<13 {
            let smaller = checkpoint(leaves[..<small])
            let hashes = try MerkleTree(leaves: leaves).consistencyProof(from: small)
            for place in hashes.indices {
                var changed = hashes
                changed[place] = .leaf([9])
                var short = hashes
                short.remove(at: place)
                for proof in [changed, short, hashes + [.leaf([9])]] {
                    let relation = CheckpointComparison(smaller, larger, proof: proof).relation
                    #expect(relation == .notEstablished, "\(small): \(place)")
                }
            }
        }
    }

    /// What a key signs to name the next one.
    private func statement(_ key: StoreKey, _ next: StoreKey) throws -> SignedNote {
        let text = checkpoint(leaves(4, partingAt: 4, 0)[...]).text
        return try SignedNote(text + "next-key \(next.verifier)\n", signedWith: key)
    }

    @Test("Who trusts a key is led to those after it alone, in any order of what they signed")
    func followed() throws {
        let keys = try (1...4).map { try key($0) }
        let verifiers = try keys.map { try #require(NoteVerifier($0.verifier)) }
        let notes = try zip(keys, keys.dropFirst()).map { try statement($0, $1) }
        for order in [notes, notes.reversed()] {
            let bytes = Array(order.map(\.encoded).joined().utf8)
            let succession = try #require(KeySuccession(bytes))
            #expect(succession.statements == order && succession.encoded.utf8.elementsEqual(bytes))
            for (place, verifier) in verifiers.enumerated() {
                let led = succession.verifiers(trusting: verifier)
                #expect(led == Array(verifiers[place...]), "\(place)")
            }
            let stranger = try #require(NoteVerifier(try key(9).verifier))
            #expect(succession.verifiers(trusting: stranger) == [stranger])
        }
        // A key of another log is named in vain.
        let foreign = try statement(keys[0], try key(5, name: "other.example/log"))
        let led = KeySuccession(Array(foreign.encoded.utf8))?.verifiers(trusting: verifiers[0])
        #expect(led == [verifiers[0]])
        #expect(KeySuccession([])?.statements == [])
    }

    @Test("Any byte changed of what keys signed leads nowhere else")
    func damaged() throws {
        let keys = try (1...3).map { try key($0) }
        let verifiers = try keys.map { try #require(NoteVerifier($0.verifier)) }
        let notes = try zip(keys, keys.dropFirst()).map { try statement($0, $1) }
        let bytes = Array(notes.map(\.encoded).joined().utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            guard let succession = KeySuccession(changed) else { continue }
            let led = succession.verifiers(trusting: verifiers[0])
            #expect(led.count < 3 && led.allSatisfy { verifiers.contains($0) }, "byte \(place)")
        }
        let plain = try checkpoint(leaves(4, partingAt: 4, 0)[...]).signed(with: keys[0])
        #expect(KeySuccession(Array(plain.encoded.utf8)) == nil, "it names no key")
    }
}
