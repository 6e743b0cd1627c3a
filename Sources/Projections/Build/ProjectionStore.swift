public import Definitions
public import EventLog
public import EventModel
package import LMDB

/// A projection to build: its checked definition, and the digest of the text it came from.
public struct ProjectionSource: Sendable {
    /// The definition.
    public var definition: ProjectionDefinition
    /// Digest of its body, and of the calendar's where it measures business time: rows built
    /// under another digest are not mixed with it.
    public var digest: String

    /// A source from its parts.
    public init(definition: ProjectionDefinition, digest: String) {
        self.definition = definition
        self.digest = digest
    }
}

/// The projections of a store: their registry, and the rows of each version.
///
///     let projections = try ProjectionStore(log: store)
///     try projections.rebuild(sources, context: context)
///     try projections.promote(name: "first_response", version: 1)
///     try store.read { view in
///         guard let status = try projections.live("first_response", in: view) else { return }
///         try projections.scan(status, days: july, in: view) { rows in … }
///     }
///
/// Reading is safe beside builds and catching up: position and rows change in one transaction.
public final class ProjectionStore: Sendable {
    package let log: LogStore
    /// Registry entries by `name@version`; sorted runs to delete by `drop/` and their name. Nil in
    /// a store opened for reading that has none.
    let table: Table?
    let runTables: RunTables?

    /// Opens the projections of a store, making their tables when it is open for writing.
    public init(log: LogStore) throws {
        self.log = log
        if log.isReadOnly {
            table = try? log.environment.openTable("projections")
            runTables = try? RunTables(in: log.environment)
        } else {
            table = try log.environment.openTable("projections")
            runTables = try RunTables(in: log.environment)
        }
    }

    // MARK: Registry

    /// All versions of all projections, by name and version.
    ///
    /// One that says it holds more entries than there are vouches for no rows: it has no digest.
    public func statuses(in view: borrowing LogView) throws -> [ProjectionStatus] {
        let count = view.entryCount
        return try statuses(in: view.transaction).map { $0.within(count) }
    }

    /// The version of a projection that answers; nil when none does.
    public func live(_ name: String, in view: borrowing LogView) throws -> ProjectionStatus? {
        try statuses(in: view).first { $0.name == name && $0.state == .live }
    }

    /// One version of a projection; nil where there is none.
    public func status(
        _ name: String, version: Int, in view: borrowing LogView
    ) throws -> ProjectionStatus? {
        let count = view.entryCount
        return try status(name, version, in: view.transaction)?.within(count)
    }

    func statuses(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [ProjectionStatus] {
        guard let table else { return [] }
        var statuses: [ProjectionStatus] = []
        var cursor = try transaction.cursor(table)
        while try cursor.move(.next) {
            let status = try cursor.withEntry { key, value in
                key[0] < 2
                    ? nil
                    : try ProjectionStatus(encoded: value.copyBytes(), at: key.copyBytes())
            }
            if let status { statuses.append(status) }
        }
        return statuses.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    func status(
        _ name: String, _ version: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> ProjectionStatus? {
        guard let table else { return nil }
        let key = ProjectionStatus.key(name, version)
        return try transaction.copyValue(table, Key(key)).map {
            try ProjectionStatus(encoded: $0, at: Array(key.utf8))
        }
    }

    /// The fingerprint of a manifest as it stands; 0 where there is none.
    func manifest(
        of runs: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        guard let runTables, !runs.isEmpty else { return 0 }
        return try transaction.withValue(runTables.manifests, Key(runs)) {
            Fingerprint(of: $0).value
        } ?? 0
    }

    /// Nothing is read of a version's rows, and nothing added to them, unless they are those that its
    /// status was written with.
    ///
    /// - Throws: `ProjectionFault.damaged`.
    func requireOwnRows(
        _ status: ProjectionStatus, in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        guard try manifest(of: status.runs, in: transaction) == status.rows else {
            throw ProjectionFault.damaged(
                what: "what is stored of \(status.name)@\(status.version) (its rows are of "
                    + "another state)")
        }
    }

    func save(_ status: ProjectionStatus, in write: borrowing WriteTransaction) throws {
        let key = Key(ProjectionStatus.key(status.name, status.version))
        try write.put(writableTable, key, status.encoded)
    }

    var writableTable: Table {
        get throws {
            guard let table else { throw StoreFault.readOnly(path: log.path) }
            return table
        }
    }

    /// - Parameter basis: for whoever builds them, a fingerprint of what they are built from.
    func runs(_ name: String, _ layout: CellLayout, basis: UInt64 = 0) throws -> SortedRuns {
        guard let runTables else { throw StoreFault.readOnly(path: log.path) }
        return SortedRuns(
            name: name, words: layout.words, policy: .sum, tables: runTables, basis: basis)
    }

    // MARK: Versions

    /// Makes a built version the one that answers; the one before it is retired.
    ///
    /// - Parameter write: the transaction that also records `definition.promoted`.
    /// - Throws: `ProjectionFault.registry` when there is no such version or it is not built.
    package func promote(
        name: String, version: Int, in write: borrowing WriteTransaction
    ) throws {
        guard var status = try status(name, version, in: write) else {
            throw ProjectionFault.registry(reason: "there is no projection \(name)@\(version)")
        }
        guard status.isReadable else {
            throw ProjectionFault.registry(
                reason: "\(name)@\(version) is not built yet: rekam projection backfill "
                    + "\(name)@\(version)")
        }
        for other in try statuses(in: write)
        where other.name == name && other.state == .live && other.position > status.position {
            throw ProjectionFault.registry(
                reason: "\(name)@\(version) holds the log's first \(status.position) entries, the "
                    + "live \(name)@\(other.version) \(other.position): rekam projection backfill "
                    + "\(name)@\(version)")
        }
        for var other in try statuses(in: write)
        where other.name == name && other.state == .live && other.version != version {
            other.state = .retired
            try save(other, in: write)
        }
        status.state = .live
        try save(status, in: write)
    }

    /// Makes a built version the one that answers, in a transaction of its own.
    public func promote(name: String, version: Int) throws {
        try log.write { write, _ in try promote(name: name, version: version, in: write) }
    }

    /// Forgets a version; its rows are deleted by `clean`.
    ///
    /// - Throws: `ProjectionFault.registry` when there is none.
    package func drop(name: String, version: Int, in write: borrowing WriteTransaction) throws {
        guard let status = try status(name, version, in: write) else {
            throw ProjectionFault.registry(reason: "there is no projection \(name)@\(version)")
        }
        if !status.runs.isEmpty { try leave(status.runs, status.layout, in: write) }
        if let build = status.build { try leave(build.runs, build.layout, in: write) }
        try write.delete(writableTable, Key(ProjectionStatus.key(name, version)))
        try write.delete(writableTable, BackfillProgress.key(name, version))
    }

    /// Forgets a version in a transaction of its own; its rows are deleted by `clean`.
    public func drop(name: String, version: Int) throws {
        try log.write { write, _ in try drop(name: name, version: version, in: write) }
    }

    /// Deletes sorted runs, or as much of them as one transaction should, and notes the rest.
    func drop(
        _ runs: String, _ layout: CellLayout, in write: borrowing WriteTransaction
    ) throws {
        if try self.runs(runs, layout).drop(in: write) { try leave(runs, layout, in: write) }
    }

    /// Notes sorted runs for deletion.
    func leave(
        _ runs: String, _ layout: CellLayout, in write: borrowing WriteTransaction
    ) throws {
        var writer = StatusWriter()
        writer.put(layout)
        try write.put(writableTable, ProjectionStore.leftKey(runs), writer.bytes)
    }

    private static func leftKey(_ runs: String) -> Key { Key([0] + Array(runs.utf8)) }

    /// Deletes the rows that builds and dropped versions left behind, in short transactions.
    public func clean() throws {
        guard let table, !log.isReadOnly else { return }
        let left = try log.read { view in
            var left: [(name: String, layout: CellLayout)] = []
            var cursor = try view.transaction.cursor(table)
            var stands = try cursor.seek(Key([0] as [UInt8]))
            while stands {
                let entry = try cursor.withEntry { ($0.copyBytes(), $1.copyBytes()) }
                guard entry.0.first == 0 else { break }
                // A zero byte alone is the counter of names.
                if entry.0.count > 1 {
                    var reader = StatusReader(bytes: entry.1)
                    left.append(
                        (String(decoding: entry.0.dropFirst(), as: UTF8.self), try reader.layout()))
                }
                stands = try cursor.move(.next)
            }
            return left
        }
        for (name, layout) in left {
            let runs = try runs(name, layout)
            var isMore = true
            while isMore {
                isMore = try log.write { write, _ in
                    let isMore = try runs.drop(in: write)
                    if !isMore { try write.delete(table, ProjectionStore.leftKey(name)) }
                    return isMore
                }
            }
        }
    }

    // MARK: Reading

    /// Lends a version's rows of some days, as they lie in the store: many at a time, in no order,
    /// with signed multiplicities that have to be added up. `layout` says how to read them.
    ///
    /// - Complexity: O(rows of the days + runs).
    public func scan(
        _ status: ProjectionStatus, days: Range<Day>, in view: borrowing LogView,
        _ body: (Span<UInt32>) throws -> Void
    ) throws {
        guard status.isReadable, !status.runs.isEmpty, !days.isEmpty else { return }
        try requireOwnRows(status, in: view.transaction)
        try whole(status) {
            try runs(status.runs, status.layout).scanRaw(
                from: [CellLayout.word(of: days.lowerBound)],
                to: [CellLayout.word(of: days.upperBound)],
                in: view.transaction, body)
        }
    }

    /// Says of which version the rows are that are not as they were written.
    private func whole(_ status: ProjectionStatus, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch RunsFault.damaged(_, _, let detail) {
            throw ProjectionFault.damaged(
                what: "what is stored of \(status.name)@\(status.version) (\(detail))")
        }
    }

    /// Lends all rows of a version in the order of their words, equal keys added up.
    package func scanMerged(
        _ status: ProjectionStatus, in view: borrowing LogView,
        _ body: (Span<UInt32>) throws -> Void
    ) throws {
        guard status.isReadable, !status.runs.isEmpty else { return }
        try requireOwnRows(status, in: view.transaction)
        try whole(status) {
            try runs(status.runs, status.layout).scanBlocks(in: view.transaction, body)
        }
    }
}
