internal import EventModel

/// Takes JSON documents apart as they come, in memory that does not grow with them: one document, one a
/// line, one behind the other, or those of a list. Where rows stand in a list of the document
/// (`$.audits[*]`), each element of it is a unit by itself, and what stands around is passed over.
///
/// What is no JSON costs the unit that it stands in. Within a document that can't be followed any further,
/// reading goes on at the next line that begins a document.
final class JSONUnits {
    enum Found {
        /// A unit, in `tree` and `unit`.
        case unit
        /// A unit that can't be read: its bytes are `unit`.
        case rejected(JSONFault)
        case end
    }

    /// A unit, at most, in bytes.
    var longestUnit = 64 << 20

    /// The unit last found, taken apart.
    private(set) var tree = JSONTree()
    /// Where its bytes stand in `buffer`.
    private(set) var unit = 0..<0
    private(set) var buffer: [UInt8] = []
    /// Documents begun.
    private(set) var documents = 0
    /// Whether the list that rows stand in was found, if perhaps an empty one.
    private(set) var hasFoundList = false
    /// Names at the top of the first document, for faults.
    private(set) var topNames: [String] = []
    /// Told each wanted member at the top of a document: its name, its value taken apart, and where that
    /// stands in the bytes. Nil where nobody asks.
    var onMember: ((String, JSONTree, Span<UInt8>, Range<Int>) -> Void)?
    /// Which members `onMember` is told.
    var wanted: Set<String> = []
    /// Asked before a document's list is read, once all before it was.
    var beforeList: (() throws -> Void)?

    private var source: any ByteSource
    private let name: String
    /// Names on the way to the list whose elements are the units; nil: each document is one.
    private let way: [[UInt8]]?
    /// Whether a list at the top is as many documents.
    private let unrolls: Bool
    /// Whether lists are passed over, and members alone are wanted.
    private let isForMembers: Bool
    private var position = 0
    private var isAtEnd = false
    /// Lines before an offset of the buffer.
    private var counted = (offset: 0, line: 1)
    private var scratch = JSONTree()
    private var containers: [Container] = []

    private struct Container {
        enum Kind {
            /// A list at the top, of documents.
            case documents
            /// An object on the way, so many names in.
            case way(Int)
            /// The list of units.
            case units
            /// An object whose members are the units.
            case members
        }
        var kind: Kind
        /// Whether a value stood before, so that a comma must come.
        var hasValue = false
    }

    private static let chunkBytes = 256 << 10

    init(
        _ source: any ByteSource, name: String, way: [[UInt8]]?, unrolls: Bool,
        isForMembers: Bool = false
    ) {
        self.source = source
        self.name = name
        self.way = way
        self.unrolls = unrolls
        self.isForMembers = isForMembers
    }

    /// The line in which a place of the buffer stands that is not before the present unit.
    func line(of offset: Int) -> Int {
        if offset < counted.offset { counted = unitLine }
        counted.line += lines(in: counted.offset..<offset)
        counted.offset = offset
        return counted.line
    }

    private var unitLine = (offset: 0, line: 1)

    private func lines(in range: Range<Int>) -> Int {
        var count = 0
        var place = buffer.next(10, from: range.lowerBound, to: range.upperBound)
        while place < range.upperBound {
            count += 1
            place = buffer.next(10, from: place + 1, to: range.upperBound)
        }
        return count
    }

    /// Finds the next unit.
    ///
    /// - Throws: what the source throws, and `InputFault.other` for a unit that is too long.
    func next() throws -> Found {
        while true {
            guard let byte = try peek() else {
                guard containers.isEmpty else {
                    containers.removeAll()
                    begin(at: position)
                    unit = position..<position
                    return .rejected(JSONFault("ends too early", at: position))
                }
                return .end
            }
            begin(at: position)
            do {
                if try step(byte) { return .unit }
            } catch let fault as JSONFault {
                return .rejected(try recovered(from: fault))
            }
        }
    }

    /// Says that nothing before an offset is needed any more.
    private func begin(at offset: Int) {
        unitLine = (offset, line(of: offset))
        counted = unitLine
        guard offset > JSONUnits.chunkBytes, offset > buffer.count / 2 else { return }
        buffer.removeFirst(offset)
        position -= offset
        unitLine.offset = 0
        counted.offset = 0
    }

    /// Takes one step on the way; true where it ended with a unit.
    private func step(_ byte: UInt8) throws -> Bool {
        guard let last = containers.last else {
            if byte == 0x5B, unrolls {
                position += 1
                containers.append(Container(kind: .documents))
                return false
            }
            return try document(byte)
        }
        switch last.kind {
        case .documents:
            guard try element(byte, end: 0x5D) else { return false }
            return try document(try peek() ?? 0)
        case .units:
            guard try element(byte, end: 0x5D) else { return false }
            return try takeUnit()
        case .members:
            guard try element(byte, end: 0x7D) else { return false }
            _ = try memberName()
            return try takeUnit()
        case .way(let depth):
            guard try element(byte, end: 0x7D) else { return false }
            try member(depth)
            return false
        }
    }

    /// Takes the comma before an element or the end of its container; whether an element comes.
    private func element(_ byte: UInt8, end: UInt8) throws -> Bool {
        let place = containers.count - 1
        if byte == end {
            position += 1
            containers.removeLast()
            return false
        }
        if containers[place].hasValue {
            guard byte == 0x2C else {
                throw JSONFault("has no \",\" where one belongs", at: position)
            }
            position += 1
            guard let next = try peek(), next != end else {
                throw JSONFault("has no value where one belongs", at: position)
            }
            begin(at: position)
        }
        containers[place].hasValue = true
        return true
    }

    private func document(_ byte: UInt8) throws -> Bool {
        documents += 1
        guard way != nil || isForMembers else { return try takeUnit() }
        guard byte == 0x7B else {
            try skipValue()
            return false
        }
        position += 1
        containers.append(Container(kind: .way(0)))
        return false
    }

    /// Takes a member of an object on the way.
    private func member(_ depth: Int) throws {
        let name = try memberName()
        if documents == 1, depth == 0, topNames.count < 20 {
            topNames.append(String(decoding: name, as: UTF8.self))
        }
        guard let next = try peek() else { throw JSONFault("ends too early", at: position) }
        if let way, !isForMembers, name == way[depth] {
            if depth + 1 < way.count {
                guard next == 0x7B else { return try skipValue() }
                position += 1
                containers.append(Container(kind: .way(depth + 1)))
                return
            }
            guard next == 0x5B || next == 0x7B else { return try skipValue() }
            hasFoundList = true
            try beforeList?()
            position += 1
            containers.append(Container(kind: next == 0x5B ? .units : .members))
            return
        }
        if depth == 0, let onMember, wanted.contains(String(decoding: name, as: UTF8.self)) {
            let raw = try parse(&scratch)
            let held = buffer
            onMember(String(decoding: name, as: UTF8.self), scratch, held.span, raw)
        } else {
            try skipValue(mayForget: true)
        }
    }

    /// Takes a name and its colon.
    private func memberName() throws -> [UInt8] {
        guard try peek() == 0x22 else {
            throw JSONFault("has no key where one belongs", at: position)
        }
        var scanner = JSONScanner()
        var name: [UInt8] = []
        while true {
            scanner.position = position
            name.removeAll(keepingCapacity: true)
            do throws(JSONFault) {
                try scanner.string(buffer.span, appendingTo: &name)
                break
            } catch {
                guard try refill() else { throw error }
            }
        }
        position = scanner.position
        guard try peek() == 0x3A else {
            throw JSONFault("has no \":\" where one belongs", at: position)
        }
        position += 1
        _ = try peek()
        return name
    }

    private func takeUnit() throws -> Bool {
        begin(at: position)
        unit = try parse(&tree)
        return true
    }

    /// Takes the value apart that begins here; reads on where the buffer does not hold all of it.
    private func parse(_ tree: inout JSONTree) throws -> Range<Int> {
        while true {
            let start = position
            do {
                let end = try tree.parse(buffer.span, from: start)
                // A number may go on.
                if end < buffer.count || isAtEnd {
                    guard end - start <= longestUnit else { throw tooLong() }
                    try requireUTF8(start..<end)
                    position = end
                    return start..<end
                }
            } catch let error as JSONFault {
                // A fault far from the end is one.
                if tree.position + 16 < buffer.count || isAtEnd { throw error }
            }
            guard buffer.count - position <= longestUnit else { throw tooLong() }
            _ = try refill()
        }
    }

    private func requireUTF8(_ range: Range<Int>) throws(JSONFault) {
        let held = buffer
        let bytes = held.span
        do throws(JSONFault) {
            try JSONScanner.requireUTF8(bytes.extracting(range))
        } catch {
            throw JSONFault(error.problem, at: range.lowerBound + error.offset)
        }
    }

    private func tooLong() -> InputFault {
        InputFault(
            name: name,
            cause: .other(
                "has a value of more than \(longestUnit >> 20) MB in line "
                    + "\(line(of: position)). Let \"rows\" of the mapping lead to the elements of the "
                    + "list that is so long: their path by names, then [*]."))
    }

    /// Passes over a value by its brackets and quotes.
    ///
    /// - Parameter mayForget: whether what was passed over is needed no more.
    private func skipValue(mayForget: Bool = false) throws {
        guard let first = try peek(), !JSONUnits.endsWord(first) else {
            throw JSONFault("has no value where one belongs", at: position)
        }
        var depth = 0
        var isInString = false
        repeat {
            if mayForget, position > 4 * JSONUnits.chunkBytes { begin(at: position) }
            guard try hasByte() else {
                throw JSONFault("ends too early", at: position)
            }
            let byte = buffer[position]
            if isInString {
                let end = buffer.next(0x22, from: position, to: buffer.count)
                let escape = buffer.next(0x5C, from: position, to: end)
                if escape < end {
                    position = escape + 2
                    while position > buffer.count, try refill() {}
                } else {
                    position = min(end + 1, buffer.count)
                    if end < buffer.count { isInString = false }
                }
                continue
            }
            switch byte {
            case 0x22: isInString = true
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                if depth == 0 { return }
                depth -= 1
            case 0x2C where depth == 0: return
            case 0x20, 0x09, 0x0A, 0x0D:
                // Behind a number or a word.
                if depth == 0 { return }
            default:
                position += 1
                guard depth == 0 else { continue }
                while try hasByte(), !JSONUnits.endsWord(buffer[position]) { position += 1 }
                return
            }
            position += 1
        } while depth > 0 || isInString
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2C, 0x7D, 0x5D, 0x20, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    // MARK: Going on after a fault

    /// Goes on behind what can't be read, and says of it what was wrong.
    private func recovered(from fault: JSONFault) throws -> JSONFault {
        let start = unitLine.offset
        switch containers.last?.kind {
        case .units, .members, .documents:
            // By its brackets alone the unit may have an end.
            position = start
            if (try? skipValue()) != nil, let next = try peek(),
                next == 0x2C || next == 0x5D || next == 0x7D
            {
                unit = start..<min(position, buffer.count)
                return fault
            }
        default: break
        }
        containers.removeAll()
        try skipToDocument(from: start, after: fault.offset)
        return fault
    }

    /// Goes on at the next line behind a fault that begins a document.
    private func skipToDocument(from start: Int, after fault: Int) throws {
        position = start
        while true {
            let end = buffer.next(10, from: position, to: buffer.count)
            if end + 1 >= buffer.count, try refill() {
                guard buffer.count - start <= longestUnit else { throw tooLong() }
                continue
            }
            position = min(end + 1, buffer.count)
            if position == buffer.count { break }
            if position >= fault, buffer[position] == 0x7B || buffer[position] == 0x5B { break }
        }
        unit = start..<position
    }

    // MARK: Bytes

    /// The next byte that is no blank, without taking it; nil at the end.
    private func peek() throws -> UInt8? {
        while true {
            while position < buffer.count {
                switch buffer[position] {
                // A record separator begins each document of a JSON sequence (RFC 7464).
                case 0x20, 0x09, 0x0A, 0x0D, 0x1E: position += 1
                // A byte-order mark, also where files were joined.
                case 0xEF
                where containers.isEmpty && position + 2 < buffer.count
                    && buffer[position + 1] == 0xBB && buffer[position + 2] == 0xBF:
                    position += 3
                case let byte: return byte
                }
            }
            guard try refill() else { return nil }
        }
    }

    /// Whether there is a byte at the present place.
    private func hasByte() throws -> Bool {
        if position < buffer.count { return true }
        return try refill()
    }

    /// Reads more; false at the end.
    private func refill() throws -> Bool {
        guard !isAtEnd else { return false }
        let start = buffer.count
        // Twice as much each time, so that a long unit is looked at a few times only.
        let wanted = max(JSONUnits.chunkBytes, buffer.count - position)
        buffer.append(contentsOf: repeatElement(0, count: wanted))
        let count = try buffer.write(at: start..<start + wanted) { try source.read(into: &$0) }
        buffer.removeLast(wanted - count)
        isAtEnd = count == 0
        return count > 0
    }
}
