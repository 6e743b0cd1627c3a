import Definitions
import EventLog
import EventModel
import Foundation
import Recording
import Shipped
import Testing
import Vault

/// Method: new stores in temporary folders, calendars added to them; what the log then says is read
/// back and compared with what was asked.
@Suite("Calendars in the log")
struct CalendarRecordingTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "rekam-calendars-\(UUID().uuidString)")
    private let now = Instant(milliseconds: 1_767_574_800_000)
    private static let jakarta = TimeZoneRules(
        name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200])

    private func store(zone: TimeZoneRules = jakarta, calendar: String? = nil) throws -> LogStore {
        let new = NewStore(
            origin: "test.example/log", timeZone: zone,
            types: try EventTypes.shipped(texts: Shipped.texts(in: "events")),
            catalogue: Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            }, seed: (0..<32).map { UInt8($0) }, salts: .counting(), calendar: calendar,
            zoneRules: { ["Asia/Jakarta": Self.jakarta, "UTC": .utc][$0] })
        return try new.create(at: folder.path, now: now, threads: 1).store
    }

    private func register(_ store: LogStore) throws -> DefinitionRegister {
        try store.read { try $0.definitions() }
    }

    private func add(
        _ text: String, to store: LogStore, zone: TimeZoneRules? = nil
    ) throws -> CalendarRecording {
        let reader = DefinitionReader(types: store.types)
        let read = try reader.read(SourceDocument.split(text, file: "c.yaml"))
        let calendars = read.compactMap {
            document, definition -> (document: SourceDocument, definition: CalendarDefinition)? in
            if case .calendar(let calendar) = definition { (document, calendar) } else { nil }
        }
        let recording = try CalendarRecording(calendars, in: store) { _ in zone }
        try store.appendOwn(recording.drafts(at: now), recorded: now)
        return recording
    }

    @Test func `A store follows the calendar of its zone, with the zones' rules in the log`() throws
    {
        let store = try store()
        let register = try register(store)
        #expect(register.standardCalendar == "indonesia")
        #expect(register.storeTimeZone?.name == "Asia/Jakarta")
        #expect(register.zone("UTC").flatMap { TimeZoneRules(body: $0.body) } == .utc)
        #expect(
            register.live("calendar").map(\.name)
                == ["always_open", "indonesia", "indonesia_joint_leave"])
    }

    @Test func `Elsewhere a store is always open, unless it is told otherwise`() throws {
        let elsewhere = TimeZoneRules(
            name: "Europe/Berlin", release: "2025b", transitions: [], offsetsSeconds: [3600])
        #expect(try register(store(zone: elsewhere)).standardCalendar == "always_open")
        try FileManager.default.removeItem(at: folder)
        let told = try store(zone: elsewhere, calendar: "indonesia_joint_leave")
        #expect(try register(told).standardCalendar == "indonesia_joint_leave")
    }

    @Test func `A calendar that there is not, or without a zone, makes no store`() throws {
        let fault = #expect(throws: CalendarFault.self) { try store(calendar: "indonesi") }
        #expect(fault?.description == "no calendar is called \"indonesi\". Did you mean indonesia?")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func `A new version says from which day on its hours are others`() throws {
        let store = try store()
        let text = """
            calendar: desk
            version: 1
            title: Desk
            zone: Asia/Jakarta
            week: {monday-friday: 08:00-17:00}
            holidays: [{date: 2025-12-25, name: Christmas}]
            """
        #expect(try add(text, to: store).additions[0].before == nil)
        let more = text.replacing("version: 1", with: "version: 2").replacing(
            "Christmas}", with: "Christmas}, {date: 2027-01-01, name: New Year}")
        let second = try add(more, to: store)
        #expect(second.additions[0].before == 1)
        #expect(second.additions[0].changesFrom == Day(year: 2027, month: 1, day: 1))
        #expect(second.zones.isEmpty, "the zone's rules are there already")
        let same = more.replacing("version: 2", with: "version: 3")
        #expect(try add(same, to: store).additions[0].changesFrom == nil)
        let night = same.replacing("version: 3", with: "version: 4").replacing(
            "08:00-17:00", with: "[08:00-17:00, 22:00-06:00]")
        #expect(
            try add(night, to: store).additions[0].changesFrom == Day(year: 1970, month: 1, day: 1))
    }

    @Test func `Other rules of a zone come with the calendar, and only for it`() throws {
        let store = try store()
        var moved = Self.jakarta
        moved.release = "2030a"
        moved.transitions = [Instant(milliseconds: 1_893_456_000_000)]
        moved.offsetsSeconds = [25_200, 28_800]
        let text =
            "calendar: desk\nversion: 1\ntitle: D\nzone: Asia/Jakarta\nweek: {monday: 08:00-09:00}"
        let recording = try add(text, to: store, zone: moved)
        #expect(recording.zones.map(\.version) == [2])
        let register = try register(store)
        let indonesia = try #require(register.live("calendar", "indonesia"))
        let desk = try #require(register.live("calendar", "desk"))
        #expect(register.zone("Asia/Jakarta", before: indonesia.sequence)?.version == 1)
        #expect(register.zone("Asia/Jakarta", before: desk.sequence)?.version == 2)
        #expect(register.storeTimeZone == Self.jakarta)
    }

    @Test func `A name that would mean two calendars is refused`() throws {
        let store = try store()
        let text =
            "calendar: desk\nversion: 1\ntitle: D\naliases: jam-kerja\nzone: UTC\nweek: {monday: 08:00-09:00}"
        let fault = #expect(throws: CalendarFault.self) { try add(text, to: store) }
        #expect(fault?.description.contains("two calendars, indonesia and desk") == true)
    }

    @Test func `The holidays of Indonesia are those of the decrees`() throws {
        let library = DefinitionLibrary(
            types: try EventTypes.shipped(texts: Shipped.texts(in: "events")),
            files: Shipped.texts(in: "catalogue"))
        let national = try #require(try library.calendar("indonesia"))
        let joint = try #require(try library.calendar("indonesia_joint_leave"))
        func count(_ calendar: CalendarDefinition, _ year: Int) -> Int {
            calendar.holidays.count { $0.day.components.year == year }
        }
        #expect(count(national, 2025) == 17 && count(national, 2026) == 17)
        #expect(count(joint, 2025) == 28 && count(joint, 2026) == 25)
        let all = Set(joint.holidays.map(\.day))
        #expect(national.holidays.allSatisfy { all.contains($0.day) })
        // Joint leave bridges a working day, never a weekend or a holiday.
        let own = Set(national.holidays.map(\.day))
        for holiday in joint.holidays where !own.contains(holiday.day) {
            #expect(holiday.day.weekday <= 5, "\(holiday.day)")
        }
    }
}
