import Definitions
public import EventLog
import EventModel
public import Projections
import Querying
import Rendering

/// What a snapshot is taken of.
public struct SnapshotRequest: Hashable, Sendable {
    /// The period, as typed.
    public var period: String
    /// Only this agent's figures.
    public var agent: String?
    /// Only this team's; at most one of them is asked for.
    public var team: String?

    /// A request from its parts.
    public init(period: String, agent: String? = nil, team: String? = nil) {
        self.period = period
        self.agent = agent
        self.team = team
    }
}

/// A snapshot in memory: its files, without what it is signed with and without entries.
public struct Snapshot: Sendable {
    /// What the figures rest on.
    public var manifest: SnapshotManifest
    /// Every file with its bytes, the manifest first, then by path.
    public var files: [(path: String, bytes: [UInt8])]
    /// KPIs that are not in it, as they have no projection that answers.
    public var waiting: [String] = []
    /// What people call those whose tokens the figures have, as far as the vault explains them: beside
    /// the signed files, never among them.
    public var names: [String: String] = [:]
    /// What names it: the SHA-256 of its manifest.
    public var digest: String { manifest.digest }

    package init(manifest: SnapshotManifest, files: [(path: String, bytes: [UInt8])]) {
        self.manifest = manifest
        self.files = files
    }
}

/// Why there is no snapshot; reads well after `Error: `.
public enum SnapshotFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something was recorded, or a projection brought on, while the figures were read.
    case moved(expected: UInt32, found: UInt32)
    /// The log has no such prefix.
    case tooShort(count: UInt32)
    /// A name that was cut short means one in some KPIs, and another one in others.
    case ambiguous(String, String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .moved(let expected, let found):
            "the figures are those of the log's first \(found) entries, not of \(expected): "
                + "projections are behind, or somebody records meanwhile. Bring them up to date "
                + "(rekam projection rebuild --all) and try again."
        case .tooShort(let count): "the log has fewer than \(count) entries."
        case .ambiguous(let one, let other):
            "the name could be \(one.printable) or \(other.printable). Type more of it."
        }
    }
}

/// Builds snapshots: each KPI by month, in total, by agent, by team and by channel, with the
/// definitions behind it.
///
///     let builder = try SnapshotBuilder(log, asOf: count)
///     let digest = try builder.build(SnapshotRequest(period: "2025-Q3")).digest
///
/// Nothing is written. The log's first `count` entries and what they define decide every byte.
public struct SnapshotBuilder {
    /// By what the figures are split, besides the total.
    static let dimensions = ["agent", "team", "channel"]

    private let log: LogStore
    private let checkpoint: Checkpoint
    private let register: DefinitionRegister
    private let types: EventTypes
    private let recordedThrough: Instant?
    private let context: QueryContext

    /// A builder over the log's first `count` entries, with the definitions in force by then.
    ///
    /// To be made and used outside `LogStore.read`. Projections whose stored rows stand elsewhere
    /// are computed from zero.
    ///
    /// - Throws: `SnapshotFault.tooShort`, or what the store throws.
    public init(
        _ log: LogStore, asOf count: UInt32, options: BuildOptions = BuildOptions()
    ) throws {
        self.log = log
        // What is signed shows persons as tokens, which an erasure leaves as they are.
        let showedTokens = log.showsTokens
        log.show(tokensOnly: true)
        defer { log.show(tokensOnly: showedTokens) }
        (checkpoint, register, recordedThrough) = try log.read { view in
            guard count <= view.entryCount else { throw SnapshotFault.tooShort(count: count) }
            var last: Instant?
            if count > 0 {
                let segment = try view.segment(containing: count - 1)
                last = Instant(milliseconds: segment.recorded[Int(count - 1 - segment.first)])
            }
            return (try view.checkpoint(size: count), try view.definitions(upTo: count), last)
        }
        types = log.types(in: register)
        context = try QueryContext(of: log, asOf: count, options: options)
    }

    /// Builds a snapshot.
    ///
    /// - Throws: `QueryFaults` where the period or a name is wrong, `SnapshotFault`, or what the
    ///   store throws.
    /// - Complexity: O(KPIs × facts of the period).
    public func build(_ typed: SnapshotRequest) throws -> Snapshot {
        let showedTokens = log.showsTokens
        log.show(tokensOnly: true)
        defer { log.show(tokensOnly: showedTokens) }
        var request = typed
        // What is asked for stands in signed files: by the token, not by the name.
        if let agent = request.agent, let token = try log.read({ try $0.tokenMarked(of: agent) }) {
            request.agent = token
        }
        var figures = SnapshotFigures()
        var basis: AnswerBasis?
        var period: Period?
        var filter: (dimension: String, value: String)?
        var unknown: QueryFaults?
        let (answering, waiting) = try context.kpisThatAnswer()
        for kpi in register.live("kpi").map(\.name) where answering.contains(kpi) {
            let ask = SnapshotQuestion(kpi, request, context)
            guard let base = try first(ask, unknown: &unknown) else { continue }
            try requireBasis(base.basis)
            basis = base.basis.counting(basis?.calendars ?? [])
            period = base.period
            if let (dimension, values) = base.filters.first, values.count == 1 {
                if let filter, filter.value != values[0] {
                    throw SnapshotFault.ambiguous(filter.value, values[0])
                }
                filter = (dimension, values[0])
            }
            figures.add(base, kpi: kpi, by: nil)
            for dimension in SnapshotBuilder.dimensions {
                guard let answer = try ask.answer(by: dimension) else { continue }
                figures.add(answer, kpi: kpi, by: dimension)
            }
        }
        if basis == nil, let unknown { throw unknown.naming(typed.agent) }
        // A store without KPIs, or none that fits: the period is read all the same.
        if basis == nil {
            basis = context.basis
            period = try Period(request.period, today: context.basis.today)
        }
        guard let basis, let period else { preconditionFailure("the question was asked") }
        var snapshot = try assemble(figures, basis, period, filter)
        snapshot.waiting = waiting
        snapshot.names = try log.names(
            inTokensOf: figures.csv + (snapshot.manifest.agent ?? ""))
        return snapshot
    }

    /// A KPI's totals; nil where it has no facts of the one agent or team that is asked for.
    private func first(
        _ ask: SnapshotQuestion, unknown: inout QueryFaults?
    ) throws -> Answer? {
        do {
            return try ask.answer(by: nil)
        } catch let faults as QueryFaults {
            guard case .unknownValue? = faults.faults.first, faults.faults.count == 1 else {
                throw faults
            }
            unknown = unknown ?? faults
            return nil
        }
    }

    private func requireBasis(_ basis: AnswerBasis) throws {
        guard basis.sequence == checkpoint.size, basis.root == checkpoint.root.bytes else {
            throw SnapshotFault.moved(expected: checkpoint.size, found: basis.sequence)
        }
    }

    private func assemble(
        _ figures: SnapshotFigures, _ basis: AnswerBasis, _ period: Period,
        _ filter: (dimension: String, value: String)?
    ) throws -> Snapshot {
        let definitions = try SnapshotDefinitions(register, types: types).behind(figures.kpis)
        var files = definitions.map { (path: $0.path, bytes: Array($0.body.utf8)) }
        let versions = definitions.filter { $0.kind != "time_zone" }
        let json = figures.json(basis, period: period, definitions: versions)
        files.append((path: "kpis.csv", bytes: Array(figures.csv.utf8)))
        files.append((path: "kpis.json", bytes: Array(json.utf8)))
        files.sort { $0.path < $1.path }
        let days = period.days
        let manifest = SnapshotManifest(
            checkpoint: checkpoint, recordedThrough: recordedThrough, timeZone: basis.timeZone,
            tzdata: basis.tzdata, period: period.description,
            firstDay: days.lowerBound.description,
            lastDay: days.upperBound.advanced(by: -1).description,
            agent: filter?.dimension == "agent" ? filter?.value : nil,
            team: filter?.dimension == "team" ? filter?.value : nil,
            kpiCount: figures.kpis.count,
            definitions: definitions.map {
                .init(kind: $0.kind, name: $0.name, version: $0.version, path: $0.path)
            },
            files: files.map { .init($0.path, $0.bytes) })
        files.insert((SnapshotManifest.path, Array(manifest.json.utf8)), at: 0)
        return Snapshot(manifest: manifest, files: files)
    }
}

extension QueryFaults {
    /// The same faults, which speak of an agent as was typed.
    fileprivate func naming(_ agent: String?) -> QueryFaults {
        QueryFaults(
            faults.map { fault in
                guard case .unknownValue("agent", _, let near) = fault, let agent else {
                    return fault
                }
                return .unknownValue(dimension: "agent", value: agent, nearest: near)
            })
    }
}

/// The questions asked of one KPI.
private struct SnapshotQuestion {
    private let kpi: String
    private let request: SnapshotRequest
    private let context: QueryContext

    init(_ kpi: String, _ request: SnapshotRequest, _ context: QueryContext) {
        self.kpi = kpi
        self.request = request
        self.context = context
    }

    /// The KPI and its statistics by month, split by a dimension; nil where it does not have it, or
    /// not the one that the snapshot is limited to.
    func answer(by dimension: String?) throws -> Answer? {
        guard let definition = try context.kpi(kpi) else { return nil }
        let known = try context.dimensions(of: kpi, period: request.period)
        let filters = [("agent", request.agent), ("team", request.team)].compactMap { name, value in
            value.map { (dimension: name, value: $0) }
        }
        guard filters.allSatisfy({ known.contains($0.dimension) }) else { return nil }
        if let dimension {
            guard known.contains(dimension), !filters.contains(where: { $0.0 == dimension }) else {
                return nil
            }
        }
        let columns = [kpi] + definition.statistics.map { "\(kpi).\($0.name)" }
        return try context.answer(
            QueryRequest(
                kpis: columns, by: dimension.map { [$0] } ?? [], filters: filters,
                period: request.period, grain: Grain.month.rawValue))
    }
}
