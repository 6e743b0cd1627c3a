import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Querying
import Recording
import Shipped
import Testing
import Vault

/// Method: a store with the whole catalogue; the cases of Tests/Golden/kpi-cases.txt, each in a year
/// of its own, recorded and built as any events are; every figure the file expects, worked out by
/// hand, is asked for.
@Suite("Golden KPIs: events in, value out")
struct GoldenKPITests {
    /// A figure that a case expects.
    struct Expectation {
        var line: Int
        var period: String
        var filters: [(dimension: String, value: String)]
        /// Statistics ("" is the value itself) with what they are.
        var values: [(statistic: String, text: String)]
        var count: String?
    }

    /// One block of the file.
    struct Case: CustomTestStringConvertible {
        var kpi: String
        var name: String
        var events: [EventDraft] = []
        var expectations: [Expectation] = []
        var testDescription: String { "\(kpi): \(name)" }
    }

    struct Fault: Error {
        var line: Int
        var what: String
    }

    static let types = Result { try EventTypes.shipped(texts: Shipped.texts(in: "events")) }
    static let cases = Result { try read() }

    /// No leap year, so that a month has the days one expects.
    private static func year(of place: Int) -> Int { 2001 + place + place / 3 }

    /// The cases of the file.
    private static func read() throws -> [Case] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Golden/kpi-cases.txt")
        var cases: [Case] = []
        var subject = ""
        let text = try String(contentsOf: path, encoding: .utf8)
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let place = cases.count - 1
            if line.hasPrefix("== ") {
                let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { throw Fault(line: number + 1, what: line) }
                cases.append(Case(kpi: String(parts[0]), name: parts[1].dropFirst().description))
            } else if line.hasPrefix(">") {
                cases[place].expectations.append(
                    try expectation(line, number + 1, year: year(of: place)))
            } else if line.hasPrefix(" ") {
                cases[place].events.append(
                    try event(line, number + 1, subject: subject, place: place))
            } else {
                let parts = line.split(separator: "/")
                subject = "\(parts[0])/K\(place)-\(parts[1])"
            }
        }
        return cases
    }

    private static func event(
        _ line: String, _ number: Int, subject: String, place: Int
    ) throws -> EventDraft {
        var words = line.split(separator: " ").map(String.init)
        var id = "line-\(number)"
        if let label = words.last, label.hasPrefix("#") {
            id = "K\(place)\(label)"
            words.removeLast()
        }
        let clock = words[1].count { $0 == ":" } == 1 ? words[1] + ":00" : words[1]
        let time = try Instant(rfc3339: "\(year(of: place))-\(words[0])T\(clock)Z")
        guard let schema = try types.get()[words[2]] else { throw Fault(line: number, what: line) }
        var fields: [EventDraft.Field] = []
        if words[2] == "event.voided" {
            fields = [
                .init("source", .text("golden")), .init("id", .text("K\(place)#\(words[3])")),
                .init("reason", .text("test")),
            ]
            words.removeLast()
        }
        for word in words.dropFirst(3) {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(
                String.init)
            guard let field = schema.fields.first(where: { $0.name == parts[0] }) else {
                throw Fault(line: number, what: word)
            }
            let value: FieldValue =
                switch field.kind {
                case .integer: .integer(Int64(parts[1]) ?? 0)
                case .boolean: .boolean(parts[1] == "true")
                case .day: .text("\(year(of: place))-\(parts[1])")
                default: .text(parts[1])
                }
            fields.append(.init(parts[0], value))
        }
        return EventDraft(
            id: id, source: "golden", type: words[2], subject: subject, time: time, fields: fields)
    }

    /// `> 02 agent=budi: 50 of 2 ; reopened 1`.
    private static func expectation(
        _ line: String, _ number: Int, year: Int
    ) throws -> Expectation {
        let parts = line.dropFirst().split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw Fault(line: number, what: line) }
        var found = Expectation(line: number, period: "\(year)", filters: [], values: [])
        for word in parts[0].split(separator: " ") {
            let pair = word.split(separator: "=").map(String.init)
            if pair.count == 1 {
                found.period += "-" + pair[0]
            } else {
                found.filters.append((pair[0], pair[1]))
            }
        }
        for (index, part) in parts[1].split(separator: ";").enumerated() {
            let words = part.split(separator: " ").map(String.init)
            if index > 0 {
                found.values.append((words[0], words.dropFirst().joined(separator: " ")))
            } else if let of = words.firstIndex(of: "of") {
                found.values.append(("", words[..<of].joined(separator: " ")))
                found.count = words[of + 1]
            } else {
                found.values.append(("", words.joined(separator: " ")))
            }
        }
        return found
    }

    /// What says, long after all events, that the import has ended: rounds of surveys close by it.
    static let ending = EventDraft(
        id: "ingest/golden", source: "golden", type: "ingest.recorded", subject: "log/ingest",
        time: Instant(milliseconds: 16_725_225_600_000),
        fields: [
            .init("input", .text("kpi-cases.txt")),
            .init("digest", .text(String(repeating: "0", count: 64))),
            .init("lines", .integer(0)), .init("accepted", .integer(0)),
            .init("duplicate", .integer(0)), .init("refused", .integer(0)),
        ])

    /// The store, made once.
    static let desk = Result { try Desk(cases.get()) }

    final class Desk: Sendable {
        let log: LogStore
        private let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekam-golden-\(UUID().uuidString)")

        private static let hours = """
            calendar: mornings
            version: 1
            title: Mornings
            zone: UTC
            week: {monday-sunday: 08:00-12:00}

            """

        init(_ cases: [Case]) throws {
            let now = try Instant(rfc3339: "2100-01-01T00:00:00Z")
            log = try NewStore(
                origin: "test.example/golden", timeZone: .utc, types: types.get(),
                catalogue: Shipped.texts(in: "catalogue")
                    .filter { !$0.text.contains("\ncalendar: ") }
                    .flatMap { SourceDocument.split($0.text, file: $0.path) }
                    + SourceDocument.split(Self.hours, file: "hours.yaml"),
                seed: [UInt8](repeating: 7, count: 32), salts: .counting()
            ).create(at: folder.path, now: now, threads: 2).store
            for one in cases {
                // Voids come after what they take back.
                let events = one.events.filter { $0.type != "event.voided" }
                try log.appendOwn(events, recorded: now)
                let voids = one.events.filter { $0.type == "event.voided" }
                if !voids.isEmpty { try log.appendOwn(voids, recorded: now) }
            }
            try log.appendOwn([GoldenKPITests.ending], recorded: GoldenKPITests.ending.time)
            try LiveProjections(of: log).catchUp()
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func answer(_ request: QueryRequest) throws -> Answer {
            let projections = try ProjectionStore(log: log)
            return try log.read { view in
                try StoreState(view, of: log, projections: projections).answer(request)
            }
        }
    }

    @Test("Every KPI of the catalogue has its cases") func complete() throws {
        let library = DefinitionLibrary(
            types: try Self.types.get(), files: Shipped.texts(in: "catalogue"))
        let covered = Set(try Self.cases.get().map(\.kpi))
        #expect(Set(library.kpiNames).subtracting(covered).sorted() == [])
        #expect(covered.subtracting(library.kpiNames).sorted() == [])
    }

    @Test("Each case gives the figures worked out by hand", arguments: try cases.get())
    func golden(_ golden: Case) throws {
        try check(golden, try Self.desk.get().answer)
    }

    /// Where code knew a name of the catalogue, or of a field, it would find nothing here.
    @Test("So it does where every projection, KPI, measure, dimension and field is renamed")
    func renamed() throws {
        let desk = try RenamedDesk(try Self.cases.get(), like: try Self.desk.get().log)
        for golden in try Self.cases.get() { try check(golden, desk.answer) }
    }

    private func check(_ golden: Case, _ answer: (QueryRequest) throws -> Answer) throws {
        for expected in golden.expectations {
            let names = expected.values.map {
                $0.statistic.isEmpty ? golden.kpi : golden.kpi + "." + $0.statistic
            }
            let answer = try answer(
                QueryRequest(kpis: names, filters: expected.filters, period: expected.period))
            for (index, value) in expected.values.enumerated() {
                let figure = answer.total.figures[index]
                let place = "kpi-cases.txt:\(expected.line) \(names[index])"
                switch value.text {
                case "–": #expect(!figure.value.hasValue, "\(place): \(figure)")
                case "?": #expect(figure.reason == .withheld(below: 5), "\(place): \(figure)")
                default:
                    let wanted = try Self.value(
                        value.text, answer.columns[index].unit, expected.line)
                    #expect(
                        Fraction.compare(figure.value, wanted) == 0, "\(place): \(figure)")
                }
            }
            if let count = expected.count {
                #expect(
                    answer.total.figures[0].count == Int64(count),
                    "kpi-cases.txt:\(expected.line): \(answer.total.figures[0])")
            }
        }
    }

    /// `1h 30m`, or a product and quotient of whole numbers.
    private static func value(
        _ text: String, _ unit: Definitions.Unit, _ line: Int
    ) throws -> Fraction {
        if unit == .duration, let milliseconds = DurationText.milliseconds(text) {
            return Fraction(milliseconds)
        }
        let parts = text.split(separator: "/").map { part in
            part.split(separator: "*").reduce(Int128(1)) { $0 * (Int128($1) ?? 0) }
        }
        guard (1...2).contains(parts.count) else { throw Fault(line: line, what: text) }
        return Fraction(parts[0], over: parts.count == 2 ? parts[1] : 1)
    }
}
