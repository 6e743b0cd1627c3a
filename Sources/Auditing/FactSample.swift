internal import Crypto
internal import Definitions
package import EventLog
internal import EventModel
package import Projections
package import Querying

/// Draws facts behind a figure so that anybody draws the same ones again.
///
/// Each fact of the population has a ticket: SHA-256 of the seed's UTF-8, a zero byte, and the leaf
/// hash (RFC 6962) of the entry that the fact is about; facts about the same entry take a following
/// byte 0, 1, 2 … in their order. The facts with the lowest tickets are drawn, lowest first. So the
/// sample follows from the seed and the entries alone: no machine, order or random generator has a
/// say, and a sample of more contains a sample of fewer.
package struct FactSample {
    /// One drawn fact.
    package struct Drawn {
        /// Its projection.
        package var projection: String
        /// Its place among those drawn, from 1.
        package var rank: Int
        package var line: Explanation.Line
        /// The titles of the line's values.
        package var columns: [Explanation.Column]
        /// The event's source and id.
        package var source: String
        package var id: String
    }

    /// How many facts there were to draw from.
    package var population: Int
    package var drawn: [Drawn] = []

    /// Draws from the facts behind a figure.
    ///
    /// - Complexity: O(population), a hash each.
    package init(
        of explanation: Explanation, size: Int, seed: String, from log: LogStore
    ) throws {
        struct Ticket {
            var hash: [UInt8]
            var part: Int
            var place: Int
        }
        var tickets: [Ticket] = []
        for (part, content) in explanation.parts.enumerated() where !content.columns.isEmpty {
            var seen: [UInt32: UInt8] = [:]
            let sequences = explanation.sequences(of: part)
            try log.read { view in
                for (place, sequence) in sequences.enumerated() {
                    var hash = SHA256()
                    hash.update(data: Array(seed.utf8))
                    hash.update(data: [0])
                    hash.update(data: try view.leafHash(sequence).bytes)
                    hash.update(data: [UInt8(part), seen[sequence, default: 0]])
                    seen[sequence, default: 0] &+= 1
                    tickets.append(
                        Ticket(hash: Array(hash.finalize()), part: part, place: place))
                }
            }
        }
        population = tickets.count
        tickets.sort { $0.hash.lexicographicallyPrecedes($1.hash) }
        for (rank, ticket) in tickets.prefix(size).enumerated() {
            let line = try explanation.lines(of: ticket.part, ticket.place..<ticket.place + 1)[0]
            let entry = try log.read { try $0.json(line.sequence) }
            drawn.append(
                Drawn(
                    projection: explanation.parts[ticket.part].definition.name, rank: rank + 1,
                    line: line, columns: explanation.parts[ticket.part].columns,
                    source: entry["source"]?.text ?? "", id: entry["id"]?.text ?? ""))
        }
    }
}

extension LogStore {
    /// Draws what was planned once more, from the entries and by the definitions that the plan names.
    ///
    /// - Parameters:
    ///   - size: how many facts; a larger sample begins with the smaller one.
    ///   - seed: where the plan names none.
    package func sample(
        of plan: AuditActs.Plan, size: Int, seed: String, options: BuildOptions
    ) throws -> FactSample {
        try showingTokens {
            let context = try context(of: plan, options)
            let explanation = try context.explanation(plan.request(plan.filters))
            return try FactSample(
                of: explanation, size: size, seed: plan.seed ?? seed, from: self)
        }
    }

    /// What filters are called in a plan, of which they were looked up: a person by the token.
    package func planned(
        _ filters: [(dimension: String, value: String)], in plan: AuditActs.Plan,
        options: BuildOptions
    ) throws -> [(dimension: String, value: String)] {
        let tokens = try filters.map { filter in try read { try $0.tokenMarked(of: filter.value) } }
        return try showingTokens {
            let context = try context(of: plan, options)
            return zip(filters, tokens).map { filter, token in
                // Another thing may be called as a person is.
                guard let token else { return filter }
                let known = try? context.resolved(plan.request([(filter.dimension, token)]))
                return known?.filters.first ?? filter
            }
        }
    }

    private func context(
        of plan: AuditActs.Plan, _ options: BuildOptions
    ) throws -> any AskedState {
        try StoreState(
            of: self, asOf: plan.entries,
            register: read { try $0.definitions(upTo: plan.definitions) }, options: options)
    }

    private func showingTokens<Result>(_ body: () throws -> Result) throws -> Result {
        let showedTokens = showsTokens
        show(tokensOnly: true)
        defer { show(tokensOnly: showedTokens) }
        return try body()
    }
}

extension AuditActs.Plan {
    fileprivate func request(
        _ filters: [(dimension: String, value: String)]
    ) -> QueryRequest {
        QueryRequest(kpis: [kpi], filters: filters, period: period)
    }
}
