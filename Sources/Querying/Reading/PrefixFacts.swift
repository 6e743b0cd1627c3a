import Definitions
import EventLog
package import EventModel
package import Projections

/// The facts of a projection as the log's first entries give them: read where the stored rows stand
/// at exactly that entry, else computed from zero without touching what is stored.
///
/// Unlike `LiveFacts` it holds no transaction open: what it computes may take longer than a reader
/// may stay. Used by one thread.
package final class PrefixFacts: FactSource {
    package let layout: FactLayout
    let source: ProjectionSource
    let projections: ProjectionStore
    let context: BuildContext
    let count: UInt32
    let options: BuildOptions
    let cells: CellLayout
    private let readsStored: Bool
    /// What a scan computed, where it fitted into the memory given.
    private var kept: [CellBlock]?
    private var nameCount: UInt32?

    /// The facts of one of some projections.
    ///
    /// - Parameters:
    ///   - count: the log's first so many entries.
    ///   - options: rows are kept for a second scan where they take less than half of its memory.
    package init(
        _ source: ProjectionSource, of live: LiveProjections, calendars: CalendarsInForce,
        upTo count: UInt32, options: BuildOptions, readsStored: Bool = true
    ) throws {
        self.readsStored = readsStored
        self.source = source
        self.count = count
        self.options = options
        projections = live.store
        context = live.context
        cells = try projections.layout(of: source.definition, context: context)
        layout = FactLayout(
            cells, projection: source.definition.name, version: source.definition.version,
            definition: source.definition, calendars: calendars)
    }

    package func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        if kept == nil, readsStored, try scanStored(days, body) { return }
        try scanBlocks { try $0.scan(days: days, words: cells.words, body) }
    }

    /// Reads the stored rows; false where they stand elsewhere or come from another definition.
    private func scanStored(
        _ days: Range<Day>, _ body: (Span<UInt32>) throws -> Void
    ) throws -> Bool {
        let definition = source.definition
        return try projections.log.read { view in
            guard
                let status = try projections.status(
                    definition.name, version: definition.version, in: view),
                status.isReadable, status.position == count, status.digest == source.digest,
                status.layout == cells
            else { return false }
            try projections.scan(status, days: days, in: view, body)
            return true
        }
    }

    private func scanBlocks(_ body: (CellBlock) throws -> Void) throws {
        if let kept {
            for block in kept { try body(block) }
            return
        }
        var blocks: [CellBlock]? = []
        var words = 0
        try projections.replay(
            source.definition, context: context, upTo: count, options: options
        ) { block in
            words += block.rows.count
            blocks?.append(block)
            guard words * 4 > options.memoryBudgetBytes / 2 else { return }
            // Too many to keep: each is used as it comes, and computed again when asked again.
            for early in blocks ?? [block] { try body(early) }
            blocks = nil
        }
        guard let blocks else { return }
        kept = blocks
        for block in blocks { try body(block) }
    }

    package func text(ofDimension index: Int, id: UInt32) throws -> String {
        try projections.log.read { view in
            try cells.text(ofDimension: index, id, in: view) ?? ""
        }
    }

    /// The value that has a text, whether or not it was known by then.
    func newestID(ofDimension index: Int, text: String) throws -> UInt32? {
        let kinds = source.definition.subjectKinds
        return try projections.log.read { view in
            try cells.dimensions[index].kind.id(of: text, subjectKinds: kinds, in: view)
        }
    }

    package func id(ofDimension index: Int, text: String) throws -> UInt32? {
        let kinds = source.definition.subjectKinds
        return try projections.log.read { view in
            guard
                let id = try cells.dimensions[index].kind.id(
                    of: text, subjectKinds: kinds, in: view)
            else { return nil }
            // What came into the log later was not known then.
            switch cells.dimensions[index].kind {
            case .name:
                let known = try nameCount ?? view.nameCount(upTo: count)
                nameCount = known
                return id < known ? id : nil
            case .subject: return try view.hasCase(id - 1, upTo: count) ? id : nil
            case .list, .integer, .day: return id
            }
        }
    }
}
