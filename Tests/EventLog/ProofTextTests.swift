import EventLog
import EventModel
import Testing

@Suite("Signed notes, checkpoints, proofs and tile paths, against published examples and by damage")
struct ProofTextTests {
    let key = StoreKey(name: "test.example/log", seed: Array(repeating: 7, count: 32))

    @Test("The example of golang.org/x/mod/sumdb/note is accepted, and nothing near it")
    func published() throws {
        let verifier = try #require(
            NoteVerifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
        let text = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn\
            gotpRZb6KE6RyyBwJnAM=

            """
        let bytes = Array(text.utf8)
        let note = try #require(SignedNote(bytes))
        #expect(verifier.accepts(note))
        #expect(note.encoded == text)
        for place in bytes.indices {
            var other = bytes
            other[place] ^= 1
            guard let damaged = SignedNote(other) else { continue }
            #expect(!verifier.accepts(damaged), "byte \(place)")
        }
    }

    @Test("A verifier key whose id is not that of name and key is none")
    func verifierKeys() throws {
        let key = try #require(key)
        #expect(NoteVerifier(key.verifier)?.text == key.verifier)
        let parts = key.verifier.split(separator: "+", maxSplits: 2).map(String.init)
        for wrong in [
            "other+\(parts[1])+\(parts[2])", "\(parts[0])+00000000+\(parts[2])",
            "\(parts[0])+\(parts[1])", "\(parts[0])+\(parts[1])+AAAA", "",
        ] { #expect(NoteVerifier(wrong) == nil, "\(wrong)") }
    }

    @Test("A checkpoint is read back, and only in its one form")
    func checkpoints() throws {
        let root = TreeHash.leaf([1])
        let checkpoint = Checkpoint(origin: "test.example/log", size: 20_852, root: root)
        #expect(Checkpoint(checkpoint.text) == checkpoint)
        let base = checkpoint.rootText
        for wrong in [
            "test.example/log\n020852\n\(base)\n", "test.example/log\n-1\n\(base)\n",
            "test.example/log\n4294967296\n\(base)\n", "\n1\n\(base)\n",
            "test.example/log\n1\n\(base)", "test.example/log\n1\n\(base)\n\n",
            "test.example/log\n1\n\(base.dropLast())\n",
        ] { #expect(Checkpoint(wrong) == nil, "\(wrong)") }
        let extended = Checkpoint(checkpoint.text + "more\n")
        #expect(extended?.extensions == ["more"])
        let key = try #require(key)
        let verifier = try #require(NoteVerifier(key.verifier))
        let note = try checkpoint.signed(with: key)
        #expect(SignedNote(Array(note.encoded.utf8)).map(verifier.accepts) == true)
    }

    @Test("A log's proofs hold for their entries and states alone")
    func proofs() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 700, seed: 61))
        let key = try store.signingKey()
        let verifier = try #require(NoteVerifier(key.verifier))
        try store.read { view in
            for size in [1, 255, 256, 257, 700] as [UInt32] {
                let note = try view.checkpoint(size: size).signed(with: key).encoded
                for sequence in [0, 1, 127, 254, 255, 256, 699] as [UInt32]
                where sequence < size {
                    let proof = InclusionProof(
                        index: sequence, path: try view.inclusionPath(of: sequence, size: size),
                        checkpoint: note)
                    let again = try #require(InclusionProof(proof.encoded))
                    #expect(again == proof)
                    #expect(again.holds(for: try view.entry(sequence), verifier: verifier))
                    let other = try view.entry(sequence == 0 ? 1 : 0)
                    #expect(!again.holds(for: other, verifier: verifier))
                    let extra = proof.encoded.replacing("@v1\n", with: "@v1\nextra AAEC\n")
                    #expect(InclusionProof(extra) == proof)
                }
                for earlier in [0, 1, 255, 256, 257] as [UInt32] where earlier <= size {
                    let proof = ConsistencyProof(
                        size: earlier,
                        hashes: try view.consistencyPath(from: earlier, to: size),
                        checkpoint: note)
                    let again = try #require(ConsistencyProof(proof.encoded))
                    let before = try view.checkpoint(size: earlier)
                    #expect(again.holds(from: before, verifier: verifier))
                    var wrong = before
                    wrong.root = .leaf([9])
                    #expect(!again.holds(from: wrong, verifier: verifier))
                }
            }
        }
    }

    @Test("Tiles lie where C2SP's examples say, and an increment is what was missing")
    func tiles() throws {
        #expect(TilePath(.hashes(level: 0), index: 1_234_067).text == "tile/0/x001/x234/067")
        #expect(TilePath(.entries, index: 0, width: 8).text == "tile/entries/000.p/8")
        // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0
        // tile of width 112, one full level 1 tile, one partial level 1 tile of width 17, and one
        // partial level 2 tile of width 1"
        let all = TilePath.all(size: 70_000)
        func widths(_ content: TilePath.Content, _ isWhole: Bool) -> [Int] {
            all.filter { $0.content == content && ($0.width == 256) == isWhole }.map(\.width)
        }
        #expect(widths(.hashes(level: 0), true).count == 273)
        #expect(widths(.hashes(level: 0), false) == [112])
        #expect(widths(.hashes(level: 1), true).count == 1)
        #expect(widths(.hashes(level: 1), false) == [17])
        #expect(widths(.hashes(level: 2), false) == [1])
        #expect(
            TilePath.all(size: 256).map(\.text) == [
                "tile/entries/000", "tile/0/000", "tile/1/000.p/1",
            ])
        var random = Seeded(5)
        for _ in 0..<200 {
            let size = Int.random(in: 0...140_000, using: &random)
            let earlier = Int.random(in: 0...size, using: &random)
            let more = Set(TilePath.all(size: size, from: earlier))
            #expect(more == Set(TilePath.all(size: size)).subtracting(TilePath.all(size: earlier)))
        }
    }

    @Test("A log's tiles hold the tree's own nodes, and its bundles the entries")
    func tileBytes() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 600, seed: 62))
        try store.read { view in
            let leaves = try (0..<600 as Range<UInt32>).map { try view.leafHash($0) }
            for path in TilePath.all(size: 600) {
                let bytes = try view.bytes(of: path)
                let first = path.index * 256
                switch path.content {
                case .entries:
                    let entries = try #require(EntryBundle.entries(bytes))
                    #expect(
                        entries.map { TreeHash.leaf($0) }
                            == Array(leaves[first..<first + path.width]))
                case .hashes(let level):
                    let width = level == 0 ? 1 : 256
                    let expected = (first..<first + path.width).flatMap {
                        MerkleTree.root(of: leaves[$0 * width..<($0 + 1) * width]).bytes
                    }
                    #expect(bytes == expected, "\(path.text)")
                }
            }
        }
        #expect(EntryBundle.entries([0, 2, 1]) == nil)
        #expect(EntryBundle.entries([0]) == nil)
    }
}
