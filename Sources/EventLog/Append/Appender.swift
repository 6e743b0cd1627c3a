import Compression
import EventModel
import LMDB
import Synchronization
import Vault

/// Makes entries of events: everything that `LogStore.append` does inside its transaction.
///
/// Its caches and buffers live as long as the store. Only who holds the write transaction may call
/// it, so one thread at a time.
@safe final class Appender: @unchecked Sendable {
    // Sendable because the store's writer lock keeps all but one thread out.
    let tables: LogTables
    private let storeTypes: StoreTypes
    /// The log's origin, the source of its own events.
    let origin: String
    let originBytes: [UInt8]
    /// The types as the transaction at hand sees them, and their columns.
    private(set) var types: EventTypes
    private(set) var layout: TypeLayout
    let crew: Crew

    /// The log as the caches know it; nil when they may not be trusted.
    private var known: LogState?
    let nameCache: TextCache
    let caseCache: TextCache
    let sealing: Sealing
    let sorter = RadixSort()
    /// The batch's rows by the fingerprint of their idempotency key.
    let identities = RadixSort()
    let pendingNames = PendingTexts()
    let pendingCases = PendingTexts()
    let space = BundleSpace()
    let workers: [BundleWorker]

    /// By row: its case's id. By pair of slots: the name's id, for name columns.
    let caseIDs = Buffer<UInt32>()
    let nameIDs = Buffer<UInt32>()
    /// Rows that become entries, in order; by row: its sequence, or `UInt32.max`.
    let accepted = Buffer<UInt32>()
    let sequences = Buffer<UInt32>()
    /// By accepted row: sequence of the case's previous entry.
    let previous = Buffer<UInt32>()
    /// What a look at every row found, by chunk of rows and of the whole batch.
    var chunkFinds: [RowFinds] = []
    let finds = RowFinds()
    /// By accepted row: whose order it has; empty where no row has one.
    let orderSources = Buffer<UInt32>()
    /// By pair of slots: the personal text that stands there and one more; 0 for none.
    let personalOfPair = Buffer<UInt32>()
    /// Subjects of persons with tokens for their names, while they are looked up.
    let sealedSubjects = Buffer<UInt8>()

    /// The memory that the caches of names and of cases may take, each.
    static let cacheBytes = 32 << 20

    init(
        tables: LogTables, types: StoreTypes, origin: String, vault: PersonalVault, salts: Salts,
        threads: Int
    ) throws {
        sealing = Sealing(vault: vault, salts: salts)
        self.tables = tables
        self.origin = origin
        originBytes = Array(origin.utf8)
        storeTypes = types
        self.types = types.base
        layout = TypeLayout(types.base)
        crew = Crew(threads: threads)
        workers = try (0..<crew.threads).map { _ in try BundleWorker() }
        nameCache = TextCache(limitBytes: Appender.cacheBytes)
        caseCache = TextCache(limitBytes: Appender.cacheBytes)
    }

    /// Appends a batch within a transaction; `settled` must follow once that is committed.
    func append(
        _ batch: EventBatch, recorded clock: Instant, isStrict: Bool,
        in transaction: borrowing WriteTransaction
    ) throws -> (outcome: AppendOutcome, state: LogState) {
        var old = try tables.state(in: transaction)
        if known != old || sealing.isOutdated { forget() }
        let state = try storeTypes.state(of: old, in: transaction)
        types = state.types
        layout = state.layout
        while old.typeCounts.count < layout.typeCount { old.typeCounts.append(0) }
        let batch =
            batch.columnCounts == layout.slotColumns ? batch : batch.widened(to: state.types)
        // Whatever fails from here on leaves the caches with ids that were never committed.
        known = nil
        guard UInt64(old.entryCount) + UInt64(batch.rows.count) < UInt64(UInt32.max) else {
            throw StoreFault.full(path: tables.path)
        }
        return try unsafe batch.bytes.withUnsafeBufferPointer { bytes in
            try unsafe batch.rows.withUnsafeBufferPointer { rows in
                try unsafe batch.slots.withUnsafeBufferPointer { slots in
                    try unsafe batch.personal.withUnsafeBufferPointer { personal in
                        try unsafe batch.content.withUnsafeBufferPointer { content in
                            let input = unsafe AppendInput(
                                bytes: bytes, rows: rows, slots: slots, personal: personal,
                                content: content, isSealed: batch.isSealed,
                                recorded: max(clock, old.lastRecorded), base: old.entryCount)
                            var outcome = AppendOutcome()
                            outcome.clockRanBehind = clock < old.lastRecorded
                            let state = try append(
                                input, batch, old, isStrict: isStrict, &outcome, in: transaction)
                            return (outcome, state)
                        }
                    }
                }
            }
        }
    }

    /// Waits until the persons' texts of the batch are in the vault: what comes right before the log
    /// commits.
    func commitVault() throws { try sealing.commit() }

    /// Says that the transaction was committed, so that the caches hold for this state.
    func settled(_ state: LogState) { known = state }

    private func forget() {
        nameCache.clear()
        caseCache.clear()
        sealing.forget()
    }

    private func append(
        _ input: AppendInput, _ batch: EventBatch, _ old: LogState, isStrict: Bool,
        _ outcome: inout AppendOutcome, in transaction: borrowing WriteTransaction
    ) throws -> LogState {
        sealing.begin(input)
        let forming = EntryForming(input, batch.provenance, sealing: sealing)
        let admission = try admit(input, batch, forming, old, isStrict: isStrict, in: transaction)
        outcome.duplicates = admission.duplicates
        outcome.rejections = admission.rejections
        outcome.elsewhere = admission.elsewhere
        outcome.clockRanBehind = outcome.clockRanBehind && accepted.count > 0
        guard accepted.count > 0, !isStrict || admission.rejections.isEmpty else {
            if isStrict, !admission.rejections.isEmpty {
                outcome.duplicates = 0
                outcome.elsewhere = []
            }
            return old
        }
        var state = old
        try sealing.sealTexts(input, finds.personal, sequences: sequences)
        try sealing.saltAnswers(
            input, accepted: accepted, mayAnswer: layout.mayAnswer, given: batch.salts)
        if let stand = try sealing.beginCommit() { state.vault = stand }
        do {
            try write(input, forming, admission, old, &state, in: transaction)
        } catch {
            sealing.wait()
            throw error
        }
        outcome.accepted = accepted.count
        if accepted.count < input.rowCount {
            outcome.acceptedRows = Set((0..<accepted.count).lazy.map { Int(self.accepted[$0]) })
        }
        outcome.sequences = old.entryCount..<state.entryCount
        return state
    }

    /// Writes what the admitted rows come to, all but what the vault keeps.
    private func write(
        _ input: AppendInput, _ forming: EntryForming, _ admission: Admission,
        _ old: LogState, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        let job = try prepareBundles(input, forming, old, in: transaction)
        try crew.run(
            { [workers] number in if job.count > 1 { job.work(workers[number], number: number) } },
            while: {
                try resolveTexts(input, &state, in: transaction)
                try chain(input, old, &state, in: transaction)
                try numberSources(input, in: transaction)
                try addIdentities(input, in: transaction)
                job.work(workers[0], number: 0)
            })
        state.entryBytes += UInt64(try job.finish())
        try store(job, &state, in: transaction)
        try growTree(job, &state, in: transaction)
        var grown = state
        grown.entryCount += UInt32(accepted.count)
        let tree = HeldTree(tables, grown)
        try writeSegments(input, old, tree, admission.voids, in: transaction)
        try recordVoids(admission.voids, &state, in: transaction)
        try recordDefinitions(input, &state, in: transaction)
        count(input, &state)
        state.keyMarks = try tables.keyMarks(in: transaction)
        try tables.markTexts(old, &state, in: transaction)
        try transaction.put(tables.registry, Key(StoreFormat.stateKey), state.encoded)
    }

    /// Brings the registry's counts up to date.
    private func count(_ input: AppendInput, _ state: inout LogState) {
        state.entryCount += UInt32(accepted.count)
        state.lastRecorded = input.recorded
        for place in 0..<accepted.count {
            let row = input.row(Int(accepted[place]))
            state.typeCounts[Int(row.type)] += 1
            if row.time < state.earliestTime { state.earliestTime = row.time }
            if row.time > state.latestTime { state.latestTime = row.time }
        }
    }
}

/// A batch in raw memory, for as long as it is being appended.
@safe struct AppendInput: @unchecked Sendable {
    // Sendable because nobody changes the batch meanwhile.
    let bytes: UnsafeBufferPointer<UInt8>
    let rows: UnsafeBufferPointer<EventRow>
    let slots: UnsafeBufferPointer<UInt64>
    private let personal: UnsafeBufferPointer<PersonalText>
    private let content: UnsafeBufferPointer<TextRange>
    /// Whether tokens stand in the place of personal texts already.
    let isSealed: Bool
    /// Recording time of all its entries.
    let recorded: Instant
    /// Sequence of its first entry.
    let base: UInt32

    @unsafe init(
        bytes: UnsafeBufferPointer<UInt8>, rows: UnsafeBufferPointer<EventRow>,
        slots: UnsafeBufferPointer<UInt64>, personal: UnsafeBufferPointer<PersonalText>,
        content: UnsafeBufferPointer<TextRange>, isSealed: Bool, recorded: Instant, base: UInt32
    ) {
        unsafe self.bytes = bytes
        unsafe self.rows = rows
        unsafe self.slots = slots
        unsafe self.personal = personal
        unsafe self.content = content
        self.isSealed = isSealed
        self.recorded = recorded
        self.base = base
    }

    /// Events.
    @inline(__always)
    var rowCount: Int { unsafe rows.count }

    /// One event.
    @inline(__always)
    func row(_ place: Int) -> EventRow {
        precondition(place >= 0 && place < rowCount, "row outside the batch")
        return unsafe rows[place]
    }

    /// One event, where it lies.
    @inline(__always)
    @unsafe func rowStart(_ place: Int) -> UnsafePointer<EventRow> {
        precondition(place >= 0 && place < rowCount, "row outside the batch")
        return unsafe rows.baseAddress! + place
    }

    /// Whether two events of the batch have one subject.
    @inline(__always)
    @unsafe func hasSameSubject(_ a: UnsafePointer<EventRow>, _ b: UnsafePointer<EventRow>) -> Bool
    {
        let (first, second) = unsafe (a.pointee.subject, b.pointee.subject)
        return unsafe a.pointee.subjectFingerprint == b.pointee.subjectFingerprint
            && first.length == second.length
            && areEqual(
                text(Int(first.offset), Int(first.length)),
                text(Int(second.offset), Int(second.length)), Int(first.length))
    }

    /// Personal texts of all events.
    @inline(__always)
    var personalCount: Int { unsafe personal.count }

    /// One personal text.
    @inline(__always)
    func personal(_ place: Int) -> PersonalText {
        precondition(place >= 0 && place < personalCount, "personal text outside the batch")
        return unsafe personal[place]
    }

    /// A piece of what makes an event the same.
    @inline(__always)
    func content(_ place: Int) -> TextRange {
        precondition(place >= 0 && place < (unsafe content.count), "content outside the batch")
        return unsafe content[place]
    }

    /// Lends two texts of the batch.
    @unsafe func withSpans(
        _ first: TextRange, _ second: TextRange, _ body: (Span<UInt8>, Span<UInt8>) -> Void
    ) {
        unsafe body(
            Span(
                _unsafeStart: text(Int(first.offset), Int(first.length)),
                count: Int(first.length)),
            Span(
                _unsafeStart: text(Int(second.offset), Int(second.length)),
                count: Int(second.length)))
    }

    /// A copy of a text of the batch.
    func copy(_ range: TextRange) -> [UInt8] {
        unsafe Array(
            UnsafeBufferPointer(
                start: text(Int(range.offset), Int(range.length)), count: Int(range.length)))
    }

    /// Where a text of the batch begins.
    @inline(__always)
    @unsafe func text(_ offset: Int, _ count: Int) -> UnsafePointer<UInt8> {
        unsafe precondition(
            offset >= 0 && offset + count <= bytes.count, "a text outside the batch")
        return unsafe bytes.baseAddress! + offset
    }
}
