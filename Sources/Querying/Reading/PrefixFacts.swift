import Definitions
import EventLog
package import EventModel
package import Projections

/// Whether the facts of an earlier state are taken from stored rows.
package enum StoredRows: Hashable, Sendable {
    /// Never: everything is computed from zero.
    case unread
    /// Where the entries between that state and the stored rows touch few cases: what they changed
    /// is taken off the rows. Else everything is computed from zero.
    case whereCheaper
    /// Wherever there are any, however many cases were touched since.
    case always
}

/// The facts of a projection as the log's first entries give them: the stored rows less what the
/// entries since changed, or computed from zero without touching what is stored.
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
    let texts: CellTexts
    var cells: CellLayout { texts.layout }
    private let stored: StoredRows
    private var correction: Correction?
    /// What a scan computed, where it fitted into the memory given.
    private var kept: [CellBlock]?
    private var nameCount: UInt32?

    /// What makes stored rows those of the state asked for.
    private struct Correction {
        /// Where the stored rows stand.
        var position: UInt32
        /// It holds for the days before.
        var end: Day
        /// Whole rows; nil where computing everything from zero is cheaper.
        var rows: [UInt32]?
    }

    /// The facts of one of some projections.
    ///
    /// - Parameters:
    ///   - count: the log's first so many entries.
    ///   - options: rows are kept for a second scan where they take less than half of its memory.
    ///   - stored: whether stored rows are read.
    package init(
        _ source: ProjectionSource, of live: LiveProjections, calendars: CalendarsInForce,
        upTo count: UInt32, options: BuildOptions, stored: StoredRows = .whereCheaper
    ) throws {
        self.stored = stored
        self.source = source
        self.count = count
        self.options = options
        projections = live.store
        context = live.context
        texts = CellTexts(
            try projections.layout(of: source.definition, context: context), of: source.definition)
        layout = FactLayout(
            texts, projection: source.definition.name, version: source.definition.version,
            definition: source.definition, calendars: calendars)
    }

    package func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        if kept == nil, stored != .unread, try scanStored(days, body) { return }
        try scanBlocks { try $0.scan(days: days, words: cells.words, body) }
    }

    /// Reads the stored rows and what makes them those of the state asked for; false where there
    /// are none of this definition, or computing from zero is cheaper.
    private func scanStored(
        _ days: Range<Day>, _ body: (Span<UInt32>) throws -> Void
    ) throws -> Bool {
        // Where another process brings the rows on meanwhile, there is a newer state to start from.
        for _ in 0..<3 {
            guard let status = try projections.log.read({ try status(in: $0) }),
                let rows = try correction(from: status.position, before: days.upperBound)
            else { return false }
            let isStill = try projections.log.read { view in
                guard try self.status(in: view) == status else { return false }
                try projections.scan(status, days: days, in: view, body)
                return true
            }
            guard isStill else { continue }
            if !rows.isEmpty { try body(rows.span) }
            return true
        }
        return false
    }

    /// Where the stored rows of this very definition stand; nil where there are none.
    private func status(in view: borrowing LogView) throws -> ProjectionStatus? {
        let definition = source.definition
        let status = try projections.status(
            definition.name, version: definition.version, in: view)
        guard let status, status.isReadable, status.digest == source.digest,
            status.layout == cells
        else { return nil }
        return status
    }

    /// The rows that lead from where stored rows stand to the state asked for, on the days before
    /// an end; nil where computing everything from zero is cheaper.
    private func correction(from position: UInt32, before end: Day) throws -> [UInt32]? {
        guard position != count else { return [] }
        if let correction, correction.position == position, end <= correction.end {
            return correction.rows
        }
        correction = Correction(
            position: position, end: end, rows: try rows(leadingFrom: position, before: end))
        return correction?.rows
    }

    private func rows(leadingFrom position: UInt32, before end: Day) throws -> [UInt32]? {
        let isLater = position > count
        let entries = isLater ? count..<position : position..<count
        if stored == .whereCheaper,
            try !projections.isFollowingCheaper(entries, context: context, before: end)
        {
            return nil
        }
        do {
            var rows: [UInt32] = []
            let changed = try projections.changes(
                of: [source.definition], context: context, by: entries, before: end,
                options: options)
            for var fact in changed[0] {
                if isLater { fact.multiplicity = -fact.multiplicity }
                rows += fact.row
            }
            return rows
        } catch ProjectionFault.tooManyFacts {
            return nil
        }
    }

    /// A value whose rows were all taken off is none that occurs.
    package func occurringIDs(ofDimension index: Int) throws -> [UInt32] {
        let found = try scannedIDs(ofDimension: index)
        guard kept == nil, let rows = correction?.rows, !rows.isEmpty else { return found }
        let column = 1 + index
        let unsure = Set(stride(from: column, to: rows.count, by: cells.words).map { rows[$0] })
        var sums = RowSums(words: cells.words, by: column)
        try scan(days: Self.allDays) { block in sums.add(block) { unsure.contains($0) } }
        return found.filter { !unsure.contains($0) || sums.isAnything(left: $0) }
    }

    /// A scan that ended early would have to begin anew for the next.
    package func occurs(_ id: UInt32, inDimension index: Int) throws -> Bool {
        try occurringIDs(ofDimension: index).contains(id)
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
            try texts.text(ofDimension: index, id, in: view) ?? ""
        }
    }

    /// The words that stand for a text, whether or not they were known by then.
    func newestIDs(ofDimension index: Int, text: String) throws -> [UInt32] {
        let kinds = source.definition.subjectKinds
        return try projections.log.read { view in
            try cells.dimensions[index].kind.ids(of: text, subjectKinds: kinds, in: view)
        }
    }

    package func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
        let ids = try newestIDs(ofDimension: index, text: text)
        guard !ids.isEmpty else { return [] }
        // What came into the log later was not known then.
        switch cells.dimensions[index].kind {
        case .name:
            let known =
                try nameCount ?? projections.log.read { try $0.nameCount(upTo: count) }
            nameCount = known
            return ids.filter { $0 < known }
        case .subject:
            return try projections.log.read { view in
                try ids.filter { try view.hasCase($0 - 1, upTo: count) }
            }
        case .list, .integer, .day: return ids
        }
    }
}
