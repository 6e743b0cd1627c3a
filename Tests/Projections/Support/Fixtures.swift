import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Shipped
import Testing
import Vault

/// A folder for one test, removed with it.
final class StoreFolder {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory.path + "/rekam-projections-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The shipped event types.
let shippedTypes: EventTypes = {
    do {
        return try EventTypes.shipped(texts: Shipped.texts(in: "events"))
    } catch {
        fatalError("the shipped schemas do not compile: \(error)")
    }
}()

/// A small generator of numbers: the same seed, the same numbers.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

    // Source: SplitMix64 by Sebastiano Vigna.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}

/// A zone with a jump forward and one back, in the middle of the random logs' time.
let jumpyZone = TimeZoneRules(
    name: "Test/Jumpy", release: "test",
    transitions: [
        Instant(milliseconds: testStart + 20 * 3_600_000),
        Instant(milliseconds: testStart + 50 * 3_600_000),
    ],
    offsetsSeconds: [7 * 3600, 8 * 3600, 7 * 3600])

/// When the random logs begin.
let testStart: Int64 = 1_735_689_600_000

/// Office hours in the jumpy zone, with a holiday.
let officeHours: BusinessCalendar = {
    let day = [BusinessCalendar.Interval(startMinute: 480, endMinute: 1020)]
    let late = [BusinessCalendar.Interval(startMinute: 1320, endMinute: 120)]
    do {
        return try BusinessCalendar(
            zone: jumpyZone,
            schedules: [
                BusinessCalendar.Schedule(
                    effectiveFrom: Day(number: 0), week: [day, day, late, day, day, [], []],
                    holidays: [:])
            ])
    } catch {
        fatalError("\(error)")
    }
}()

/// Nights in another zone, over midnight and a holiday.
let nights: BusinessCalendar = {
    let night = [BusinessCalendar.Interval(startMinute: 1200, endMinute: 360)]
    do {
        return try BusinessCalendar(
            zone: TimeZoneRules(
                name: "Test/West", release: "test",
                transitions: [Instant(milliseconds: testStart + 30 * 3_600_000 + 1)],
                offsetsSeconds: [-5 * 3600, -4 * 3600]),
            schedules: [
                BusinessCalendar.Schedule(
                    week: Array(repeating: night, count: 7),
                    holidays: [Day(number: 20_090): []])
            ])
    } catch {
        fatalError("\(error)")
    }
}()

/// Calendars that definitions name, and that random events name by their aliases.
let testCalendars = CalendarSet(
    [
        CalendarSet.Member(names: ["nights", "Agent 1", "email"], digest: "n", calendar: nights),
        CalendarSet.Member(
            names: ["office", "Agent 2", "Agent 1"], digest: "o", calendar: officeHours),
    ], standard: "office")

let testContext = BuildContext(types: shippedTypes, zone: jumpyZone, calendars: testCalendars)

extension LogStore {
    static func make(in folder: StoreFolder) throws -> LogStore {
        try LogStore.create(
            at: folder.path, origin: "test.example/log", types: shippedTypes,
            seed: Array(repeating: 7, count: 32), salts: .counting())
    }

    /// Records drafts in batches of a size.
    func record(_ drafts: some Collection<EventDraft>, batch size: Int = 1000) throws {
        var rest = Array(drafts)[...]
        while !rest.isEmpty {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            let outcome = try append(
                eventBatch(part), recorded: Instant(milliseconds: testStart + 1_000_000_000))
            #expect(outcome.rejections.isEmpty && outcome.accepted == part.count)
        }
    }
}

/// A batch of valid drafts.
func eventBatch(_ drafts: some Sequence<EventDraft>) -> EventBatch {
    var validator = EventValidator(shippedTypes)
    var batch = EventBatch()
    for (line, draft) in drafts.enumerated() {
        if let refusal = validator.admit(draft, as: .input, line: line + 1, into: &batch) {
            fatalError("\(draft): \(refusal)")
        }
    }
    return batch
}

/// Sources with a digest each.
func sources(_ definitions: [ProjectionDefinition]) -> [ProjectionSource] {
    definitions.map { ProjectionSource(definition: $0, digest: "digest of \($0.name)") }
}

/// The canonical forms of stored projections, by name.
func canonical(
    _ definitions: [ProjectionDefinition], _ store: ProjectionStore, _ log: LogStore
) throws -> [String: [String]] {
    try log.read { view in
        var forms: [String: [String]] = [:]
        for definition in definitions {
            let status = try #require(
                try store.status(definition.name, version: definition.version, in: view))
            forms[definition.name] = try CanonicalCells(status, definition, of: store, in: view)
                .lines
        }
        return forms
    }
}

/// The canonical forms of a replay, by name.
func canonical(_ sets: [CellSet], _ log: LogStore) throws -> [String: [String]] {
    try log.read { view in
        var forms: [String: [String]] = [:]
        for set in sets { forms[set.name] = try CanonicalCells(set, in: view).lines }
        return forms
    }
}

/// The shipped projections.
let catalogue: [ProjectionDefinition] = {
    do {
        let library = DefinitionLibrary(types: shippedTypes, files: Shipped.texts(in: "catalogue"))
        return try library.projectionNames.compactMap { try library.projection($0) }
    } catch {
        fatalError("the shipped catalogue does not hold: \(error)")
    }
}()
