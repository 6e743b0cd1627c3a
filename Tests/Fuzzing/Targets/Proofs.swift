import EventLog
import EventModel

extension FuzzTarget {
    /// What is handed to others so that they need not trust us.
    static let proofs: [FuzzTarget] = [
        FuzzTarget(
            "note", cost: 3, seeds: { bytes([Log.note.encoded, twoSignatures]) },
            read: { input in
                guard let note = SignedNote(input) else { return false }
                precondition(note.encoded == text(input), "a note changes on its way")
                // Whoever has the public key takes nothing but what was signed.
                if Log.verifier.accepts(note) {
                    precondition(note.text == Log.note.text, "a forged note: \(note.text)")
                }
                return true
            }),
        FuzzTarget(
            "verifier-key", seeds: { bytes([Log.verifier.text]) },
            read: { input in
                guard let verifier = NoteVerifier(text(input)) else { return false }
                precondition(verifier.text == text(input), "a key changes on its way")
                return true
            }),
        FuzzTarget(
            "checkpoint",
            seeds: { bytes([Log.checkpoint.text, Log.checkpoint.text + "next-key k\n"]) },
            read: { input in
                guard let checkpoint = Checkpoint(text(input)) else { return false }
                precondition(checkpoint.text == text(input), "a checkpoint changes on its way")
                return true
            }),
        FuzzTarget(
            "inclusion-proof", cost: 3,
            seeds: {
                bytes(
                    Log.inclusion.map(\.encoded)
                        + Log.inclusion.prefix(1).map { extra($0.encoded) })
            },
            read: { input in
                guard let proof = InclusionProof(text(input)) else { return false }
                precondition(InclusionProof(proof.encoded) == proof, "a proof changes on its way")
                precondition(
                    proof.encoded == text(input) || text(input).contains("\nextra "),
                    "there are two ways to write a proof")
                for (place, entry) in Log.entries.enumerated() {
                    let holds = proof.holds(for: entry, verifier: Log.verifier)
                    // Another path to the same root would be a collision of SHA-256.
                    precondition(!holds || proof.path == Log.inclusion[place].path, "forged")
                    precondition(!holds || Int(proof.index) == place, "another entry's proof")
                }
                return true
            }),
        FuzzTarget(
            "consistency-proof", cost: 3, seeds: { bytes(Log.consistency.map(\.encoded)) },
            read: { input in
                guard let proof = ConsistencyProof(text(input)) else { return false }
                precondition(proof.encoded == text(input), "there are two ways to write a proof")
                for (place, genuine) in Log.consistency.enumerated() {
                    let earlier = Log.checkpoint(of: place)
                    let holds = proof.holds(from: earlier, verifier: Log.verifier)
                    precondition(!holds || proof == genuine || place == 0, "forged")
                }
                return true
            }),
        FuzzTarget(
            "merkle-path", cost: 2, seeds: { [[5, 2, 0, 1], [7, 7, 3, 9], [1, 0, 0, 0]] },
            read: readPath),
        FuzzTarget(
            "bundle",
            seeds: {
                let long = Array(repeating: UInt8(7), count: 256)
                return [[0, 1, 65, 0, 0, 0, 2, 66, 67], [0, 0], [1, 0] + long]
            },
            read: { input in
                guard let entries = EntryBundle.entries(input) else { return false }
                var framed: [UInt8] = []
                for entry in entries {
                    framed += [UInt8(entry.count >> 8), UInt8(entry.count & 0xFF)] + entry
                }
                precondition(framed == input, "a bundle changes on its way")
                return true
            }),
        FuzzTarget(
            "tile-path", cost: 2, seeds: { [[0, 0, 1, 0], [255, 255, 0, 0], [3, 1, 2, 1]] },
            read: readTiles),
    ]

    /// A small log, signed.
    private enum Log {
        static let entries = (0..<7).map { Array("entry \($0)".utf8) }
        static let leaves = entries.map { TreeHash.leaf($0) }
        static let key: StoreKey = {
            guard let key = StoreKey(name: "a/b", seed: Array(0..<32)) else { fatalError("no key") }
            return key
        }()
        static let verifier: NoteVerifier = {
            guard let verifier = NoteVerifier(key.verifier) else { fatalError("no verifier") }
            return verifier
        }()
        static let checkpoint = checkpoint(of: entries.count)
        static let note: SignedNote = {
            guard let note = try? checkpoint.signed(with: key) else { fatalError("no signature") }
            return note
        }()
        static let inclusion: [InclusionProof] = entries.indices.map { place in
            let path = (try? MerkleTree(leaves: leaves).inclusionProof(of: place)) ?? []
            return InclusionProof(index: UInt32(place), path: path, checkpoint: note.encoded)
        }
        static let consistency: [ConsistencyProof] = (0...entries.count).map { size in
            let hashes = (try? MerkleTree(leaves: leaves).consistencyProof(from: size)) ?? []
            return ConsistencyProof(size: UInt32(size), hashes: hashes, checkpoint: note.encoded)
        }

        static func checkpoint(of size: Int) -> Checkpoint {
            Checkpoint(
                origin: "a/b", size: UInt32(size), root: MerkleTree.root(of: leaves[..<size]))
        }
    }

    private static let twoSignatures =
        Log.note.encoded + "\u{2014} witness \(Base64.encode(Array(repeating: 9, count: 68)))\n"

    private static func extra(_ proof: String) -> String {
        proof.replacing("\nindex", with: "\nextra QUI=\nindex")
    }

    /// Of a tree as the first byte has it: a genuine proof holds, one with a bit turned, a hash more or
    /// less, or for another place or size does not.
    @Sendable private static func readPath(_ input: [UInt8]) -> Bool {
        guard input.count >= 4 else { return false }
        let size = Int(input[0]) % 40 + 1
        let index = Int(input[1]) % size
        let leaves = (0..<size).map { TreeHash.leaf([UInt8($0), input[3]]) }
        let tree = MerkleTree(leaves: leaves)
        guard let root = try? tree.root(), let path = try? tree.inclusionProof(of: index),
            let proof = try? tree.consistencyProof(from: index + 1)
        else { fatalError("no proof in a tree of \(size)") }
        let earlier = MerkleTree.root(of: leaves[...index])
        func includes(_ path: [TreeHash], at index: Int) -> Bool {
            MerkleProof.includes(
                leaf: leaves[index % size], at: index, size: size, path: path, root: root)
        }
        func continues(_ proof: [TreeHash], from size: Int) -> Bool {
            MerkleProof.isConsistent(
                from: size, root: earlier, to: leaves.count, root: root, proof: proof)
        }
        precondition(includes(path, at: index), "a genuine path does not hold")
        precondition(continues(proof, from: index + 1), "a genuine proof does not hold")
        precondition(!includes(path + [root], at: index) && !includes(path, at: size))
        precondition(!continues(proof + [root], from: index + 1))
        precondition(size == 1 || !continues(proof, from: (index + 1) % size + 1))
        let turned = Int(input[2])
        for (place, hash) in path.enumerated() where place == turned % path.count {
            var bytes = hash.bytes
            bytes[turned % 32] ^= 1
            var other = path
            other[place] = TreeHash(bytes) ?? hash
            precondition(!includes(other, at: index), "a forged path holds")
        }
        return true
    }

    /// Every file of a tree once, each under its own name that stays in the folder; what a smaller tree
    /// has already is left out.
    @Sendable private static func readTiles(_ input: [UInt8]) -> Bool {
        guard input.count >= 4 else { return false }
        let size = (Int(input[0]) << 8 | Int(input[1])) * (input[2] == 0 ? 1 : 3)
        let earlier = size * Int(input[3]) / 256
        let all = TilePath.all(size: size)
        precondition(all.count == TilePath.count(size: size), "the files are counted otherwise")
        let names = Set(all.map(\.text))
        precondition(names.count == all.count, "two files of one name")
        precondition(names.allSatisfy { $0.hasPrefix("tile/") && !$0.contains("..") })
        precondition(all.allSatisfy { (1...TilePath.wholeWidth).contains($0.width) })
        let fresh = Set(TilePath.all(size: size, from: earlier))
        let known = Set(TilePath.all(size: earlier))
        precondition(fresh.isDisjoint(with: known), "a file is written twice")
        precondition(Set(all).isSubset(of: fresh.union(known)), "a file is missing")
        return true
    }
}
