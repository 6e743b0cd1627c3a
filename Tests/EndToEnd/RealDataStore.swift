import Foundation
import Testing

/// A real file, the mapping that reads it, and the script that counts it again.
struct RealFile: CustomTestStringConvertible {
    /// Name of the mapping and of the script under tools/reference.
    var name: String
    var folder: String
    var file: String
    /// A period that holds all of it.
    var period: String

    var testDescription: String { name }

    /// The folder beside the repository that the real files lie in.
    static let data = Command.root.deletingLastPathComponent().appending(path: "shared/data")

    static let isHere = FileManager.default.fileExists(atPath: data.path)

    var path: String { RealFile.data.appending(path: "\(folder)/\(file)").path }

    /// The figures that lie beside it.
    func reference() throws -> Figure {
        let url = RealFile.data.appending(path: "\(folder)/reference.json")
        return try Figure(parsing: String(contentsOf: url, encoding: .utf8))
    }

    static let servicenow = RealFile(
        name: "servicenow", folder: "servicenow-incidents", file: "incident_event_log.csv.gz",
        period: "2016-02..2017-02")
    static let helpdesk = RealFile(
        name: "helpdesk", folder: "helpdesk", file: "helpdesk.csv.gz", period: "2010..2014")
    static let calls = RealFile(
        name: "calls", folder: "pwc-calls", file: "calls.csv", period: "2021-Q1")
    static let nps = RealFile(name: "nps", folder: "nps-bank", file: "nps.csv", period: "2021")
    static let telco = RealFile(
        name: "telco", folder: "telco-churn", file: "telco-churn.csv", period: "2017-12")
}

/// A store that a real file was ingested into, and the same figures from plain Python.
struct RealStore {
    let file: RealFile
    let command: Command
    /// What the script printed.
    let counted: Figure
    /// What came with the file.
    let given: Figure
    /// The outcome of the ingest, as JSON.
    let ingested: Figure

    init(_ file: RealFile) throws {
        self.file = file
        command = try Command()
        given = try file.reference()
        let made = try command.run("init", "--time-zone", "UTC")
        try #require(made.code == 0, "\(made)")
        ingested = try RealStore.ingest(file, with: command)
        let script = Command.root.appending(path: "tools/reference/\(file.name).py").path
        let run = try command.shell("\"${REKAM_PYTHON:-python3}\" -B '\(script)' '\(file.path)'")
        try #require(run.code == 0, "\(run.error)")
        counted = try Figure(parsing: run.out)
    }

    private static func ingest(_ file: RealFile, with command: Command) throws -> Figure {
        let run = try command.run(
            "ingest", file.path, "--mapping", file.name, "--format", "json")
        try #require(run.code == 0, "\(run)")
        return try Figure(parsing: run.out)["inputs"][0]
    }

    /// A query's rows, by KPI and by what it was split by ("" for the total, "–" for no value).
    func query(
        _ kpis: [String], by: String = "", period: String? = nil
    ) throws -> [String: [String: Answered]] {
        let grains = ["month", "quarter", "year"]
        let split = by.isEmpty ? "" : grains.contains(by) ? "--grain \(by)" : "--by \(by)"
        let run = try command.shell(
            "rekam query \(kpis.joined(separator: " ")) --period \(period ?? file.period)"
                + " \(split) --format json")
        try #require(run.code == 0, "\(by): \(run.error)")
        var answers: [String: [String: Answered]] = [:]
        for row in try Figure(parsing: run.out)["rows"].elements {
            let name = grains.contains(by) ? row["period"] : by.isEmpty ? .text("") : row[by]
            answers[row["kpi"].text ?? "", default: [:]][name.text ?? "–"] = Answered(row)
        }
        return answers
    }

    /// Holds every figure of the script against the query's, and every other answer against nothing.
    func expectAnswers() throws {
        let names = counted["answers"].members.keys.sorted()
        let splits = counted["answers"].members.values.first?.members.keys.sorted() ?? []
        try #require(splits.count > 3)
        for by in splits {
            var differences: [String] = []
            let asked = names.filter { counted["answers", $0].members[by] != nil }
            try #require(asked.count * 2 > names.count)
            let answers = try query(asked, by: by)
            for name in asked {
                var expected = counted["answers", name, by].members
                for (key, answer) in answers[name] ?? [:] {
                    if let figure = expected.removeValue(forKey: key) {
                        if answer.equals(figure) { continue }
                        differences.append("\(name) \(by) \(key): \(answer), counted \(figure)")
                    } else if let value = answer.value, value != 0 {
                        differences.append("\(name) \(by) \(key): \(answer), counted nothing")
                    }
                }
                for (key, figure) in expected where figure[0].number != 0 {
                    differences.append("\(name) \(by) \(key): no answer, counted \(figure)")
                }
            }
            #expect(differences.isEmpty, "\(differences.prefix(10).joined(separator: "\n"))")
        }
    }

    /// Holds the backlog at the end of each month against the script's, by each dimension.
    func expectBacklog() throws {
        for by in ["", "agent", "team", "channel", "category", "priority"] {
            let months = counted["backlog"].members
            try #require(!months.isEmpty)
            let run = try command.shell(
                "rekam query backlog --grain month --format json --period \(file.period)"
                    + (by.isEmpty ? "" : " --by \(by)"))
            var open: [String: [String: Decimal]] = [:]
            for row in try Figure(parsing: run.out)["rows"].elements {
                guard let month = row["period"].text, let value = row["value"].number else {
                    continue
                }
                let key = by.isEmpty ? "" : row[by].text ?? "–"
                if value != 0 { open[month, default: [:]][key] = value }
            }
            for (month, figures) in months {
                let expected = figures[by].members.compactMapValues(\.number)
                #expect(open[month] ?? [:] == expected, "\(month) \(by)")
            }
        }
    }

    /// Ingests the file again.
    func expectNothingNew() throws {
        #expect(ingested["refused"].number == 0)
        let again = try RealStore.ingest(file, with: command)
        #expect(again["accepted"].number == 0 && again["refused"].number == 0, "\(again)")
        #expect(again["lines"] == ingested["lines"])
        let verified = try command.run("verify")
        #expect(verified.code == 0, "\(verified)")
    }
}
