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

    /// A sample that was planned: all that it takes to draw it.
    package struct Plan: Sendable {
        package var kpi: String
        package var period: Period
        /// The log's first so many entries, and those whose definitions it goes by.
        package var entries: UInt32
        package var definitions: UInt32
        /// Dimensions and values of the facts to draw from, persons as their tokens.
        package var filters: [(dimension: String, value: String)]
        package var seed: String?
        package var population: Int
        package var size: Int
        package var expected: Int
        package var confidence: ErrorShare
        package var tolerable: ErrorShare

        package init(
            kpi: String, period: Period, entries: UInt32, definitions: UInt32,
            filters: [(dimension: String, value: String)], seed: String?, population: Int,
            size: Int, expected: Int, confidence: ErrorShare, tolerable: ErrorShare
        ) {
            self.kpi = kpi
            self.period = period
            self.entries = entries
            self.definitions = definitions
            self.filters = filters
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
        _ plan: AuditActs.Plan, by person: String?, at time: Instant
    ) throws -> EventDraft {
        let number = try read { $0.entryCount }
        var draft = EventDraft(
            id: "audit/planned/\(number)", source: origin, type: "audit.sampled",
            subject: AuditActs.subject, time: time,
            fields: [
                .init("act", .text("planned")), .init("kpi", .text(plan.kpi)),
                .init("period", .text(plan.period.description)),
                .init("entries", .integer(Int64(plan.entries))),
                .init("definitions", .integer(Int64(plan.definitions))),
                .init("population", .integer(Int64(plan.population))),
                .init("size", .integer(Int64(plan.size))),
                .init("expected", .integer(Int64(plan.expected))),
                .init("confidence", .text(plan.confidence.text)),
                .init("tolerable", .text(plan.tolerable.text)),
            ])
        if !plan.filters.isEmpty {
            let filters = JSONValue.array(
                plan.filters.map { .array([.string($0.dimension), .string($0.value)]) })
            draft.set(
                "filters", .text(String(decoding: filters.canonical ?? [], as: UTF8.self)))
        }
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
    package func samplePlan(at sequence: UInt32) throws -> AuditActs.Plan? {
        guard sequence < entryCount else { return nil }
        let content = try content(of: sequence)
        func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
            content["data." + name].flatMap { Number($0) }
        }
        func share(_ name: String) -> ErrorShare? {
            content["data." + name].flatMap { ErrorShare($0, isPercent: false) }
        }
        guard content["type"] == "audit.sampled", content["data.act"] == "planned",
            let kpi = content["data.kpi"],
            let period = try? Period(fixed: content["data.period"] ?? ""),
            let entries: UInt32 = number("entries"), entries <= sequence,
            let definitions: UInt32 = number("definitions"), definitions <= sequence,
            let filters = AuditActs.filters(content["data.filters"] ?? "[]"),
            let population: Int = number("population"), let size: Int = number("size"),
            let confidence = share("confidence"), let tolerable = share("tolerable")
        else { return nil }
        return AuditActs.Plan(
            kpi: kpi, period: period, entries: entries, definitions: definitions,
            filters: filters, seed: content["data.seed"], population: population, size: size,
            expected: number("expected") ?? 0, confidence: confidence, tolerable: tolerable)
    }
}

extension AuditActs {
    /// Filters as a plan's entry has them; nil where they are none.
    fileprivate static func filters(_ text: String) -> [(dimension: String, value: String)]? {
        guard case .array(let all)? = try? JSONValue(parsing: text) else { return nil }
        var filters: [(dimension: String, value: String)] = []
        for one in all {
            guard case .array(let pair) = one, pair.count == 2, let dimension = pair[0].text,
                let value = pair[1].text
            else { return nil }
            filters.append((dimension, value))
        }
        return filters
    }
}
