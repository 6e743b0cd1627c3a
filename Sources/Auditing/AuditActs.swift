package import EventLog
package import EventModel

/// What an auditor did, as the log keeps it.
package enum AuditActs {
    /// The case of all of it.
    package static let subject = "log/audits"

    /// An input that was looked at; its digest is nil where it could be guessed by it.
    package struct Input: Sendable {
        package var name: String
        package var digest: String?

        package init(name: String, digest: String?) {
            self.name = name
            self.digest = digest
        }

        fileprivate func set(in draft: inout EventDraft) {
            draft.set("input", .text(String(name.unicodeScalars.suffix(1000))))
            if let digest { draft.set("digest", .text(digest)) }
        }
    }

    /// A sample's size that was planned.
    package struct Plan: Sendable {
        package var kpi: String
        package var period: String
        package var seed: String?
        package var population: Int
        package var size: Int
        package var expected: Int
        package var confidence: ErrorShare
        package var tolerable: ErrorShare

        package init(
            kpi: String, period: String, seed: String?, population: Int, size: Int, expected: Int,
            confidence: ErrorShare, tolerable: ErrorShare
        ) {
            self.kpi = kpi
            self.period = period
            self.seed = seed
            self.population = population
            self.size = size
            self.expected = expected
            self.confidence = confidence
            self.tolerable = tolerable
        }
    }
}

extension LogStore {
    /// `audit.sampled`: a sample's size was planned.
    package func planning(
        _ plan: AuditActs.Plan, entries: UInt32, by person: String?, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "audit/planned/\(entries)", source: origin, type: "audit.sampled",
            subject: AuditActs.subject, time: time,
            fields: [
                .init("act", .text("planned")), .init("kpi", .text(plan.kpi)),
                .init("period", .text(plan.period)), .init("entries", .integer(Int64(entries))),
                .init("population", .integer(Int64(plan.population))),
                .init("size", .integer(Int64(plan.size))),
                .init("expected", .integer(Int64(plan.expected))),
                .init("confidence", .text(plan.confidence.text)),
                .init("tolerable", .text(plan.tolerable.text)),
            ])
        if let seed = plan.seed { draft.set("seed", .text(seed)) }
        if let person { draft.set("by", .text(person)) }
        return draft
    }

    /// `audit.sampled`: a sample's results were evaluated.
    package func evaluating(
        _ count: SampleResults.Count, bound: ErrorShare, confidence: ErrorShare,
        tolerable: ErrorShare?, plan: UInt32?, of input: AuditActs.Input, entries: UInt32,
        by person: String?, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "audit/evaluated/\(entries)", source: origin, type: "audit.sampled",
            subject: AuditActs.subject, time: time,
            fields: [
                .init("act", .text("evaluated")), .init("entries", .integer(Int64(entries))),
                .init("size", .integer(Int64(count.tested))),
                .init("errors", .integer(Int64(count.errors))),
                .init("confidence", .text(confidence.text)), .init("bound", .text(bound.text)),
            ])
        if let tolerable { draft.set("tolerable", .text(tolerable.text)) }
        if let plan { draft.set("plan", .integer(Int64(plan))) }
        input.set(in: &draft)
        if let person { draft.set("by", .text(person)) }
        return draft
    }

    /// `audit.reconciled`: a source's own list was compared with the log.
    ///
    /// - Parameters:
    ///   - mapping: SHA-256 of the mapping.
    ///   - findings: SHA-256 of what was found, as it is listed in CSV.
    package func reconciling(
        _ outcome: Reconciliation.Outcome, period: Period, of input: AuditActs.Input,
        mapping: String, findings: String, by person: String?, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "audit/reconciled/\(outcome.entries)", source: origin, type: "audit.reconciled",
            subject: AuditActs.subject, time: time,
            fields: [
                .init("period", .text(period.description)),
                .init("entries", .integer(Int64(outcome.entries))),
                .init("cases", .integer(Int64(outcome.cases))),
                .init("same", .integer(Int64(outcome.same))),
                .init("missing_here", .integer(Int64(outcome.missingHere))),
                .init("missing_there", .integer(Int64(outcome.missingThere))),
                .init("different", .integer(Int64(outcome.different))),
                .init("refused", .integer(Int64(outcome.refused))),
                .init("mapping", .text(mapping)), .init("findings", .text(findings)),
            ])
        input.set(in: &draft)
        if let person { draft.set("by", .text(person)) }
        return draft
    }
}

extension LogView {
    /// The plan that an entry is.
    ///
    /// - Returns: nil where it is none.
    package func samplePlan(
        at sequence: UInt32
    ) throws -> (size: Int, confidence: ErrorShare, tolerable: ErrorShare)? {
        guard sequence < entryCount else { return nil }
        let content = try content(of: sequence)
        guard content["type"] == "audit.sampled", content["data.act"] == "planned",
            let size = content["data.size"].flatMap({ Int($0) }),
            let confidence = content["data.confidence"].flatMap({
                ErrorShare($0, isPercent: false)
            }),
            let tolerable = content["data.tolerable"].flatMap({ ErrorShare($0, isPercent: false) })
        else { return nil }
        return (size, confidence, tolerable)
    }
}
