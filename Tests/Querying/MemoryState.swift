import Definitions
import EventModel

@testable import Querying

/// A state of things at hand.
struct MemoryState: AskedState {
    var kpis: [KPIDefinition]
    var sources: [any FactSource]
    var basis: AnswerBasis
    /// By the dimension that names the cases.
    var profiles: [String: any CaseProfiles] = [:]
    /// By the name of a case.
    var kinds: [String: [String]] = [:]

    /// When it is; else the middle of the basis's day.
    var now: Instant?

    init(kpis: [KPIDefinition], sources: [any FactSource], basis: AnswerBasis) {
        self.kpis = kpis
        self.sources = sources
        self.basis = basis
    }

    /// By UTC.
    var settling: Settling {
        let noon = (Int64(basis.today.number) * 24 + 12) * 3_600_000
        return Settling(now: now ?? Instant(milliseconds: noon), zone: .utc)
    }
    var books: (any Books)? { nil }
    var kpiNames: [String] { kpis.map(\.name) }
    var projectionNames: [String] { sources.map(\.layout.projection) }
    var scorecardNames: [String] { [] }

    func kpi(_ name: String) -> KPIDefinition? { kpis.first { $0.name == name } }
    func source(_ projection: String) -> (any FactSource)? {
        sources.first { $0.layout.projection == projection }
    }
    func scorecard(_ name: String) -> ScorecardDefinition? { nil }
    func scorecards(about figures: [String]) -> [ScorecardDefinition] { [] }
    func profiles(_ dimension: String) -> (any CaseProfiles)? { profiles[dimension] }
    func kinds(named text: String) -> [String] { kinds[text] ?? [] }
    func tokenMarked(of text: String) -> String? { nil }
    func basis(ofFirst count: UInt32) -> AnswerBasis { basis }
    func complete(_ basis: inout AnswerBasis, by used: [(name: String, version: Int)]) {}
}
