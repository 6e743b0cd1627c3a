internal import EventModel

/// Looks at the first rows of JSON documents: where they stand, and what their members hold. Lists of
/// objects within them are levels of their own.
final class DocumentSampler {
    private final class Level {
        let name: String
        let parent: Int?
        let path: String
        var rows = 0
        /// By path, in the order in which they were found.
        var order: [String] = []
        var values: [String: [String?]] = [:]
        var lists: [String] = []

        init(name: String, parent: Int?, path: String) {
            self.name = name
            self.parent = parent
            self.path = path
        }

        func put(_ text: String?, at path: String) {
            var column = values[path] ?? []
            if values[path] == nil {
                guard order.count < DocumentSampler.mostColumns else { return }
                order.append(path)
            }
            column += repeatElement(nil, count: max(0, rows - 1 - column.count))
            if column.count < rows { column.append(text) }
            values[path] = column
        }
    }

    private static let mostColumns = 1000
    private static let mostRowsBelow = 20_000
    private static let deepest = 3

    private let units: JSONUnits
    private let name: String
    private let streamed: (way: [[UInt8]], rest: JSONPath)?
    /// Where rows stand, and what a mapping says of it; nil until the first document tells.
    private var rows: (path: JSONPath, text: String)?
    private var levels: [Level] = []

    /// - Parameter path: where rows stand; nil where the first document is to tell.
    init(_ source: any ByteSource, name: String, path: String?) throws {
        self.name = name
        if let path {
            do throws(JSONPathFault) {
                rows = (try JSONPath(parsing: path), path)
            } catch {
                throw InputFault(
                    name: name,
                    cause: .other(
                        "can't be read by that path: \(path) \(error.problem) (expected "
                            + "\(error.expected))."))
            }
        }
        let given = rows.map { [RowLevel(name: "row", parent: nil, path: $0.path)] }
        streamed = given?.streamed
        units = JSONUnits(
            source, name: name, way: streamed?.way, unrolls: given?[0].path.mayUnroll ?? true)
    }

    func levels(isLog: Bool) throws -> [InputSample.Level] {
        read: while (levels.first?.rows ?? 0) < InputSample.mostRows {
            switch try units.next() {
            case .end: break read
            case .rejected: continue
            case .unit: take(isLog: isLog)
            }
        }
        let missing = MissingTexts.among([])
        return levels.map { level in
            var found = InputSample.Level(
                name: level.name, parent: level.parent, path: level.path, rows: level.rows)
            found.lists = level.lists
            found.columns = level.order.map { path in
                var values = level.values[path] ?? []
                values += repeatElement(nil, count: level.rows - values.count)
                return ColumnFacts(
                    reference: level.name + path, name: path,
                    values: values.map { $0.flatMap { MissingTexts.text($0, missing) } })
            }
            return found
        }
    }

    private func take(isLog: Bool) {
        let buffer = units.buffer
        let bytes = buffer.span
        let tree = units.tree
        if rows == nil {
            guard let way = isLog ? [] : way(in: tree, bytes) else { return }
            let text = "$" + way.map(DocumentSampler.step).joined() + (way.isEmpty ? "" : "[*]")
            guard let path = try? JSONPath(parsing: text) else { return }
            rows = (path, text)
        }
        guard let rows else { return }
        if levels.isEmpty {
            let last = rows.text.split(whereSeparator: { ".[]*$'\"".contains($0) }).last
            let name = isLog ? "trace" : last.map { DocumentSampler.singular(String($0)) } ?? "row"
            levels.append(Level(name: name, parent: nil, path: rows.text))
        }
        (streamed?.rest ?? rows.path).forEachNode(in: tree, from: JSONTree.root, bytes) {
            row($0, of: 0, tree, bytes)
        }
    }

    /// The names that lead to the list of objects that holds most; none where the document is a row
    /// itself, and nil where it is nothing of both.
    private func way(in tree: JSONTree, _ bytes: Span<UInt8>) -> [String]? {
        guard tree.nodes[JSONTree.root].kind == .object else { return nil }
        var best: (way: [String], count: Int, bytes: UInt32)?
        var isRow = false
        func visit(_ node: Int, _ way: [String]) {
            tree.forEachChild(of: node) { child in
                let member = tree.name(of: child, bytes)
                let kind = tree.nodes[child].kind
                if way.isEmpty, kind == .number || kind == .string {
                    let name = ColumnName(member)
                    isRow =
                        isRow || name.isOne(of: ["id", "key", "number", "nomor", "uuid", "no"])
                        || name.has(ColumnWords.cases) && name.has(ColumnWords.numbers)
                }
                if kind == .object, way.count < DocumentSampler.deepest {
                    visit(child, way + [member])
                }
                guard kind == .array else { return }
                let objects = tree.children(of: child).count { tree.nodes[$0].kind == .object }
                guard objects > 0 else { return }
                let size = tree.nodes[child].count
                if best == nil || (objects, size) > (best!.count, best!.bytes) {
                    best = (way + [member], objects, size)
                }
            }
        }
        visit(JSONTree.root, [])
        return isRow ? [] : best?.way ?? []
    }

    private func row(_ node: Int, of place: Int, _ tree: JSONTree, _ bytes: Span<UInt8>) {
        let level = levels[place]
        guard level.rows < (place == 0 ? InputSample.mostRows : DocumentSampler.mostRowsBelow),
            tree.nodes[node].kind == .object
        else { return }
        level.rows += 1
        members(of: node, at: "", depth: 0, of: place, tree, bytes)
    }

    private func members(
        of node: Int, at path: String, depth: Int, of place: Int, _ tree: JSONTree,
        _ bytes: Span<UInt8>
    ) {
        let level = levels[place]
        tree.forEachChild(of: node) { child in
            let member = tree.name(of: child, bytes)
            let own = path + DocumentSampler.step(member)
            switch tree.nodes[child].kind {
            case .null: level.put(nil, at: own)
            case .boolean, .number, .string:
                level.put(NormalText.form(of: tree.text(of: child, bytes)), at: own)
            case .object:
                guard depth < DocumentSampler.deepest else { return }
                members(of: child, at: own, depth: depth + 1, of: place, tree, bytes)
            case .array:
                let elements = tree.children(of: child)
                guard elements.contains(where: { tree.nodes[$0].kind == .object }),
                    let below = below(place, own, named: member)
                else {
                    if !level.lists.contains(level.name + own) {
                        level.lists.append(level.name + own)
                    }
                    return
                }
                for element in elements { row(element, of: below, tree, bytes) }
            }
        }
    }

    /// The level of a list within rows of another; nil where there are too many.
    private func below(_ parent: Int, _ path: String, named member: String) -> Int? {
        let whole = levels[parent].name + path + "[*]"
        if let known = levels.firstIndex(where: { $0.parent == parent && $0.path == whole }) {
            return known
        }
        guard levels.count < 30 else { return nil }
        var name = DocumentSampler.singular(member)
        while levels.contains(where: { $0.name == name }) { name += "_" }
        levels.append(Level(name: name, parent: parent, path: whole))
        return levels.count - 1
    }

    /// `.status`, or `['Due date']`.
    private static func step(_ member: String) -> String {
        let isPlain =
            member.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } == true
            && member.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if isPlain { return "." + member }
        let escaped = member.flatMap { character -> String in
            character == "'" || character == "\\" ? "\\\(character)" : String(character)
        }
        return "['\(String(escaped))']"
    }

    /// `tickets` is `ticket`, `replies` is `reply`.
    static func singular(_ word: String) -> String {
        let plain = String(
            word.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
        if plain.hasSuffix("ies"), plain.count > 4 { return plain.dropLast(3) + "y" }
        let isPlural = plain.hasSuffix("s") && !plain.hasSuffix("ss") && plain.count > 3
        let one = isPlural ? String(plain.dropLast()) : plain
        return one.isEmpty ? "row" : one
    }
}
