import Definitions
public import EventLog
public import EventModel
public import Projections
import Querying
import Rendering

/// What a snapshot is taken of.
public struct SnapshotRequest: Hashable, Sendable {
    /// Of which days.
    public var period: Period
    /// Only this agent's figures.
    public var agent: String?
    /// Only this team's; at most one of them is asked for.
    public var team: String?

    /// A request from its parts.
    public init(period: Period, agent: String? = nil, team: String? = nil) {
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
///     let digest = try builder.build(SnapshotRequest(period: thirdQuarter)).digest
///
/// Nothing is written. The log's first `count` entries and what they define decide every byte.
public struct SnapshotBuilder {
    private let log: LogStore
    private let checkpoint: Checkpoint
    private let register: DefinitionRegister
    private let types: EventTypes
    private let recordedThrough: Instant?
    private let context: any AskedState
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
        context = try StoreState(of: log, asOf: count, options: options)
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
    /// - Throws: `QueryFaults` where a name is wrong, `SnapshotFault`, or what the
    ///   store throws.
    /// - Complexity: O(KPIs × facts of the period).
    public func build(_ request: SnapshotRequest) throws -> Snapshot {
        let filter = try filter(of: request)
        let showedTokens = log.showsTokens
        log.show(tokensOnly: true)
        defer { log.show(tokensOnly: showedTokens) }
        var figures = SnapshotFigures()
        var basis = context.basis
        let (answering, waiting) = try context.kpisThatAnswer()
        for kpi in register.live("kpi").map(\.name) where answering.contains(kpi) {
            for found in try found(kpi, request.period, filter) {
                figures.add(found, kpi: kpi)
                guard let answer = found.answer else { continue }
                let (size, root) = (answer.basis.sequence, answer.basis.root)
                guard size == checkpoint.size, root == checkpoint.root.bytes else {
                    throw SnapshotFault.moved(expected: checkpoint.size, found: size)
                }
                basis = answer.basis.counting(basis.calendars)
            }
        }
        var snapshot = try assemble(figures, basis, request.period, filter)
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
        let context = try StoreState(of: log, asOf: checkpoint.size, options: options)
        let kpis = try context.kpisThatAnswer().answering.filter {
            try context.dimensions(of: $0).contains(dimension)
        }
        guard !kpis.isEmpty else { return (dimension, text) }
        let value = try context.resolved(
            QueryRequest(kpis: kpis, filters: [(dimension, text)], period: request.period)
        ).filters[0].value
        if value.isEmpty { throw nobody }
        guard dimension == "agent" else { return (dimension, value) }
        return (dimension, try log.read { try $0.tokenMarked(of: value) } ?? value)
    }

    /// What a KPI gives in total, then by each dimension that it has; nothing where it does not have the
    /// one that the snapshot is limited to.
    private func found(
        _ kpi: String, _ period: Period, _ filter: (dimension: String, value: String)?
    ) throws -> [SnapshotFound] {
        guard let definition = try context.kpi(kpi) else { return [] }
        let known = try context.dimensions(of: kpi)
        if let filter, !known.contains(filter.dimension) { return [] }
        let splits =
            [[]]
            + FigureComparison.usualDimensions.filter {
                known.contains($0) && $0 != filter?.dimension
            }.map { [$0] }
        let columns = [kpi] + definition.statistics.map { "\(kpi).\($0.name)" }
        var request = QueryRequest(
            kpis: columns, filters: filter.map { [$0] } ?? [], period: period, grain: .month)
        request.areValuesResolved = true
        return try zip(splits, context.answers(request, by: splits)).map { split, answer in
            do {
                return SnapshotFound(dimension: split.first, answer: try answer.get())
            } catch let faults as QueryFaults where faults.areTooLarge {
                // One whose numbers are too large takes no other figure with it.
                request.by = split
                let (answer, isGiven) = try context.exactAnswer(request)
                return SnapshotFound(
                    dimension: split.first, answer: answer,
                    refused: zip(columns, isGiven).filter { !$1 }.map(\.0))
            }
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
        let manifest = SnapshotManifest(
            checkpoint: checkpoint, recordedThrough: recordedThrough, timeZone: basis.timeZone,
            tzdata: basis.tzdata, period: period,
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

/// What one KPI and its statistics give by month: in total, or by a dimension.
struct SnapshotFound {
    /// Nil for the total.
    var dimension: String?
    /// Nil where all columns are refused.
    var answer: Answer?
    /// The columns of which nobody could say the figures exactly.
    var refused: [String] = []
}
