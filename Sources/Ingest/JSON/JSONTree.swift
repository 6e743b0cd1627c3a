internal import EventModel

/// A JSON value of an input taken apart: nodes in the order of the text, each of which says where it
/// stands in the bytes and where the next one after it is. Made anew for value after value; strictly
/// RFC 8259, numbers as written.
///
/// The bytes are handed to every call, as to `JSONScanner`: they must be the same ones each time.
struct JSONTree {
    enum Kind: UInt8 {
        case null, boolean, number, string, array, object

        /// `a list`, as faults say it.
        var inWords: String {
            switch self {
            case .null: "nothing"
            case .boolean: "true or false"
            case .number: "a number"
            case .string: "a text"
            case .array: "a list"
            case .object: "an object"
            }
        }
    }

    struct Node: BitwiseCopyable {
        var kind: Kind
        /// Whether the text, or the member's name, lies in `unescaped`.
        var hasEscape = false
        var nameHasEscape = false
        /// Where the value's text stands; a string's without its quotes.
        var start: UInt32
        var count: UInt32 = 0
        /// Where the name of a member stands; of others there is none.
        var nameStart: UInt32 = 0
        var nameCount: UInt32 = 0
        /// The node that comes after this one and all in it.
        var next: UInt32 = 0
    }

    /// Containers inside each other, at most.
    static let deepest = 256

    private(set) var nodes: [Node] = []
    /// The texts of strings that have escapes, one behind the other.
    private var unescaped: [UInt8] = []
    private var scanner = JSONScanner()

    /// Takes the value apart that begins at an offset.
    ///
    /// - Returns: the offset behind it.
    /// - Throws: what is wrong and where.
    /// - Complexity: O(length).
    mutating func parse(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        nodes.removeAll(keepingCapacity: true)
        unescaped.removeAll(keepingCapacity: true)
        scanner.position = start
        try value(bytes, depth: 0)
        return scanner.position
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) {
        let first = scanner.peek(bytes)
        let start = scanner.position
        guard depth < JSONTree.deepest || (first != 0x7B && first != 0x5B) else {
            throw JSONFault("is nested too deeply", at: start)
        }
        let place = nodes.count
        nodes.append(Node(kind: .null, start: UInt32(truncatingIfNeeded: start)))
        switch first {
        case 0x22:
            let (range, hasEscape) = try string(bytes)
            nodes[place].kind = .string
            nodes[place].hasEscape = hasEscape
            nodes[place].start = UInt32(truncatingIfNeeded: range.lowerBound)
            nodes[place].count = UInt32(truncatingIfNeeded: range.count)
            nodes[place].next = UInt32(place + 1)
            return
        case 0x7B:
            nodes[place].kind = .object
            try members(bytes, depth: depth)
        case 0x5B:
            nodes[place].kind = .array
            try elements(bytes, depth: depth)
        case 0x74, 0x66:
            nodes[place].kind = .boolean
            try scanner.expectWord(first == 0x74 ? "true" : "false", bytes)
        case 0x6E:
            try scanner.expectWord("null", bytes)
        case let byte? where byte == 0x2D || (byte >= 0x30 && byte <= 0x39):
            nodes[place].kind = .number
            _ = try scanner.number(bytes)
        case nil: throw JSONFault("ends too early", at: start)
        default: throw JSONFault("has no value where one belongs", at: start)
        }
        nodes[place].count = UInt32(truncatingIfNeeded: scanner.position - start)
        nodes[place].next = UInt32(nodes.count)
    }

    private mutating func members(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) {
        scanner.position += 1
        if scanner.take(0x7D, bytes) { return }
        repeat {
            guard scanner.peek(bytes) == 0x22 else {
                throw JSONFault("has no key where one belongs", at: scanner.position)
            }
            let (name, hasEscape) = try string(bytes)
            try scanner.expect(0x3A, bytes)
            let place = nodes.count
            try value(bytes, depth: depth + 1)
            nodes[place].nameHasEscape = hasEscape
            nodes[place].nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nodes[place].nameCount = UInt32(truncatingIfNeeded: name.count)
        } while scanner.take(0x2C, bytes)
        try scanner.expect(0x7D, bytes)
    }

    private mutating func elements(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) {
        scanner.position += 1
        if scanner.take(0x5D, bytes) { return }
        repeat {
            try value(bytes, depth: depth + 1)
        } while scanner.take(0x2C, bytes)
        try scanner.expect(0x5D, bytes)
    }

    /// Takes a string: where its text stands, in the bytes or, where it has escapes, in `unescaped`.
    private mutating func string(
        _ bytes: Span<UInt8>
    ) throws(JSONFault) -> (text: Range<Int>, hasEscape: Bool) {
        let start = scanner.position + 1
        let end = JSONTree.endOfPlain(bytes, from: start)
        if end < bytes.count, bytes[end] == 0x22 {
            scanner.position = end + 1
            return (start..<end, false)
        }
        let first = unescaped.count
        try scanner.string(bytes, appendingTo: &unescaped)
        return (first..<unescaped.count, true)
    }

    /// The place of the next quote, backslash or control character; eight bytes at a time.
    @inline(__always)
    private static func endOfPlain(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highest = 0x80 * ones
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highest }
        var place = start
        while place + 8 <= bytes.count {
            let word = bytes.word(at: place)
            let found =
                zeros(word ^ 0x22 &* ones) | zeros(word ^ 0x5C &* ones)
                | ((word &- 0x20 &* ones) & ~word & highest)
            // What is found beside a true one may be wrong only behind it: bytes go up.
            if found != 0 { return place + found.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < bytes.count, bytes[place] != 0x22, bytes[place] != 0x5C, bytes[place] >= 0x20
        {
            place += 1
        }
        return place
    }
}

// MARK: What nodes say

extension JSONTree {
    /// The whole value.
    static let root = 0

    /// Where the last value was read to, if perhaps in vain.
    var position: Int { scanner.position }

    /// The children of a container, in the order of the text.
    func forEachChild(of place: Int, _ body: (Int) throws -> Void) rethrows {
        guard nodes[place].kind == .array || nodes[place].kind == .object else { return }
        var child = place + 1
        let end = Int(nodes[place].next)
        while child < end {
            try body(child)
            child = Int(nodes[child].next)
        }
    }

    /// Appends the text of a string, or of another value as it stands in the bytes.
    func appendText(of place: Int, _ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let node = nodes[place]
        let range = Int(node.start)..<Int(node.start) + Int(node.count)
        text.append(copying: (node.hasEscape ? unescaped.span : bytes).extracting(range))
    }

    /// The text of a string, or of another value as it stands in the bytes.
    func text(of place: Int, _ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        appendText(of: place, bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a member has a name.
    func isNamed(_ place: Int, _ name: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        let node = nodes[place]
        guard Int(node.nameCount) == name.count else { return false }
        let texts = node.nameHasEscape ? unescaped.span : bytes
        for index in name.indices where texts[Int(node.nameStart) + index] != name[index] {
            return false
        }
        return true
    }

    /// The name of a member.
    func name(of place: Int, _ bytes: Span<UInt8>) -> String {
        let node = nodes[place]
        let range = Int(node.nameStart)..<Int(node.nameStart) + Int(node.nameCount)
        return (node.nameHasEscape ? unescaped.span : bytes).extracting(range).text
    }

    /// Whether two values are the same: numbers by their value, objects whatever the order of members.
    ///
    /// - Complexity: O(length), and O(n²) in the members of an object.
    func areEqual(_ left: Int, _ right: Int, _ bytes: Span<UInt8>) -> Bool {
        guard nodes[left].kind == nodes[right].kind else { return false }
        switch nodes[left].kind {
        case .null: return true
        case .boolean, .string:
            return text(of: left, bytes).utf8.elementsEqual(
                text(of: right, bytes).utf8)
        case .number:
            return DecimalText(text(of: left, bytes)) == DecimalText(text(of: right, bytes))
        case .array:
            let (lefts, rights) = (children(of: left), children(of: right))
            return lefts.count == rights.count
                && zip(lefts, rights).allSatisfy { areEqual($0, $1, bytes) }
        case .object:
            let (lefts, rights) = (children(of: left), children(of: right))
            return lefts.count == rights.count
                && lefts.allSatisfy { member in
                    let name = Array(name(of: member, bytes).utf8)
                    return rights.contains {
                        isNamed($0, name, bytes) && areEqual(member, $0, bytes)
                    }
                }
        }
    }

    /// The children of a container, in the order of the text.
    func children(of place: Int) -> [Int] {
        var found: [Int] = []
        forEachChild(of: place) { found.append($0) }
        return found
    }
}
