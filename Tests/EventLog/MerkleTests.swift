import EventLog
import EventModel
import Foundation
import Testing

/// `../shared/vectors/rfc6962`, from the repository's root.
private let vectors = "../shared/vectors/rfc6962"
private let hasVectors = FileManager.default.fileExists(atPath: vectors)

@Suite("The Merkle tree, against RFC 6962's recursive definition and external vectors")
struct MerkleTests {
    /// RFC 6962, 2.1, word for word.
    func recursiveRoot(_ leaves: ArraySlice<TreeHash>) -> TreeHash {
        guard leaves.count > 1 else { return leaves.first ?? .empty }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return .node(recursiveRoot(leaves[..<middle]), recursiveRoot(leaves[middle...]))
    }

    let leaves = (0..<70).map { TreeHash.leaf([UInt8($0)]) }

    @Test("Roots of every size, and proofs between all of them")
    func allSizes() throws {
        for size in 0...leaves.count {
            let tree = MerkleTree(leaves: Array(leaves[..<size]))
            let root = try tree.root()
            #expect(root == recursiveRoot(leaves[..<size]))
            for index in 0..<size {
                let path = try tree.inclusionProof(of: index)
                let leaf = leaves[index]
                #expect(
                    MerkleProof.includes(leaf: leaf, at: index, size: size, path: path, root: root))
                #expect(
                    !MerkleProof.includes(
                        leaf: TreeHash.leaf([255]), at: index, size: size, path: path, root: root))
            }
            for earlier in 1..<max(1, size) {
                let proof = try tree.consistencyProof(from: earlier)
                let before = recursiveRoot(leaves[..<earlier])
                #expect(
                    MerkleProof.isConsistent(
                        from: earlier, root: before, to: size, root: root, proof: proof))
                #expect(
                    !MerkleProof.isConsistent(
                        from: earlier, root: root, to: size, root: root, proof: proof))
            }
        }
    }

    @Test("A store's tree gives the same root and proofs at any size")
    func store() throws {
        let folder = StoreFolder()
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 1_500, seed: 31))
        try store.read { view in
            let leaves = try (0..<view.entryCount).map { try view.leafHash($0) }
            for size in [1, 2, 255, 256, 257, 511, 512, 1_024, 1_337, 1_500] as [UInt32] {
                let reference = MerkleTree(leaves: Array(leaves[..<Int(size)]))
                try view.withTree(size: size) { tree in
                    try #expect(tree.root() == reference.root())
                    for index in [0, Int(size) / 3, Int(size) - 1] {
                        try #expect(
                            tree.inclusionProof(of: index) == reference.inclusionProof(of: index))
                    }
                    try #expect(
                        tree.consistencyProof(from: Int(size) / 2)
                            == reference.consistencyProof(from: Int(size) / 2))
                }
            }
        }
    }

    struct Inclusion: Decodable {
        var leafIdx: UInt64
        var treeSize: UInt64
        var root: Data?
        var leafHash: Data?
        var proof: [Data]?
        var wantErr: Bool
    }

    struct Consistency: Decodable {
        var size1: UInt64
        var size2: UInt64
        var root1: Data?
        var root2: Data?
        var proof: [Data]?
        var wantErr: Bool
    }

    func files(_ folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(vectors)/\(folder)")
        return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }

    func hash(_ data: Data?) -> TreeHash? { TreeHash([UInt8](data ?? Data())) }

    /// Some consistency probes have short texts where the root does not matter: they are filled up.
    func root(_ data: Data?) -> TreeHash? {
        let bytes = [UInt8](data ?? Data())
        return TreeHash(bytes + Array(repeating: 0, count: max(0, 32 - bytes.count)))
    }

    @Test(
        "Inclusion probes of transparency-dev are judged as they should",
        .enabled(if: hasVectors, "the external vectors are not beside the repository"))
    func inclusionVectors() throws {
        let files = files("inclusion")
        #expect(files.count > 50)
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(vectors)/inclusion/\(file)"))
            let probe = try JSONDecoder().decode(Inclusion.self, from: data)
            let path = (probe.proof ?? []).map { hash($0) }
            var holds = false
            if let leaf = hash(probe.leafHash), let root = hash(probe.root), !path.contains(nil) {
                holds = MerkleProof.includes(
                    leaf: leaf, at: Int(clamping: probe.leafIdx),
                    size: Int(clamping: probe.treeSize), path: path.compactMap { $0 }, root: root)
            }
            #expect(holds == !probe.wantErr, "\(file)")
        }
    }

    @Test(
        "Consistency probes of transparency-dev are judged as they should",
        .enabled(if: hasVectors, "the external vectors are not beside the repository"))
    func consistencyVectors() throws {
        let files = files("consistency")
        #expect(files.count > 50)
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(vectors)/consistency/\(file)"))
            let probe = try JSONDecoder().decode(Consistency.self, from: data)
            let proof = (probe.proof ?? []).map { hash($0) }
            var holds = false
            if let first = root(probe.root1), let second = root(probe.root2), !proof.contains(nil) {
                holds = MerkleProof.isConsistent(
                    from: Int(clamping: probe.size1), root: first, to: Int(clamping: probe.size2),
                    root: second, proof: proof.compactMap { $0 })
            }
            #expect(holds == !probe.wantErr, "\(file)")
        }
    }
}
