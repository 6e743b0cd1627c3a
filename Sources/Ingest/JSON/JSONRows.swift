internal import EventModel

/// Gives the rows that a mapping finds in JSON documents: each document, or what its levels' paths lead to.
/// A row of a level comes before those below it, and has their columns absent.
///
/// Columns are the mapping's own, in its order. `null` is no value, and so is what isn't there; a number is
/// the text that it is written as; a list or an object is no text, which costs the row that asks for it.
final class JSONRows: RowReader {
    private(set) var row = InputRow()
    private(set) var rows = 0

    private let units: JSONUnits
    private let name: String
    private let levels: [RowLevel]
    private let columns: [JSONColumn]
    private let columnNames: [String]
    private let streamed: (way: [[UInt8]], rest: JSONPath)?
    private let isOptional: Set<String>
    private var isSeen: [Bool]
    /// Members of the present document that stand outside its rows, as far as columns ask for them.
    private var outside = Outside()
    /// Names of such members, those that a document need not have left out.
    private let needed: Set<String>
    /// By number of the document: what a first pass over the input found of such members.
    private var foundAhead: [Outside]?
    private let reopened: (() throws -> (any ByteSource)?)?

    /// Rows of the unit at hand that are still to come, the last first: where each level above and its own
    /// stand in the tree.
    private var waiting: [(level: Int, nodes: [Int])] = []
    /// By column: what the node it was asked of last has.
    private var shared: [(node: Int, field: Field)]
    private var hasUnit = false
    private var rawBytes: [UInt8]?

    /// What a column has in a row.
    private enum Field {
        case absent
        case text([UInt8])
        case problem(String)
    }

    private struct Outside {
        /// The number of the document, from 1.
        var document = 0
        var fields: [Int: Field] = [:]
        /// As they stand in the input, with their names.
        var raw: [String: [UInt8]] = [:]
    }

    /// - Parameters:
    ///   - reopened: the same input once more, for what stands behind its rows; nil for a pipe.
    init(
        _ source: any ByteSource, name: String, levels: [RowLevel], columns: [String],
        optional: Set<String>, reopened: (() throws -> (any ByteSource)?)? = nil
    ) throws(JSONPathFault) {
        self.name = name
        self.levels = levels.isEmpty ? .documents : levels
        columnNames = columns
        var found: [JSONColumn] = []
        for column in columns { found.append(try JSONColumn(column, levels: self.levels)) }
        self.columns = found
        isOptional = optional
        isSeen = Array(repeating: false, count: columns.count)
        shared = Array(repeating: (-1, .absent), count: columns.count)
        streamed = self.levels.streamed
        self.reopened = reopened
        let members = zip(columns, found).compactMap { name, column -> (String, String)? in
            guard column.base == .document,
                case .name(let member)? = column.path.segments.first?.first
            else { return nil }
            return (name, String(decoding: member, as: UTF8.self))
        }
        needed = Set(members.filter { !optional.contains($0.0) }.map(\.1))
        units = JSONUnits(
            source, name: name, way: streamed?.way, unrolls: self.levels[0].path.mayUnroll)
        guard streamed != nil, !members.isEmpty else { return }
        units.wanted = Set(members.map(\.1))
        units.onMember = { [unowned self] name, tree, bytes, raw in
            if outside.document != units.documents {
                outside = Outside(document: units.documents)
            }
            take(name, tree, bytes, raw, into: &outside)
        }
        units.beforeList = { [unowned self] in try lookAhead() }
    }

    // MARK: RowReader

    var rawHeader: [UInt8] { [] }

    func place(of column: String) -> Int? { columnNames.firstIndex(of: column) }

    func mismatch(lacking column: String, of mapping: String) -> String? { nil }

    var unseenColumns: [String] {
        rows == 0
            ? []
            : zip(columnNames, isSeen).filter { !$0.1 && !isOptional.contains($0.0) }.map(\.0)
    }

    func next() throws -> RowItem {
        while true {
            if let next = waiting.popLast() {
                fill(next.level, next.nodes)
                return .row
            }
            rawBytes = nil
            hasUnit = false
            switch try units.next() {
            case .end:
                try checkThatRowsWereFound()
                return .end
            case .rejected(let fault):
                row.line = units.line(of: units.unit.lowerBound)
                let line = units.line(of: max(fault.offset, units.unit.lowerBound))
                let place = line == row.line ? "" : ", in line \(line)"
                return .rejected(
                    Rejection(
                        kind: .unreadable, line: row.line, field: "",
                        problem: "the JSON \(fault.problem)\(place)"))
            case .unit:
                hasUnit = true
                findRows()
            }
        }
    }

    /// One line of JSON that gives the same rows again, and those beside them in the same unit.
    var rawRow: ArraySlice<UInt8> {
        if let rawBytes { return rawBytes[...] }
        var raw: [UInt8] = []
        let way = hasUnit ? streamed?.way ?? [] : []
        for (place, name) in way.enumerated() {
            raw.append(0x7B)
            if place == 0 {
                for (name, value) in outside.raw.sorted(by: { $0.key < $1.key }) {
                    raw += JSONRows.quoted(name) + [0x3A] + value + [0x2C]
                }
            }
            raw += JSONRows.quoted(String(decoding: name, as: UTF8.self)) + [0x3A]
        }
        if !way.isEmpty { raw.append(0x5B) }
        raw += units.buffer[units.unit]
        if !way.isEmpty { raw += [0x5D] + Array(repeating: 0x7D, count: way.count) }
        // Within texts there are no line ends.
        for place in raw.indices where raw[place] == 10 || raw[place] == 13 { raw[place] = 32 }
        raw.append(10)
        rawBytes = raw
        return raw[...]
    }

    private static func quoted(_ text: String) -> [UInt8] {
        JSONValue.string(text).canonical ?? []
    }

    // MARK: Rows of a unit

    private func findRows() {
        let buffer = units.buffer
        let bytes = buffer.span
        var found: [(level: Int, nodes: [Int])] = []
        func visit(_ level: Int, _ node: Int, _ above: [Int]) {
            var nodes = above
            nodes[level] = node
            found.append((level, nodes))
            for (below, spec) in levels.enumerated() where spec.parent == level {
                spec.path.forEachNode(in: units.tree, from: node, bytes) {
                    visit(below, $0, nodes)
                }
            }
        }
        let none = Array(repeating: -1, count: levels.count)
        for (level, spec) in levels.enumerated() where spec.parent == nil {
            (streamed?.rest ?? spec.path).forEachNode(in: units.tree, from: JSONTree.root, bytes) {
                visit(level, $0, none)
            }
        }
        rows += found.count
        waiting = found.reversed()
        for place in shared.indices { shared[place].node = -1 }
    }

    private func fill(_ level: Int, _ nodes: [Int]) {
        let buffer = units.buffer
        let bytes = buffer.span
        row.level = level
        row.number += 1
        row.line = units.line(of: Int(units.tree.nodes[nodes[level]].start))
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        row.absent.removeAll(keepingCapacity: true)
        row.problems.removeAll()
        for (place, column) in columns.enumerated() {
            var isAbsent = true
            switch field(place, column, nodes, bytes) {
            case .absent: break
            case .text(let text):
                row.bytes += text
                isAbsent = false
                isSeen[place] = true
            case .problem(let problem):
                row.problems[place] = problem
                isAbsent = false
                isSeen[place] = true
            }
            row.ends.append(row.bytes.count)
            row.absent.append(isAbsent)
        }
    }

    /// What a column has in a row. Rows below one share what it has.
    private func field(
        _ place: Int, _ column: JSONColumn, _ nodes: [Int], _ bytes: Span<UInt8>
    ) -> Field {
        var node = JSONTree.root
        switch column.base {
        case .level(let base) where nodes[base] >= 0: node = nodes[base]
        case .level: return .absent
        case .document where streamed == nil: break
        case .document:
            return outside.document == units.documents ? outside.fields[place] ?? .absent : .absent
        }
        if shared[place].node != node {
            shared[place] = (
                node, JSONRows.field(column.path, in: units.tree, from: node, bytes)
            )
        }
        return shared[place].field
    }

    private static func field(
        _ path: JSONPath, in tree: JSONTree, from place: Int, _ bytes: Span<UInt8>
    ) -> Field {
        var count = 0
        var found = 0
        path.forEachNode(in: tree, from: place, bytes) {
            count += 1
            found = $0
        }
        if count > 1 { return .problem("it gives \(count) values where one is wanted") }
        guard count == 1, tree.nodes[found].kind != .null else { return .absent }
        switch tree.nodes[found].kind {
        case .array, .object:
            return .problem("it is \(tree.nodes[found].kind.inWords) where one value is wanted")
        default:
            var text: [UInt8] = []
            tree.appendText(of: found, bytes, to: &text)
            return .text(text)
        }
    }

    // MARK: What stands outside the rows

    private func take(
        _ name: String, _ tree: JSONTree, _ bytes: Span<UInt8>, _ raw: Range<Int>,
        into outside: inout Outside
    ) {
        var value: [UInt8] = []
        value.append(copying: bytes.extracting(raw))
        outside.raw[name] = value
        for (place, column) in columns.enumerated() {
            guard column.base == .document,
                case .name(let first)? = column.path.segments.first?.first,
                first.elementsEqual(name.utf8)
            else { continue }
            let rest = JSONPath(segments: Array(column.path.segments.dropFirst()))
            outside.fields[place] = JSONRows.field(rest, in: tree, from: JSONTree.root, bytes)
        }
    }

    /// Makes sure that a document's members are known that stand behind its rows.
    private func lookAhead() throws {
        if outside.document != units.documents { outside = Outside(document: units.documents) }
        guard let missing = needed.filter({ outside.raw[$0] == nil }).min() else { return }
        if foundAhead == nil {
            guard let source = try reopened?() else {
                throw InputFault(
                    name: name,
                    cause: .other(
                        "does not have \"\(missing)\" before its rows, and what stands behind them "
                            + "can't be looked up in a pipe. Give the file by its name, or name the "
                            + "column under \"optional\"."))
            }
            foundAhead = try allOutside(in: source)
        }
        let number = units.documents - 1
        guard let foundAhead, number < foundAhead.count else { return }
        outside = foundAhead[number]
        outside.document = units.documents
    }

    private func allOutside(in source: any ByteSource) throws -> [Outside] {
        var found: [Outside] = []
        let pass = JSONUnits(
            source, name: name, way: streamed?.way, unrolls: levels[0].path.mayUnroll,
            isForMembers: true)
        pass.wanted = units.wanted
        pass.onMember = { [unowned self] name, tree, bytes, raw in
            while found.count < pass.documents { found.append(Outside()) }
            take(name, tree, bytes, raw, into: &found[pass.documents - 1])
        }
        while true {
            if case .end = try pass.next() { break }
        }
        pass.onMember = nil
        return found
    }

    /// A misspelt path finds nothing, which is not the same as a list with nothing in it.
    private func checkThatRowsWereFound() throws {
        guard let way = streamed?.way, !units.hasFoundList, units.documents > 0 else { return }
        let path = "$." + way.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        let names = units.topNames.isEmpty ? "nothing" : units.topNames.joined(separator: ", ")
        throw InputFault(
            name: name,
            cause: .other(
                "has no list at \(path), where the mapping finds its rows. At its top there is: "
                    + "\(names)."))
    }
}
