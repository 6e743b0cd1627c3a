import EventModel

/// Where tiles and entry bundles of a log lie, and how wide they are.
///
/// Source: C2SP `tlog-tiles`.
public struct TilePath: Hashable, Sendable {
    /// What it holds.
    public enum Content: Hashable, Sendable {
        /// Hashes of a level: 0 for leaves, 1 for the roots of whole tiles of level 0, and so on.
        case hashes(level: Int)
        /// Entries, each after its length.
        case entries
    }

    /// What it holds.
    public var content: Content
    /// Which of its level, from 0.
    public var index: Int
    /// Hashes or entries in it, 1–256.
    public var width: Int

    /// Hashes in a whole tile.
    public static let wholeWidth = 256

    /// A path from its parts.
    public init(_ content: Content, index: Int, width: Int = TilePath.wholeWidth) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// `tile/0/x001/x234/067`, with `.p/8` behind it where it is partial.
    public var text: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            groups.insert(String(repeating: "0", count: 3 - digits.count) + digits, at: 0)
            rest /= 1000
        } while rest > 0
        for place in groups.indices.dropLast() { groups[place] = "x" + groups[place] }
        let level = if case .hashes(let level) = content { String(level) } else { "entries" }
        return "tile/\(level)/" + groups.joined(separator: "/")
            + (width < TilePath.wholeWidth ? ".p/\(width)" : "")
    }

    /// Hashes of a level in a tree of some size.
    static func count(level: Int, size: Int) -> Int { size >> (8 * level) }

    /// How many tiles and bundles a tree has.
    package static func count(size: Int) -> Int {
        func files(_ count: Int) -> Int { (count + wholeWidth - 1) / wholeWidth }
        var total = files(size)
        var level = 0
        while count(level: level, size: size) > 0 {
            total += files(count(level: level, size: size))
            level += 1
        }
        return total
    }

    /// Every tile and bundle of a tree, entries first, then level by level.
    ///
    /// - Parameter from: only those that a tree of so many entries does not have.
    public static func all(size: Int, from earlier: Int = 0) -> [TilePath] {
        var paths: [TilePath] = []
        func add(_ content: Content, count: Int, known: Int) {
            for index in known / wholeWidth..<(count + wholeWidth - 1) / wholeWidth {
                let width = min(wholeWidth, count - index * wholeWidth)
                let isKnown = index * wholeWidth + width <= known
                if !isKnown { paths.append(TilePath(content, index: index, width: width)) }
            }
        }
        add(.entries, count: size, known: earlier)
        var level = 0
        while count(level: level, size: size) > 0 {
            add(
                .hashes(level: level), count: count(level: level, size: size),
                known: count(level: level, size: earlier))
            level += 1
        }
        return paths
    }
}

extension LogView {
    /// The bytes of a tile or bundle that lies within the log.
    ///
    /// - Complexity: O(width); a bundle is decompressed.
    public func bytes(of path: TilePath) throws -> [UInt8] {
        let first = path.index * TilePath.wholeWidth
        var bytes: [UInt8] = []
        switch path.content {
        case .entries:
            precondition(first + path.width <= Int(entryCount), "the log is shorter")
            if path.width == TilePath.wholeWidth { return try bundle(path.index) }
            for sequence in first..<first + path.width {
                try withEntry(UInt32(sequence)) { bytes.appendFramed($0) }
            }
        case .hashes(let level):
            precondition(
                first + path.width <= TilePath.count(level: level, size: Int(entryCount)),
                "the log is shorter")
            let leaves = LeafReader(tables, bundles, tree, entryCount: entryCount, transaction)
            for index in first..<first + path.width {
                bytes += try leaves.node(level: 8 * level, index: index).bytes
            }
        }
        return bytes
    }
}

extension [UInt8] {
    /// Adds an entry after its length as a big-endian UInt16.
    mutating func appendFramed(_ entry: Span<UInt8>) {
        append(UInt8(truncatingIfNeeded: entry.count >> 8))
        append(UInt8(truncatingIfNeeded: entry.count))
        append(copying: entry)
    }
}

/// The entries of a bundle as `tlog-tiles` frames them.
public enum EntryBundle {
    /// Takes a bundle apart; nil where the lengths do not add up.
    public static func entries(_ bytes: [UInt8]) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            guard position + 2 <= bytes.count else { return nil }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard position + length <= bytes.count else { return nil }
            entries.append(Array(bytes[position..<position + length]))
            position += length
        }
        return entries
    }
}
