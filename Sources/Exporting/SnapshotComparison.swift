public import Definitions
import EventLog
import EventModel
public import Querying
import Rendering

/// What two snapshots say otherwise: figure by figure, and definition by definition.
public struct SnapshotComparison: Sendable {
    /// A figure as `kpis.json` writes it; "" where there is no value.
    public struct Written: Hashable, Sendable {
        /// Whether the snapshot has the figure at all.
        public var isThere = false
        /// Its value, rounded; its numerator and denominator, exact.
        public var value = ""
        var numerator = ""
        var denominator = ""

        /// The exact value, durations in milliseconds.
        public func fraction(_ unit: Unit) -> Fraction {
            guard !value.isEmpty, let top = Written.thousandths(numerator),
                denominator.utf8.count <= Written.longest, let bottom = Int128(denominator),
                bottom != 0
            else { return .none }
            return Fraction(top, over: unit == .duration ? bottom : bottom * 1000)
        }

        /// Digits of a number, at most: far beyond any figure, and thousandths fit 128 bits.
        private static let longest = 30

        private static func thousandths(_ text: String) -> Int128? {
            guard text.utf8.count <= longest else { return nil }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let digits = parts.count == 2 ? String(parts[1]) : ""
            guard parts.count <= 2, digits.count <= 3, let whole = Int128(parts[0]),
                let rest = Int128(digits + String(repeating: "0", count: 3 - digits.count))
            else { return nil }
            return text.hasPrefix("-") ? whole * 1000 - rest : whole * 1000 + rest
        }
    }

    /// One figure that differs.
    public struct Change: Hashable, Sendable {
        /// The KPI or statistic.
        public var kpi: String
        /// The month, or the whole period.
        public var period: String
        /// `agent`, `team` or `channel`; "" for the total.
        public var dimension: String
        /// Which one.
        public var name: String
        /// What the numbers are.
        public var unit: Unit
        /// What the earlier snapshot says.
        public var before: Written
        /// What the later one says.
        public var after: Written
    }

    /// Figures that differ, totals first.
    public private(set) var changes: [Change] = []
    /// Figures compared.
    public private(set) var compared = 0
    /// Definitions that differ, `kpi csat: 1 → 2`; with another text under one version too.
    public private(set) var definitions: [String] = []

    private struct Row {
        var kpi: String
        var period: String
        var dimension = ""
        var name = ""
        var unit: String
        var written = Written()

        var key: String { [kpi, period, dimension, name].joined(separator: "\u{1F}") }
    }

    /// Compares two snapshots.
    ///
    /// - Throws: `SnapshotDifference` where a file is not as a snapshot has it; `StoreFault.file`.
    /// - Complexity: O(figures).
    public init(from before: SnapshotReading, to after: SnapshotReading) throws {
        try self.init(
            from: (before.manifest, try before.bytes(Self.file)),
            to: (after.manifest, try after.bytes(Self.file)))
    }

    /// Compares what two snapshots' manifests and `kpis.json` say.
    package init(
        from before: (manifest: SnapshotManifest, figures: [UInt8]),
        to after: (manifest: SnapshotManifest, figures: [UInt8])
    ) throws {
        let old = try Self.rows(before.figures, of: before.manifest)
        let new = try Self.rows(after.figures, of: after.manifest)
        var places: [String: Int] = [:]
        for (place, row) in old.enumerated() { places[row.key] = place }
        for row in new {
            compared += 1
            var earlier = Written()
            if let place = places.removeValue(forKey: row.key) { earlier = old[place].written }
            if earlier != row.written {
                changes.append(try Self.change(row, from: earlier, to: row.written))
            }
        }
        for place in places.values.sorted() {
            compared += 1
            changes.append(try Self.change(old[place], from: old[place].written, to: Written()))
        }
        definitions = Self.definitionChanges(before.manifest, after.manifest)
    }

    /// Where the figures stand.
    private static let file = "kpis.json"

    private static func rows(_ bytes: [UInt8], of manifest: SnapshotManifest) throws -> [Row] {
        func fault() -> SnapshotDifference {
            SnapshotDifference(path: file, problem: "it holds no figures of a snapshot")
        }
        guard let file = try? JSONValue(parsing: bytes.span),
            let totals = file["total"]?.elements, let rows = file["rows"]?.elements
        else { throw fault() }
        return try (totals + rows).map { value in
            guard let kpi = value["kpi"]?.text, let period = value["period"]?.text,
                let unit = value["unit"]?.text
            else { throw fault() }
            var row = Row(kpi: kpi, period: period, unit: unit)
            for dimension in SnapshotBuilder.dimensions {
                guard let member = value[dimension] else { continue }
                // The one that a snapshot is limited to stands in every row.
                let limit = dimension == "agent" ? manifest.agent : manifest.team
                if dimension != "channel", limit != nil { continue }
                row.dimension = dimension
                row.name = member.text ?? ""
            }
            row.written = Written(
                isThere: true, value: value["value"]?.literal ?? "",
                numerator: value["numerator"]?.literal ?? "",
                denominator: value["denominator"]?.literal ?? "")
            return row
        }
    }

    private static func change(
        _ row: Row, from before: Written, to after: Written
    ) throws -> Change {
        guard let unit = Unit(rawValue: row.unit) else {
            throw SnapshotDifference(path: file, problem: "a figure has no known unit")
        }
        return Change(
            kpi: row.kpi, period: row.period, dimension: row.dimension, name: row.name, unit: unit,
            before: before, after: after)
    }

    private static func definitionChanges(
        _ before: SnapshotManifest, _ after: SnapshotManifest
    ) -> [String] {
        let old = versions(before)
        let new = versions(after)
        var lines: [String] = []
        for name in Set(old.keys).union(new.keys).sorted() {
            let from = old[name]
            let to = new[name]
            if from == to { continue }
            let left = from.map { String($0.version) } ?? "–"
            let right = to.map { String($0.version) } ?? "–"
            lines.append(
                "\(name): \(left) → \(right)" + (left == right ? " (another text)" : ""))
        }
        return lines
    }

    /// A definition's version and text.
    private struct Stand: Equatable {
        var version: Int
        var digest: String
    }

    private static func versions(_ manifest: SnapshotManifest) -> [String: Stand] {
        var versions: [String: Stand] = [:]
        for definition in manifest.definitions {
            let digest = manifest.files.first { $0.path == definition.path }?.digest ?? ""
            versions["\(definition.kind) \(definition.name)"] = Stand(
                version: definition.version, digest: digest)
        }
        return versions
    }
}
