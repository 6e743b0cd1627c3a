internal import EventModel

/// Where in a JSON value something stands: the part of JSONPath (RFC 9535) that mappings read. That is
/// names, indexes, wildcards, slices and filters by comparison or existence; `..`, functions and `$` within a
/// filter are refused by name.
///
///     let path = try JSONPath("custom_fields[?@.id==42].value", from: .current)
///     path.forEachNode(in: tree, from: place, bytes) { node in … }
struct JSONPath: Sendable, Hashable {
    /// What a segment takes of a value.
    enum Selector: Sendable, Hashable {
        case name([UInt8])
        case index(Int)
        case wildcard
        case slice(start: Int?, end: Int?, step: Int)
        case filter(Condition)
    }

    /// A condition on a child of a value.
    indirect enum Condition: Sendable, Hashable {
        case any([Condition])
        case all([Condition])
        case not(Condition)
        /// Whether the path leads anywhere.
        case exists(JSONPath)
        case comparison(Operand, Comparison, Operand)
    }

    enum Operand: Sendable, Hashable {
        /// What a path that leads to one value at most leads to.
        case path(JSONPath)
        case text(String)
        case number(DecimalText)
        case boolean(Bool)
        case null
    }

    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    /// Each takes children of what the one before it found.
    var segments: [[Selector]] = []

    /// Whether it leads to one value at most, whatever the document.
    var isSingular: Bool {
        segments.allSatisfy { selectors in
            guard selectors.count == 1 else { return false }
            switch selectors[0] {
            case .name, .index: return true
            default: return false
            }
        }
    }
}

extension JSONPath {
    /// Whether it may mean each document of a list at the top, not the list.
    var mayUnroll: Bool {
        guard let first = segments.first else { return true }
        guard first.count == 1, case .name = first[0] else { return false }
        return true
    }
}

// MARK: Finding

extension JSONPath {
    /// Finds the nodes that the path leads to from one on, in the order of RFC 9535.
    ///
    /// - Complexity: O(children of the nodes passed).
    func forEachNode(
        in tree: JSONTree, from place: Int, _ bytes: Span<UInt8>, _ body: (Int) throws -> Void
    ) rethrows {
        try find(segments[...], in: tree, from: place, bytes, body)
    }

    private func find(
        _ segments: ArraySlice<[Selector]>, in tree: JSONTree, from place: Int,
        _ bytes: Span<UInt8>, _ body: (Int) throws -> Void
    ) rethrows {
        guard let selectors = segments.first else { return try body(place) }
        for selector in selectors {
            try JSONPath.select(selector, in: tree, from: place, bytes) { child in
                try find(segments.dropFirst(), in: tree, from: child, bytes, body)
            }
        }
    }

    private static func select(
        _ selector: Selector, in tree: JSONTree, from place: Int, _ bytes: Span<UInt8>,
        _ body: (Int) throws -> Void
    ) rethrows {
        let kind = tree.nodes[place].kind
        switch selector {
        case .name(let name):
            guard kind == .object else { return }
            try tree.forEachChild(of: place) { if tree.isNamed($0, name, bytes) { try body($0) } }
        case .wildcard: try tree.forEachChild(of: place, body)
        case .filter(let condition):
            try tree.forEachChild(of: place) {
                if condition.holds(in: tree, at: $0, bytes) { try body($0) }
            }
        case .index(let index):
            guard kind == .array else { return }
            let children = tree.children(of: place)
            let found = index < 0 ? children.count + index : index
            if children.indices.contains(found) { try body(children[found]) }
        case .slice(let start, let end, let step):
            guard kind == .array else { return }
            let children = tree.children(of: place)
            for index in indices(start, end, step, of: children.count) { try body(children[index]) }
        }
    }

    /// The places of a slice, by RFC 9535, 2.3.4.2.2.
    private static func indices(_ start: Int?, _ end: Int?, _ step: Int, of count: Int) -> [Int] {
        func normal(_ index: Int) -> Int { index >= 0 ? index : max(count + index, -1) }
        if step > 0 {
            let lower = min(max(normal(start ?? 0), 0), count)
            let upper = min(max(normal(end ?? count), 0), count)
            return lower < upper ? Array(stride(from: lower, to: upper, by: step)) : []
        }
        guard step < 0 else { return [] }
        let upper = min(max(normal(start ?? count - 1), -1), count - 1)
        let lower = min(max(end.map(normal) ?? -1, -1), count - 1)
        return lower < upper ? Array(stride(from: upper, to: lower, by: step)) : []
    }
}

extension JSONPath.Condition {
    func holds(in tree: JSONTree, at place: Int, _ bytes: Span<UInt8>) -> Bool {
        switch self {
        case .any(let conditions):
            return conditions.contains { $0.holds(in: tree, at: place, bytes) }
        case .all(let conditions):
            return conditions.allSatisfy { $0.holds(in: tree, at: place, bytes) }
        case .not(let condition): return !condition.holds(in: tree, at: place, bytes)
        case .exists(let path):
            var isFound = false
            path.forEachNode(in: tree, from: place, bytes) { _ in isFound = true }
            return isFound
        case .comparison(let left, let comparison, let right):
            return comparison.holds(
                left.value(in: tree, at: place, bytes), right.value(in: tree, at: place, bytes),
                in: tree, bytes)
        }
    }
}

extension JSONPath.Operand {
    /// What is compared.
    fileprivate enum Value {
        /// What a path that leads nowhere gives.
        case nothing
        case text(String)
        case number(DecimalText)
        case boolean(Bool)
        case null
        case container(Int)
    }

    fileprivate func value(in tree: JSONTree, at place: Int, _ bytes: Span<UInt8>) -> Value {
        switch self {
        case .text(let text): return .text(text)
        case .number(let number): return .number(number)
        case .boolean(let flag): return .boolean(flag)
        case .null: return .null
        case .path(let path):
            var found: Int?
            path.forEachNode(in: tree, from: place, bytes) { found = $0 }
            guard let found else { return .nothing }
            switch tree.nodes[found].kind {
            case .null: return .null
            case .boolean: return .boolean(tree.text(of: found, bytes).utf8.first == 0x74)
            case .number: return .number(DecimalText(tree.text(of: found, bytes)))
            case .string: return .text(tree.text(of: found, bytes))
            case .array, .object: return .container(found)
            }
        }
    }
}

extension JSONPath.Comparison {
    fileprivate func holds(
        _ left: JSONPath.Operand.Value, _ right: JSONPath.Operand.Value, in tree: JSONTree,
        _ bytes: Span<UInt8>
    ) -> Bool {
        switch self {
        case .equal: return Self.areEqual(left, right, tree, bytes)
        case .unequal: return !Self.areEqual(left, right, tree, bytes)
        case .less: return Self.isLess(left, right)
        case .greater: return Self.isLess(right, left)
        case .atMost: return Self.isLess(left, right) || Self.areEqual(left, right, tree, bytes)
        case .atLeast: return Self.isLess(right, left) || Self.areEqual(left, right, tree, bytes)
        }
    }

    private static func areEqual(
        _ left: JSONPath.Operand.Value, _ right: JSONPath.Operand.Value, _ tree: JSONTree,
        _ bytes: Span<UInt8>
    ) -> Bool {
        switch (left, right) {
        case (.nothing, .nothing), (.null, .null): true
        // By their bytes: nothing is decided by what only looks alike.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.container(let left), .container(let right)): tree.areEqual(left, right, bytes)
        default: false
        }
    }

    private static func isLess(
        _ left: JSONPath.Operand.Value, _ right: JSONPath.Operand.Value
    ) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.number(let left), .number(let right)): left < right
        default: false
        }
    }
}
