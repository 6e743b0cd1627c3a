import Definitions
import EventModel
import Ingest
import Shipped

/// The shipped event types.
let shippedTypes: EventTypes = {
    guard let types = try? EventTypes.shipped(texts: Shipped.texts(in: "events")) else {
        preconditionFailure("the shipped schemas are faulty")
    }
    return types
}()

extension FuzzTarget {
    /// What analysts write.
    static let definitions: [FuzzTarget] = [
        FuzzTarget(
            "definition", cost: 4,
            seeds: { bytes(Shipped.texts(in: "catalogue").map(\.text).filter { $0.count < 8000 }) },
            read: readDefinitions),
        FuzzTarget(
            "calendar", cost: 2,
            seeds: {
                bytes(Shipped.texts(in: "catalogue/calendars").map(\.text) + [smallCalendar])
            },
            read: readDefinitions),
        FuzzTarget(
            "scorecard", cost: 2, seeds: { bytes([smallScorecard]) }, read: readDefinitions),
        FuzzTarget(
            "formula",
            seeds: {
                bytes([
                    "count(p)", "100 * (count(p.a) - count(p)) / count(p)", "((((1))))",
                    "2 * count(p.a[channel=x, priority=high]) - 0.25", "-(1.5 + 2) * count(p)",
                    "sum(p.m) / distinct(p.m)", "p90(p.m)",
                ])
            },
            read: { input in
                // As it stands between quotes in a definition.
                let quoted = text(input).unicodeScalars.map { scalar in
                    scalar == "\\" || scalar == "\"" ? "\\\(scalar)" : "\(scalar)"
                }.joined()
                return readDefinitions(
                    Array((projection + "---\n" + kpi + "value: \"\(quoted)\"\n").utf8))
            }),
    ]

    private static let smallCalendar = """
        calendar: c
        version: 2
        title: C
        zone: Asia/Jakarta
        week: {monday-friday: [08:00-12:00, 13:00-17:00], saturday: 22:00-24:00}
        from: 2025-01-01
        holidays:
          - {date: 2025-12-25, name: Natal}
          - {date: 2025-12-24, name: Eve, hours: 08:00-12:00}

        """

    private static let projection = """
        projection: p
        version: 1
        title: P
        of: ticket
        let:
          opened: {first: ticket.opened}
          closed: {first: ticket.status_changed, after: opened, where: {status: closed}}
        fact: closed
        dimensions: {channel: opened.channel, priority: latest priority}
        measures:
          m: {from: opened, to: closed}
          a: {flag: {opened.channel: present}}

        """

    private static let kpi = """
        kpi: k
        version: 1
        title: K
        group: operational
        unit: count
        better: lower

        """

    private static let smallScorecard =
        projection + "---\n" + kpi + "value: count(p)\n---\n"
        + kpi.replacing("kpi: k", with: "kpi: j").replacing("lower", with: "higher") + """
            value: count(p.a)
            ---
            scorecard: s
            version: 1
            title: S
            scope: company
            grain: month
            objectives: {good: Good}
            rows:
              - {kpi: k, weight: 60, target: {max: 9}, from: 2025-01, to: 2025-12, serves: good}
              - {kpi: j, weight: 40, target: {min: 1}, from: 2025-01, to: 2025-12, serves: good}

            """

    /// What is read is explained, read the same again from its own document, and a calendar is open no
    /// longer than time passes; what is refused is refused in words, at a line.
    @Sendable private static func readDefinitions(_ input: [UInt8]) -> Bool {
        let reader = DefinitionReader(types: shippedTypes)
        let documents = SourceDocument.split(text(input), file: "fuzz.yaml")
        do throws(DefinitionFaults) {
            let definitions = try reader.read(documents)
            for (_, definition) in definitions {
                for language in Language.allCases {
                    precondition(!definition.explanation(in: language).isEmpty)
                }
                if case .calendar(let calendar) = definition { open(calendar) }
            }
            let joined = documents.map(\.text).joined(separator: "\n---\n")
            let again = try reader.read(joined, file: "fuzz.yaml")
            precondition(again == definitions.map(\.definition), "it is read otherwise again")
            return !definitions.isEmpty
        } catch {
            precondition(!error.faults.isEmpty, "refused without a word")
            for fault in error.faults { precondition(fault.line >= 1, "\(fault)") }
            return false
        }
    }

    private static func open(_ definition: CalendarDefinition) {
        guard let calendar = try? definition.calendar(on: .utc) else { return }
        let year: Int64 = 366 * 86_400_000
        let from = Instant(milliseconds: 1_735_689_600_000)
        let to = Instant(milliseconds: from.milliseconds + year)
        let isOpen = calendar.milliseconds(from: from, to: to)
        precondition((0...year).contains(isOpen), "it is open for \(isOpen) ms of \(year)")
        if let next = calendar.nextOpening(from: from) {
            precondition(next >= from && calendar.isOpen(at: next), "it opens when it is closed")
        }
    }
}
