import Definitions
import EventLog
import EventModel
package import Querying
import Rendering

/// What two snapshots say otherwise: figure by figure, and definition by definition.
package struct SnapshotComparison {
    /// The figures of every KPI, statistic and split that one of them has; a KPI or period that the other
    /// was not asked for is not defined there.
    package private(set) var figures = FigureComparison()
    /// Definitions that differ, `kpi csat: 1 → 2`; with another text under one version too.
    package let definitions: [String]

    /// The figures of a KPI or statistic in one split and period, as a snapshot gives them.
    private struct Question: Hashable {
        var name: String
        var dimension = ""
        var period: Period
    }

    private typealias Said = (order: [Question], sides: [Question: FigureSide])

    /// Compares two snapshots.
    ///
    /// - Throws: `SnapshotDifference` where a file is not as a snapshot has it, or one is about an agent or
    ///   team that the other is not about; `StoreFault.file`.
    /// - Complexity: O(figures).
    package init(from before: SnapshotReading, to after: SnapshotReading) throws {
        try self.init(
            from: (before.manifest, try before.bytes(Self.file)),
            to: (after.manifest, try after.bytes(Self.file)))
    }

    /// Compares what two snapshots' manifests and `kpis.json` say.
    package init(
        from before: (manifest: SnapshotManifest, figures: [UInt8]),
        to after: (manifest: SnapshotManifest, figures: [UInt8])
    ) throws {
        let (one, other) = (before.manifest, after.manifest)
        guard one.agent == other.agent, one.team == other.team else {
            throw SnapshotDifference(
                path: SnapshotManifest.path,
                problem: "the two are about others, so that no figure of one is one of the other")
        }
        definitions = Self.definitionChanges(one, other)
        let old = try Self.read(before.figures, of: one)
        let new = try Self.read(after.figures, of: other)
        for question in new.order + old.order.filter({ new.sides[$0] == nil }) {
            figures.compare(
                question.name, by: question.dimension.isEmpty ? [] : [question.dimension],
                Self.side(question, old, one), Self.side(question, new, other))
        }
        for refused in other.refused where one.refused.contains(where: { $0.isSame(as: refused) }) {
            figures.compare(
                refused.name, by: refused.dimension.isEmpty ? [] : [refused.dimension],
                .refused(refused.why), .refused(refused.why))
        }
    }

    /// What a snapshot says to a question: groups without figures are not written, totals always are.
    private static func side(
        _ question: Question, _ said: Said, _ manifest: SnapshotManifest
    ) -> FigureSide {
        if let side = said.sides[question] { return side }
        let total = Question(name: question.name, period: question.period)
        let refused = manifest.refused.first {
            $0.name == question.name
                && ($0.dimension == question.dimension
                    || $0.dimension.isEmpty && said.sides[total] == nil)
        }
        if let refused { return .refused(refused.why) }
        guard case .figures(_, let unit) = said.sides[total] else {
            return .notDefined(
                QueryFaults([.unknownKPI(question.name, nearest: nil, count: said.sides.count)]))
        }
        return .figures([:], unit)
    }

    // MARK: Reading

    /// Where the figures stand.
    private static let file = "kpis.json"

    private static func fault(_ problem: String) -> SnapshotDifference {
        SnapshotDifference(path: file, problem: problem)
    }

    /// The questions in the order of the file, totals first, each with its figures.
    private static func read(_ bytes: [UInt8], of manifest: SnapshotManifest) throws -> Said {
        guard let file = try? JSONValue(parsing: bytes.span),
            let totals = file["total"]?.elements, let rows = file["rows"]?.elements
        else { throw fault("it holds no figures of a snapshot") }
        var said: Said = ([], [:])
        for row in totals + rows {
            guard let name = row["kpi"]?.text, let text = row["period"]?.text,
                let period = try? Period(text, today: Day(number: 0))
            else { throw fault("it holds no figures of a snapshot") }
            guard let unit = row["unit"]?.text.flatMap({ Unit(rawValue: $0) }) else {
                throw fault("a figure has no known unit")
            }
            var question = Question(name: name, period: period)
            var key: [String] = []
            for dimension in FigureComparison.usualDimensions {
                guard let member = row[dimension] else { continue }
                // The one that a snapshot is limited to stands in every row.
                let limit = dimension == "agent" ? manifest.agent : manifest.team
                if dimension != "channel", limit != nil { continue }
                question.dimension = dimension
                key = [member.text ?? ""]
            }
            var figures: [FigurePlace: Figure] = [:]
            if case .figures(let known, let same) = said.sides[question] {
                guard same == unit else { throw fault("a figure has another unit than its total") }
                figures = known
            } else {
                said.order.append(question)
            }
            guard
                figures.updateValue(try figure(row, unit), forKey: FigurePlace(period, key)) == nil
            else { throw fault("a figure stands twice") }
            said.sides[question] = .figures(figures, unit)
        }
        return said
    }

    /// A figure as it is written, exactly.
    private static func figure(_ row: JSONValue, _ unit: Unit) throws -> Figure {
        func literal(_ name: String) -> String? {
            row[name]?.literal.flatMap { $0 == "null" ? nil : $0 }
        }
        var figure = Figure(
            value: .none, count: literal("count").flatMap { Int64($0) },
            reason: row["reason"]?.text.flatMap(FigureNumbers.reason),
            currency: row["currency"]?.text)
        if let top = literal("numerator"), let bottom = literal("denominator") {
            guard let above = thousandths(top), let below = Int128(bottom), below >= 0 else {
                throw fault("a number is longer than a figure's")
            }
            // Durations are in seconds there.
            let scaled = below.multipliedReportingOverflow(by: unit == .duration ? 1 : 1000)
            guard !scaled.overflow else { throw fault("a number is longer than a figure's") }
            figure.value = Fraction(above, over: scaled.partialValue)
        }
        guard FigureNumbers(figure, unit).value == literal("value") else {
            throw fault("a value is not its numerator over its denominator")
        }
        return figure
    }

    private static func thousandths(_ text: String) -> Int128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? String(parts[1]) : ""
        guard parts.count <= 2, digits.utf8.count <= 3 else { return nil }
        return Int128(parts[0] + digits + String(repeating: "0", count: 3 - digits.utf8.count))
    }

    // MARK: Definitions

    private static func definitionChanges(
        _ before: SnapshotManifest, _ after: SnapshotManifest
    ) -> [String] {
        let (old, new) = (versions(before), versions(after))
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            if old[name] == new[name] { return nil }
            let left = old[name].map { String($0.version) } ?? "–"
            let right = new[name].map { String($0.version) } ?? "–"
            return "\(name): \(left) → \(right)" + (left == right ? " (another text)" : "")
        }
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

extension SnapshotManifest.Refused {
    /// The dimension of the split; "" for all together.
    fileprivate var dimension: String { by == "total" ? "" : by }

    /// The reason as a comparison says it.
    fileprivate var why: WhyNotCompared {
        reason == WhyNotCompared.tooLarge.text ? .tooLarge : .fault(reason)
    }

    /// Whether another snapshot refuses the same figures.
    fileprivate func isSame(as other: SnapshotManifest.Refused) -> Bool {
        name == other.name && by == other.by
    }
}
