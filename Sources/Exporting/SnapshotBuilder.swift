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
    /// What the figures would be computed from is not what the entries say.
    case altered(String)
    /// Whose figures are asked for is no name.
    case nobody(dimension: String, typed: String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .moved(let expected, let found):
            "the figures are those of the log's first \(found) entries, not of \(expected): "
                + "projections are behind, or somebody records meanwhile. Bring them up to date "
                + "(rekam projection rebuild --all) and try again."
        case .tooShort(let count): "the log has fewer than \(count) entries."
        case .altered(let difference):
            "the store does not hold: \(difference). Nothing is signed or closed from it. Keep it as "
                + "it is, and restore a backup beside it."
        case .nobody(let dimension, let typed):
            "--\(dimension) '\(typed.printable)' names nobody: a snapshot is of one \(dimension), or of "
                + "all without --\(dimension)."
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
    static let dimensions = QueryContext.usualDimensions

    private let log: LogStore
    private let checkpoint: Checkpoint
    private let register: DefinitionRegister
    private let types: EventTypes
    private let recordedThrough: Instant?
    private let context: QueryContext
    private let options: BuildOptions

    /// A builder over the log's first `count` entries, with the definitions in force by then.
    ///
    /// To be made and used outside `LogStore.read`. What is signed rests on entries alone: before
    /// anything is read, the log's tables and the stored rows of all projections are held against what
    /// the entries give.
    ///
    /// - Parameter isOwn: whether this very process made the store from entries that it hashed.
    /// - Throws: `SnapshotFault.tooShort`, `.altered`, or what the store throws.
    /// - Complexity: O(entries) to hold them against, as verification takes.
    public init(
        _ log: LogStore, asOf count: UInt32, options: BuildOptions = BuildOptions(),
        isOwn: Bool = false
    ) throws {
        self.log = log
        self.options = options
        if !isOwn { try SnapshotBuilder.requireWhole(log, options) }
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

    private static func requireWhole(_ log: LogStore, _ options: BuildOptions) throws {
        if let difference = try log.verifyEntries(threads: options.threads) {
            throw SnapshotFault.altered(difference.description)
        }
        if let difference = try ProjectionVerification(of: log, options: options).run().difference {
            throw SnapshotFault.altered(difference)
        }
    }

    /// Builds a snapshot.
    ///
    /// - Throws: `QueryFaults` where the period or a name is wrong, `SnapshotFault`, or what the
    ///   store throws.
    /// - Complexity: O(KPIs × facts of the period).
    public func build(_ typed: SnapshotRequest) throws -> Snapshot {
        let filter = try filter(of: typed)
        let showedTokens = log.showsTokens
        log.show(tokensOnly: true)
        defer { log.show(tokensOnly: showedTokens) }
        var figures = SnapshotFigures()
        var basis: AnswerBasis?
        var period: Period?
        let (answering, waiting) = try context.kpisThatAnswer()
        for kpi in register.live("kpi").map(\.name) where answering.contains(kpi) {
            let ask = SnapshotQuestion(kpi, period: typed.period, filter, context)
            for dimension in [nil] + SnapshotBuilder.dimensions.map(Optional.some) {
                guard let found = try ask.answer(by: dimension) else { continue }
                figures.add(found, kpi: kpi, by: dimension)
                guard let answer = found.answer else { continue }
                try requireBasis(answer.basis)
                basis = answer.basis.counting(basis?.calendars ?? [])
                period = answer.period
            }
        }
        // A store without KPIs, or none that has figures: the period is read all the same.
        if basis == nil {
            basis = context.basis
            period = try Period(typed.period, today: context.basis.today)
        }
        guard let basis, let period else { preconditionFailure("the question was asked") }
        var snapshot = try assemble(figures, basis, period, filter)
        snapshot.waiting = waiting
        snapshot.names = try log.names(
            inTokensOf: figures.csv + (snapshot.manifest.agent ?? ""))
        return snapshot
    }

    /// The one agent or team that is asked for, looked up once for all KPIs while people still have
    /// their names. What stands in signed files is an agent's token.
    private func filter(
        of request: SnapshotRequest
    ) throws -> (dimension: String, value: String)? {
        let asked = request.agent.map { ("agent", $0) } ?? request.team.map { ("team", $0) }
        guard let (dimension, text) = asked else { return nil }
        let nobody = SnapshotFault.nobody(dimension: dimension, typed: text)
        if NormalText.form(of: text).isEmpty { throw nobody }
        let showedTokens = log.showsTokens
        log.show(tokensOnly: false)
        defer { log.show(tokensOnly: showedTokens) }
        let context = try QueryContext(of: log, asOf: checkpoint.size, options: options)
        let kpis = try context.kpisThatAnswer().answering.filter {
            try context.dimensions(of: $0, period: request.period).contains(dimension)
        }
        guard !kpis.isEmpty else { return (dimension, text) }
        let value = try context.resolved(
            QueryRequest(kpis: kpis, filters: [(dimension, text)], period: request.period)
        ).filters[0].value
        if value.isEmpty { throw nobody }
        guard dimension == "agent" else { return (dimension, value) }
        return (dimension, try log.read { try $0.tokenMarked(of: value) } ?? value)
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
        // Of what is refused, too: whoever reads it can see why.
        let definitions = try SnapshotDefinitions(register, types: types).behind(figures.asked)
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
            kpiCount: figures.kpis.count, refused: figures.refused,
            definitions: definitions.map {
                .init(kind: $0.kind, name: $0.name, version: $0.version, path: $0.path)
            },
            files: files.map { .init($0.path, $0.bytes) })
        files.insert((SnapshotManifest.path, Array(manifest.json.utf8)), at: 0)
        return Snapshot(manifest: manifest, files: files)
    }
}

/// The questions asked of one KPI.
struct SnapshotQuestion {
    /// What is found: figures, and the columns of which nobody could say them exactly.
    struct Found {
        /// Nil where all columns are refused.
        var answer: Answer?
        var refused: [String] = []
    }

    private let kpi: String
    private let period: String
    private let filter: (dimension: String, value: String)?
    private let context: QueryContext

    init(
        _ kpi: String, period: String, _ filter: (dimension: String, value: String)?,
        _ context: QueryContext
    ) {
        self.kpi = kpi
        self.period = period
        self.filter = filter
        self.context = context
    }

    /// The KPI and its statistics by month, split by a dimension; nil where it does not have it, or
    /// not the one that the snapshot is limited to.
    func answer(by dimension: String?) throws -> Found? {
        guard let definition = try context.kpi(kpi) else { return nil }
        let known = try context.dimensions(of: kpi, period: period)
        if let filter, !known.contains(filter.dimension) { return nil }
        if let dimension {
            guard known.contains(dimension), filter?.dimension != dimension else { return nil }
        }
        let columns = [kpi] + definition.statistics.map { "\(kpi).\($0.name)" }
        var request = QueryRequest(
            kpis: columns, by: dimension.map { [$0] } ?? [], filters: filter.map { [$0] } ?? [],
            period: period, grain: Grain.month.rawValue)
        request.areValuesResolved = true
        if let answer = try answered(request) { return Found(answer: answer) }
        // One whose numbers are too large takes no other figure with it.
        var one = request
        let given = try columns.filter {
            one.kpis = [$0]
            return try answered(one) != nil
        }
        request.kpis = given
        return Found(
            answer: given.isEmpty ? nil : try context.answer(request),
            refused: columns.filter { !given.contains($0) })
    }

    /// An answer; nil where its numbers are too large to add up exactly.
    private func answered(_ request: QueryRequest) throws -> Answer? {
        do { return try context.answer(request) } catch let faults as QueryFaults
            where faults.areTooLarge
        { return nil }
    }
}
