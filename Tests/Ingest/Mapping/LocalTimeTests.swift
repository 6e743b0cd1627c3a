import EventModel
import Ingest
import Testing

@Suite("Local times: repeated and skipped hours, dates alone, formats that both fit")
struct LocalTimeTests {
    /// Central European time of 2025.
    private static let berlin = TimeZoneRules(
        name: "Europe/Berlin", release: "test",
        transitions: [
            Instant(milliseconds: 1_743_296_400_000), Instant(milliseconds: 1_761_440_400_000),
        ], offsetsSeconds: [3600, 7200, 3600])

    private func file(
        _ rows: String, format: String = "yyyy-MM-dd HH:mm",
        times: String = "{opened: '{opened}', answered: '{answered}'}"
    ) throws -> (file: MappedFile, doubts: [DoubtGroup]) {
        let yaml = """
            mapping: m
            source: s
            time: {format: \(format), zone: Europe/Berlin}
            times: \(times)
            case: "ticket/{no}"
            at: opened
            events:
              - {type: ticket.opened, data: {channel: email, origin: customer}}
              - type: message.posted
                at: answered
                data: {direction: out, visibility: public, actor_kind: agent}
            """
        let surroundings = MappingSurroundings(
            types: shippedTypes, storeZone: .utc, zone: { _ in LocalTimeTests.berlin })
        let mapping = try Mapping.read(yaml, file: "m.yaml", in: surroundings)
        let source = InputSource(bytes: Array("no,opened,answered\n\(rows)\n".utf8), name: "t.csv")
        let file = try MappedFile(mapping, source)
        return (file, file.doubts)
    }

    private func minutes(_ drafts: [EventDraft]) -> [Substring] {
        drafts.map { $0.time.rfc3339.dropFirst(11).prefix(5) }
    }

    @Test("a repeated time is its first occurrence, unless one above it in the row forbids it")
    func repeated() throws {
        let (file, doubts) = try file(
            """
            1,2025-10-26 02:50,2025-10-26 02:10
            2,2025-10-26 02:10,2025-10-26 02:50
            3,2025-10-26 01:10,2025-10-26 02:00
            4,2025-10-26 03:10,2025-10-26 02:30
            """)
        // The last: neither occurrence lies behind the opening, so it is the first.
        #expect(
            minutes(file.drafts) == [
                "00:50", "01:10", "00:10", "00:50", "23:10", "00:00", "02:10", "00:30",
            ])
        #expect(
            doubts == [
                DoubtGroup(kind: .localTimeRepeated, attribute: "answered", count: 4, line: 2),
                DoubtGroup(kind: .localTimeRepeated, attribute: "opened", count: 2, line: 2),
            ])
    }

    @Test("what stands below a time in the mapping does not forbid it")
    func below() throws {
        let (file, _) = try file(
            "1,2025-10-26 02:10,2025-10-26 02:50",
            times: "{answered: '{answered}', opened: '{opened}'}")
        #expect(minutes(file.drafts) == ["01:10", "00:50"])
        let (plain, _) = try self.file("1,2025-10-26 02:10,2025-10-26 02:50")
        #expect(minutes(plain.drafts) == ["00:10", "00:50"])
    }

    @Test("a skipped time is read with the offset before the jump, and counted")
    func skipped() throws {
        let (file, doubts) = try file(
            "1,2025-03-30 01:59,2025-03-30 03:00\n2,2025-03-30 02:30,2025-03-30 03:40")
        #expect(minutes(file.drafts) == ["00:59", "01:00", "01:30", "01:40"])
        #expect(
            doubts == [DoubtGroup(kind: .localTimeSkipped, attribute: "opened", count: 1, line: 3)])
    }

    @Test("a date alone is the first instant of its day, and counted; a stated offset is not")
    func plain() throws {
        let (days, none) = try file("1,26/10/2025,27/10/2025", format: "dd/MM/yyyy")
        #expect(
            days.drafts.map(\.time.rfc3339) == [
                "2025-10-25T22:00:00.000Z", "2025-10-26T23:00:00.000Z",
            ])
        #expect(none.map(\.kind) == [.dateAlone, .dateAlone] && none.map(\.count) == [1, 1])
        let (offsets, noneToo) = try file(
            "1,2025-10-26T02:30+01:00,2025-10-26T02:40+01:00", format: "iso")
        #expect(minutes(offsets.drafts) == ["01:30", "01:40"] && noneToo.isEmpty)
    }

    @Test("a date that two formats read differently is the first one's, and counted")
    func formats() throws {
        let (file, doubts) = try file(
            "1,13/02/2025,03/04/2025\n2,05/05/2025,06/05/2025",
            format: "[dd/MM/yyyy, MM/dd/yyyy, d/M/yyyy]")
        #expect(
            file.drafts.map { $0.time.rfc3339.prefix(10) } == [
                "2025-02-12", "2025-04-02", "2025-05-04", "2025-05-05",
            ])
        #expect(
            doubts.filter { $0.kind != .dateAlone }
                == [DoubtGroup(kind: .twoDateFormats, attribute: "answered", count: 2, line: 2)])
    }

    @Test("a refused row is not doubtful as well")
    func refused() throws {
        let (file, doubts) = try file("1,2025-10-26 02:10,2025-10-26 99:99")
        #expect(file.rejections.count == 1 && doubts.isEmpty)
    }

    @Test("times keep nine decimals, and ids tell them apart")
    func decimals() throws {
        let (file, _) = try file(
            """
            1,2025-01-01T00:00:00.123456Z,2025-01-01T00:00:01.1234567894Z
            1,2025-01-01T00:00:00.123457Z,2025-01-01T00:00:01.123Z
            """, format: "iso")
        #expect(file.drafts.map(\.nanoseconds) == [456_000, 456_789, 457_000, 0])
        #expect(file.drafts[0].time == file.drafts[2].time)
        #expect(Set(file.drafts.map(\.id)).count == 4)
        let (pattern, _) = try self.file(
            "1,1/1/2025 00:00:00.000001,1/1/2025 00:00:00.5",
            format: "d/M/yyyy HH:mm:ss.S")
        #expect(pattern.drafts.map(\.nanoseconds) == [1000, 0])
    }
}
