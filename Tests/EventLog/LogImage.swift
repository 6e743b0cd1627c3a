import EventLog
import EventModel

/// Everything a log says about itself, for comparing two stores byte for byte.
struct LogImage {
    var root: [UInt8]
    var segments: [[UInt8]] = []
    var names: [String] = []
    var cases: [String] = []
    var lastSequences: [UInt32?] = []
    var bundles: [[UInt8]] = []
    var voids: [[UInt32]] = []
    var nodes: [TreeHash] = []

    init(_ view: borrowing LogView) throws {
        root = view.root
        for segment in try view.segments() { segments.append(LogImage.bytes(of: segment)) }
        for id in 0..<UInt32(view.nameCount) { names.append(try view.name(id)) }
        for id in 0..<UInt32(view.caseCount) {
            cases.append(try view.subject(ofCase: id))
            lastSequences.append(try view.lastSequence(ofCase: id))
        }
        for bundle in 0..<(Int(view.entryCount) + 255) / 256 {
            bundles.append(try view.bundle(bundle))
        }
        voids = try view.voids().map { [$0.voided, $0.by] }
        nodes = try view.withTree { tree in
            try [tree.root()] + (tree.size > 0 ? tree.inclusionProof(of: tree.size / 2) : [])
        }
    }

    /// What differs first; nil where nothing does.
    func difference(from other: LogImage) -> String? {
        if names != other.names { return "names" }
        if cases != other.cases { return "cases" }
        if lastSequences != other.lastSequences { return "last sequences" }
        if segments.count != other.segments.count { return "number of segments" }
        for (index, (left, right)) in zip(segments, other.segments).enumerated()
        where left != right {
            return "segment \(index)"
        }
        if bundles != other.bundles { return "bundles" }
        if voids != other.voids { return "voids" }
        if nodes != other.nodes { return "tree" }
        return root == other.root ? nil : "root"
    }

    private static func bytes(of segment: ColumnSegment) -> [UInt8] {
        segment.withStoredBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
