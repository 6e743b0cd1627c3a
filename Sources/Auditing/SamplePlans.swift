package import EventLog
import EventModel

/// Samples that were planned, by what they are of. Whoever plans two of one KPI, period and filters has two seeds
/// to choose from.
package struct SamplePlans {
    /// What plans are of: the KPI, whichever of its statistics was named, the days, and the filters as
    /// the entry has them.
    private struct Aim: Hashable {
        var kpi: String
        var days: Range<Day>
        var filters: String
    }

    private var sequences: [Aim: [UInt32]] = [:]
    private var aims: [UInt32: Aim] = [:]

    /// Reads them from a log's first entries.
    ///
    /// - Complexity: O(what auditors did).
    package init(_ view: borrowing LogView, upTo count: UInt32) throws {
        guard let id = try view.caseID(AuditActs.subject) else { return }
        for sequence in try view.caseHistory(id) where sequence < count {
            let content = try view.content(of: sequence)
            guard content["type"] == "audit.sampled", content["data.act"] == "planned",
                let kpi = content["data.kpi"]?.split(separator: ".").first,
                let period = try? Period(fixed: content["data.period"] ?? "")
            else { continue }
            let aim = Aim(
                kpi: String(kpi), days: period.days, filters: content["data.filters"] ?? "[]")
            sequences[aim, default: []].append(sequence)
            aims[sequence] = aim
        }
    }

    /// All that are of the same KPI, days and filters as the plan that an entry is, itself among them, in order.
    ///
    /// - Returns: nothing where the entry is no plan.
    package func like(_ sequence: UInt32) -> [UInt32] {
        aims[sequence].flatMap { sequences[$0] } ?? []
    }

    /// The last one that was recorded; nil where none was.
    package var last: UInt32? { aims.keys.max() }

    /// Those that others of the same KPI, days and filters came before, each with the first of these.
    package var repeated: [(sequence: UInt32, first: UInt32)] {
        sequences.values.flatMap { all in all.dropFirst().map { ($0, all[0]) } }
            .sorted { $0.sequence < $1.sequence }
    }
}

extension AuditExceptions {
    /// Plans of a sample that another of the same KPI and period came before.
    static func plannedAgain(
        in entries: Range<UInt32>, of view: borrowing LogView
    ) throws -> [AuditException] {
        try SamplePlans(view, upTo: entries.upperBound).repeated.compactMap { plan in
            guard entries.contains(plan.sequence) else { return nil }
            let data = try view.json(plan.sequence)["data"]
            func text(_ name: String) -> String { data?[name]?.text ?? "" }
            var exception = AuditException(
                kind: .plannedAgain, sequence: plan.sequence,
                recorded: try view.recorded(plan.sequence),
                happened: try view.happened(plan.sequence),
                subject: "\(text("kpi")) \(text("period"))", detail: "entry \(plan.first)",
                reason: "", person: text("by"), count: 1)
            exception.firstPlan = plan.first
            return exception
        }
    }
}
