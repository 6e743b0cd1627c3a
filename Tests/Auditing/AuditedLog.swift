import Definitions
import EventLog
import EventModel
import Foundation
import Generating
import Ingest
import Projections
import Querying
import Recording
import Shipped
import Testing
import Vault

/// A small generator of numbers: the same seed, the same numbers.
///
/// Source: SplitMix64 by Sebastiano Vigna.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A store with the whole catalogue in a folder of its own, removed with it.
final class AuditedLog {
    let path: String
    let log: LogStore
    /// What the clock shows; each batch moves it on.
    var now: Instant

    static let types: EventTypes = {
        do {
            return try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        } catch {
            fatalError("the shipped schemas do not compile: \(error)")
        }
    }()

    private static func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.path + "/rekam-auditing-\(UUID().uuidString)"
    }

    /// A new store, as `init` makes it.
    init(now: String = "2025-01-01T00:00:00Z") throws {
        path = Self.temporaryPath()
        self.now = try Instant(rfc3339: now)
        let new = NewStore(
            origin: "test.example/log",
            timeZone: TimeZoneRules(
                name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200]),
            types: Self.types,
            catalogue: Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            }, seed: (0..<32).map { UInt8($0) }, salts: .counting())
        log = try new.create(at: path, now: self.now, threads: 2).store
    }

    /// A store that will hold copies of another's entries: names are shown as tokens in both, since it
    /// has no vault.
    init(copying other: AuditedLog) throws {
        path = Self.temporaryPath()
        now = other.now
        log = try LogStore.create(
            at: path, origin: other.log.origin, types: other.log.types,
            seed: (0..<32).map { UInt8($0) }, salts: .counting())
        log.show(tokensOnly: true)
        other.log.show(tokensOnly: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var entryCount: UInt32 { get throws { try log.read { $0.entryCount } } }

    /// Moves the clock on.
    func wait(milliseconds: Int64) { now = Instant(milliseconds: now.milliseconds + milliseconds) }

    /// Records lines of CloudEvents in one batch.
    func record(_ lines: some Collection<String>) throws {
        let now = now
        let text = lines.map { $0 + "\n" }.joined()
        let outcome = try Import(into: log, clock: { now })
            .run(InputSource(bytes: Array(text.utf8), name: "test.ndjson"))
        #expect(outcome.counts.refused == 0, "\(outcome.refusals)")
    }

    /// Records one event.
    func record(
        _ type: String, _ subject: String, at time: String, id: String,
        _ fields: [EventDraft.Field]
    ) throws {
        try log.appendOwn(
            [
                EventDraft(
                    id: id, source: "test", type: type, subject: subject,
                    time: try Instant(rfc3339: time), fields: fields)
            ], recorded: now)
    }

    /// Takes entries back.
    func void(_ entries: Range<UInt32>, reason: String = "test", by: String? = nil) throws {
        let now = now
        _ = try Withdrawal(reason: reason, person: by).takeBack([entries], in: log) { now }
    }

    /// Registers a changed version, the one after the shipped one, of a definition; a projection is
    /// promoted.
    func revise(_ kind: String, _ name: String, _ change: (String) -> String) throws {
        let documents = Shipped.texts(in: "catalogue").flatMap {
            SourceDocument.split($0.text, file: $0.path)
        }
        let found = documents.first { $0.heading.map { $0.0 == kind && $0.1 == name } ?? false }
        let document = try #require(found)
        let shipped = try #require(
            (1...9).first { document.text.contains("\nversion: \($0)\n") })
        let version = shipped + 1
        let body = change(
            document.text.replacing("\nversion: \(shipped)\n", with: "\nversion: \(version)\n"))
        #expect(body != document.text)
        var drafts = [
            log.registration(kind: kind, name: name, version: version, body: body, at: now)
        ]
        if kind == "projection" {
            drafts.append(
                log.promotion(
                    of: name, version: version, after: try entryCount, reason: "test", at: now))
        }
        try log.appendOwn(drafts, recorded: now)
    }

    /// Registers a definition as it stands.
    func register(_ kind: String, _ name: String, _ body: String) throws {
        try log.appendOwn(
            [log.registration(kind: kind, name: name, version: 1, body: body, at: now)],
            recorded: now)
    }

    /// Records the entries of another log that come next, up to so many, as they stand there.
    func copy(from other: AuditedLog, upTo count: UInt32) throws {
        var batch = EventBatch()
        var validator = EventValidator(log.types)
        var clock: Instant?
        for sequence in try entryCount..<count {
            let recorded = try other.log.read { try $0.recorded(sequence) }
            if let clock, clock != recorded {
                try append(batch, clock)
                batch.removeAll()
            }
            clock = recorded
            try other.log.read { view in
                try view.withEntry(sequence) { entry in
                    let marks = try validator.admit(entry: entry, into: &batch)
                    #expect(marks.position == sequence)
                }
            }
        }
        if let clock { try append(batch, clock) }
    }

    private func append(_ batch: EventBatch, _ clock: Instant) throws {
        var batch = batch
        batch.isLogsOwn = true
        let outcome = try log.append(batch, recorded: clock, isStrict: true)
        #expect(outcome.rejections.isEmpty && outcome.accepted == batch.rows.count)
    }

    /// Brings the projections up to date.
    func catchUp() throws { try LiveProjections(of: log).catchUp() }

    /// Asks it as it is.
    func answer(_ request: QueryRequest) throws -> Answer {
        let projections = try ProjectionStore(log: log)
        return try log.read { view in
            try StoreState(view, of: log, projections: projections).answer(request)
        }
    }
}

/// A year of an invented support team: lines of CloudEvents in the order they come, a share late.
func generatedLines(_ count: Int, seed: UInt64, late: Double = 0.05) throws -> [String] {
    var options = GeneratorOptions()
    options.events = count
    options.agents = 8
    options.longCases = 0
    options.lateShare = late
    var generator = try EventGenerator(seed: seed, options: options)
    var lines: [String] = []
    var chunk: [UInt8] = []
    while generator.nextChunk(into: &chunk) {
        lines += String(decoding: chunk, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    return lines
}
