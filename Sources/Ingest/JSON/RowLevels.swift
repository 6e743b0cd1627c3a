internal import EventModel

/// One of the levels that a mapping finds rows on: what its path leads to from a row of the level above,
/// or from the document.
struct RowLevel: Sendable, Hashable {
    var name: String
    /// The level above; nil for the document.
    var parent: Int?
    var path: JSONPath
    /// The path as the mapping says it.
    var text = ""
}

/// Where a column of a mapping stands in a document.
struct JSONColumn: Sendable, Hashable {
    enum Base: Sendable, Hashable {
        case document
        case level(Int)
    }

    var base: Base
    var path: JSONPath

    /// Reads `$.count`, `audit.created_at`, or, where there is one level alone, `via.channel` or the name of
    /// a member, whatever stands in it.
    ///
    /// - Parameter levels: the mapping's levels; one at least.
    init(_ text: String, levels: [RowLevel]) throws(JSONPathFault) {
        if text.hasPrefix("$") {
            self.init(base: .document, path: try JSONPath(parsing: text))
            return
        }
        let head = text.prefix { $0 != "." && $0 != "[" }
        if let level = levels.firstIndex(where: { $0.name == head }) {
            let rest = String(text.dropFirst(head.count))
            self.init(
                base: .level(level), path: try JSONPath(parsingSegments: rest, isRelative: false))
            return
        }
        guard levels.count == 1 else {
            let names = levels.map { "\($0.name).\(text)" }.joined(separator: " or ")
            throw JSONPathFault(
                problem: "does not say on which level of \"rows\" it stands", expected: names)
        }
        if text.hasPrefix("@") {
            self.init(base: .level(0), path: try JSONPath(parsing: text, root: .current))
        } else if text.contains(".") || text.contains("[") {
            self.init(base: .level(0), path: try JSONPath(parsingSegments: text, isRelative: true))
        } else {
            // As in a table: `Ticket ID`.
            self.init(base: .level(0), path: JSONPath(segments: [[.name(Array(text.utf8))]]))
        }
    }

    private init(base: Base, path: JSONPath) {
        self.base = base
        self.path = path
    }
}

extension [RowLevel] {
    /// Where a mapping says nothing of rows: each document is one.
    static let documents = [RowLevel(name: "", parent: nil, path: JSONPath())]

    /// Whether rows of one level have what stands on another.
    func hasLevel(_ other: Int, above level: Int) -> Bool {
        var place: Int? = level
        while let present = place {
            if present == other { return true }
            place = self[present].parent
        }
        return false
    }

    /// The names on the way from the document to the list whose elements are taken one by one, and what
    /// is asked of each element; nil where the first level's path is another, so that documents are
    /// taken whole.
    var streamed: (way: [[UInt8]], rest: JSONPath)? {
        // Levels that begin at the document anew want all of it.
        guard let first, count(where: { $0.parent == nil }) == 1 else { return nil }
        var way: [[UInt8]] = []
        for (place, selectors) in first.path.segments.enumerated() {
            guard selectors.count == 1 else { return nil }
            switch selectors[0] {
            case .name(let name): way.append(name)
            case .wildcard where !way.isEmpty:
                let rest = first.path.segments.dropFirst(place + 1)
                return (way, JSONPath(segments: rest.map { $0 }))
            default: return nil
            }
        }
        return nil
    }
}
