public import EventModel
package import LMDB

extension LogStore {
    /// Records one of the log's own events, such as `definition.registered`: its source is the
    /// store's origin, its entry is made like any other.
    ///
    /// - Parameters:
    ///   - subject: `log/definitions`, `log/ingest`, `log/periods` or `log/store`.
    ///   - id: what makes it the same event when it comes again, such as a digest.
    ///   - time: when it happened; also the clock for its recording time.
    /// - Throws: a `Rejection` where the log or the event's schema refuses it; `StoreFault`.
    @discardableResult
    public func appendOwn(
        type: String, subject: String, id: String, fields: [EventDraft.Field], at time: Instant
    ) throws -> AppendOutcome {
        try appendOwn(
            [
                EventDraft(
                    id: id, source: origin, type: type, subject: subject, time: time,
                    fields: fields)
            ], recorded: time)
    }

    /// Records events put together in the program, in one transaction: the log's own, or others such
    /// as `event.voided`. The first that is refused refuses all.
    ///
    /// What they say in clear for ever names nobody: a reason with a word of a name that the vault knows
    /// is refused. Who does it says so on purpose.
    ///
    /// - Throws: that one's `Rejection`; `StoreFault`.
    @discardableResult
    public func appendOwn(_ drafts: [EventDraft], recorded clock: Instant) throws -> AppendOutcome {
        try appendOwn(drafts, recorded: clock) { _, _ in }
    }

    /// Refuses a reason that would stand in clear and names somebody.
    private func refuseNaming(_ drafts: [EventDraft]) throws {
        var seen: Set<String> = []
        for draft in drafts {
            guard let schema = types[draft.type], schema.isLogsOwn else { continue }
            for field in draft.fields where field.name == LogStore.reason {
                guard case .text(let text) = field.value, seen.insert(text).inserted else {
                    continue
                }
                if try read({ try $0.namesSomebody(text) }) {
                    throw StoreFault.namesSomebody(in: field.name)
                }
            }
        }
    }

    /// The field of the log's own events that says why.
    private static let reason = "reason"

    /// Records events put together in the program, and does something else in the same transaction.
    @discardableResult
    package func appendOwn(
        _ drafts: [EventDraft], recorded clock: Instant,
        also body: (borrowing WriteTransaction, AppendOutcome) throws -> Void
    ) throws -> AppendOutcome {
        try refuseNaming(drafts)
        return try appendTold(drafts, recorded: clock, also: body)
    }

    /// The same, of what was told before, elsewhere or in an older state of the log.
    @discardableResult
    func appendTold(
        _ drafts: [EventDraft], recorded clock: Instant,
        also body: (borrowing WriteTransaction, AppendOutcome) throws -> Void = { _, _ in }
    ) throws -> AppendOutcome {
        var validator = EventValidator(types)
        var batch = EventBatch()
        batch.isLogsOwn = true
        for draft in drafts {
            let isOwn = types[draft.type]?.isLogsOwn ?? false
            let refusal = validator.admit(draft, as: isOwn ? .logsOwn : .input, into: &batch)
            if let refusal { throw refusal }
        }
        let outcome = try append(batch, recorded: clock, isStrict: true, also: body)
        if let (_, rejection) = outcome.rejections.first { throw rejection }
        return outcome
    }
}
