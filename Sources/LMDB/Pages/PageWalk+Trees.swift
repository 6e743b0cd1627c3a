/// One node of a branch or leaf (`MDB_node`).
struct PageNode {
    /// The value lies on pages of its own.
    static let isLong: UInt16 = 1
    /// The value is a table's record.
    static let isTable: UInt16 = 2

    /// Where it begins in its page, and its bytes there.
    var offset: Int
    var length: Int
    var flags: UInt16
    var key: [UInt8]
    /// Of a branch: the page below.
    var child: UInt64 = 0
    /// Of a leaf: the value's bytes, where they lie here, and how many there are.
    var value: [UInt8] = []
    var byteCount: UInt64 = 0
    /// Where a long value begins.
    var longPage: UInt64?
}

extension PageWalk {
    /// How keys are ordered.
    enum KeyOrder {
        /// By their bytes, the shorter first.
        case bytes
        /// As little-endian numbers.
        case numbers

        func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            switch self {
            case .bytes: left.lexicographicallyPrecedes(right)
            case .numbers: left.word(at: 0) < right.word(at: 0)
            }
        }
    }

    private struct Tally {
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var longPages: UInt64 = 0
        var entries: UInt64 = 0
        var last: [UInt8]?
    }

    /// What the pages of one tree share.
    private struct Tree {
        var name: String
        var order: KeyOrder
        var depth: Int
    }

    /// Walks a tree from its root, in the order of keys, and compares the counts of its record.
    mutating func walkTree(
        _ record: TreeRecord, table: String, order: KeyOrder,
        leaf: (inout PageWalk, UInt64, PageNode) throws -> Void
    ) throws {
        var tally = Tally()
        if record.root == TreeRecord.none {
            guard record.depth == 0 else {
                throw PageFault(page: meta.place, table: table, problem: "an empty table has depth")
            }
        } else {
            guard record.depth >= 1, record.depth <= 32 else {
                throw PageFault(
                    page: record.root, table: table, problem: "the table's depth is \(record.depth)"
                )
            }
            try take(record.root, table: table, from: meta.place)
            let tree = Tree(name: table, order: order, depth: Int(record.depth))
            try walk(record.root, tree, level: 1, low: nil, high: nil, &tally, leaf)
        }
        let holds =
            tally.branchPages == record.branchPages && tally.leafPages == record.leafPages
            && tally.longPages <= record.longPages && tally.entries == record.entries
        // A long value that took the place of a longer one has pages to spare.
        spare[table] = record.longPages &- tally.longPages
        guard holds else {
            throw PageFault(
                page: record.root == TreeRecord.none ? meta.place : record.root, table: table,
                problem: "the table's counts are not those of its pages")
        }
    }

    /// Walks one page and those below it. Keys lie from `low` on and before `high`.
    private mutating func walk(
        _ page: UInt64, _ tree: Tree, level: Int, low: [UInt8]?, high: [UInt8]?,
        _ tally: inout Tally, _ leaf: (inout PageWalk, UInt64, PageNode) throws -> Void
    ) throws {
        census.live += 1
        let isLeaf = level == tree.depth
        let nodes = try nodes(of: page, isLeaf: isLeaf, tree.name)
        func fault(_ problem: String) -> PageFault {
            PageFault(page: page, table: tree.name, problem: problem)
        }
        if tree.order.isNumbers {
            // The first key of a branch is not read and may be empty.
            let first = isLeaf ? 0 : 1
            guard nodes.dropFirst(first).allSatisfy({ $0.key.count == 8 }) else {
                throw fault("a key is no number")
            }
        }
        for place in nodes.indices where place > (isLeaf ? 0 : 1) {
            guard tree.order.precedes(nodes[place - 1].key, nodes[place].key) else {
                throw fault("its keys are not in order")
            }
        }
        let bounded = isLeaf ? nodes[...] : nodes.dropFirst()
        if let first = bounded.first, let low, tree.order.precedes(first.key, low) {
            throw fault("its keys begin before those of the page above")
        }
        if let last = bounded.last, let high, !tree.order.precedes(last.key, high) {
            throw fault("its keys go on past those of the page above")
        }
        guard isLeaf else {
            tally.branchPages += 1
            for (place, node) in nodes.enumerated() {
                try take(node.child, table: tree.name, from: page)
                try walk(
                    node.child, tree, level: level + 1, low: place == 0 ? low : node.key,
                    high: place + 1 < nodes.count ? nodes[place + 1].key : high, &tally, leaf)
            }
            return
        }
        tally.leafPages += 1
        for node in nodes {
            tally.entries += 1
            if node.longPage != nil {
                tally.longPages += PageHeader.pages(
                    ofValue: node.byteCount, pageBytes: meta.pageBytes)
            }
            try note(node, page: page, table: tree.name)
            try leaf(&self, page, node)
        }
    }

    /// Takes a page apart. Nodes must fill it from `upper` to its end without gap or overlap.
    private func nodes(of page: UInt64, isLeaf: Bool, _ table: String) throws -> [PageNode] {
        func fault(_ problem: String) -> PageFault {
            PageFault(page: page, table: table, problem: problem)
        }
        var bytes = [UInt8](repeating: 0, count: meta.pageBytes)
        guard try file.read(at: page * UInt64(meta.pageBytes), into: &bytes) else {
            throw fault("the file ends before it does, at byte \(file.byteCount)")
        }
        let header = PageHeader(bytes)
        guard header.number == page else { throw fault("it says it is page \(header.number)") }
        guard header.flags == (isLeaf ? PageHeader.isLeaf : PageHeader.isBranch) else {
            throw fault(isLeaf ? "it is no leaf" : "it leads to no other pages")
        }
        let start = Int(PageHeader.bytes)
        guard header.lower >= start, header.lower % 2 == 0, header.lower <= header.upper,
            header.upper <= meta.pageBytes
        else { throw fault("its bounds are impossible") }
        let count = (header.lower - start) / 2
        guard count >= (isLeaf ? 1 : 2) else { throw fault("it holds nothing") }
        var nodes: [PageNode] = []
        nodes.reserveCapacity(count)
        for place in 0..<count {
            let offset = Int(bytes.half(at: start + 2 * place))
            guard offset >= header.upper, offset % 2 == 0, offset + 8 <= meta.pageBytes,
                let node = PageNode(bytes, at: offset, isLeaf: isLeaf, meta.pageBytes)
            else { throw fault("a record lies outside it") }
            nodes.append(node)
        }
        var end = header.upper
        for node in nodes.sorted(by: { $0.offset < $1.offset }) {
            guard node.offset == end else { throw fault("its records overlap or leave a gap") }
            end += node.length
        }
        guard end == meta.pageBytes else { throw fault("its records do not fill it") }
        return nodes
    }
}

extension PageWalk.KeyOrder {
    var isNumbers: Bool { self == .numbers }
}

extension PageNode {
    private static let longestKey = 511

    /// Reads a node; nil where it does not fit its page, or is laid out as LMDB would not.
    init?(_ bytes: [UInt8], at offset: Int, isLeaf: Bool, _ pageBytes: Int) {
        let low = UInt64(bytes.half(at: offset)) | UInt64(bytes.half(at: offset + 2)) << 16
        flags = bytes.half(at: offset + 4)
        let keyCount = Int(bytes.half(at: offset + 6))
        let keyEnd = offset + 8 + keyCount
        guard keyCount <= PageNode.longestKey, keyEnd <= pageBytes else { return nil }
        self.offset = offset
        key = Array(bytes[offset + 8..<keyEnd])
        guard isLeaf else {
            child = low | UInt64(flags) << 32
            length = (8 + keyCount + 1) & ~1
            guard offset + length <= pageBytes else { return nil }
            return
        }
        guard keyCount > 0, flags & ~(PageNode.isLong | PageNode.isTable) == 0 else { return nil }
        byteCount = low
        // What fits in half a page lies in the leaf, what does not has pages of its own; and what took
        // the place of a longer value has its pages, however short it is.
        let most = (((pageBytes - Int(PageHeader.bytes)) / 2) & ~1) - 2
        let fits = low <= UInt64(pageBytes) && 8 + keyCount + Int(low) <= most
        let isLong = flags & PageNode.isLong != 0
        guard fits || isLong else { return nil }
        let stored = isLong ? 8 : Int(low)
        length = (8 + keyCount + stored + 1) & ~1
        guard offset + length <= pageBytes, keyEnd + stored <= pageBytes else { return nil }
        if isLong {
            longPage = bytes.word(at: keyEnd)
        } else {
            value = Array(bytes[keyEnd..<keyEnd + stored])
        }
    }
}
