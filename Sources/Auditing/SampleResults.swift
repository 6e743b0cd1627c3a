package import EventLog
import EventModel
package import Ingest
import Querying

/// Why results of a sample can't be evaluated.
package struct SampleFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that reads after `Error: `.
    package var description: String
}

/// What testing a sample's facts against their sources gave, by the lines of a CSV file: as
/// `rekam sample` writes it, with what was found in a column `result` (or `error`).
package struct SampleResults: Sendable {
    /// What was tested of one stratum, or of all.
    package struct Count: Hashable, Sendable {
        package var tested = 0
        package var errors = 0
    }

    /// All together.
    package private(set) var all = Count()
    /// By stratum, in the order of the file; empty where the file has none.
    package private(set) var strata: [(name: String, count: Count)] = []
    /// Facts that the sample was drawn from; nil where the file does not say.
    package private(set) var population: Int?
    /// What each row says that it is of.
    private var rows: [Row] = []

    private struct Row {
        var line: Int
        var rank: String?
        var projection: String?
        var sequence: String?
    }

    private static let resultColumns = ["result", "error", "hasil"]
    private static let wrong: Set = ["error", "wrong", "1", "yes", "true", "salah", "ya"]
    private static let right: Set = ["ok", "right", "0", "no", "false", "benar", "tidak"]
    /// More strata than that are no strata.
    private static let mostStrata = 1000

    /// Reads results.
    ///
    /// - Parameters:
    ///   - column: whose values part the strata; nil for `stratum`, where there is one.
    ///   - log: where entries that the file names are looked up: each must be what the file says.
    /// - Throws: `SampleFault`; nothing is passed over.
    /// - Complexity: O(rows); memory only for the strata and what was tested already.
    package init(_ source: any ByteSource, by column: String?, in log: LogStore) throws {
        let reader: CSVReader
        do { reader = try CSVReader(source: source) } catch let fault as CSVFault {
            throw SampleFault(description: "the file of results \(fault)")
        }
        func place(_ name: String) -> Int? {
            reader.header.firstIndex { $0.lowercased() == name.lowercased() }
        }
        guard let result = Self.resultColumns.lazy.compactMap(place).first else {
            throw SampleFault(
                description:
                    "the file of results has no column \"result\": give the sample's rows one, "
                    + "with ok or error in each.")
        }
        let stratum = place(column ?? "stratum")
        if let column, stratum == nil {
            throw SampleFault(
                description: "the file of results has no column \"\(column)\"; it has "
                    + reader.header.joined(separator: ", ") + ".")
        }
        let names = (
            rank: place("rank"), population: place("population"), projection: place("projection")
        )
        let entry = EntryColumns(
            sequence: place("sequence"), source: place("source"), id: place("id"))
        var seen: Set<String> = []
        var places: [String: Int] = [:]
        while true {
            switch try reader.next() {
            case .rejected(let rejection): throw Self.fault(rejection.line, rejection.problem)
            case .end:
                guard all.tested > 0 else {
                    throw SampleFault(description: "the file of results has no row.")
                }
                return
            case .row: break
            }
            let row = reader.row
            func text(_ place: Int?) -> String? { place.map { NormalText.form(of: row[$0]) } }
            let isError = try Self.isError(text(result) ?? "", row.line)
            if let rank = text(names.rank), !seen.insert(rank).inserted {
                throw Self.fault(row.line, "the sample's number \(rank) stands there twice")
            }
            if let size = text(names.population).flatMap({ Int($0) }) {
                guard population ?? size == size else {
                    throw Self.fault(row.line, "it is of another population")
                }
                population = size
            }
            try entry.check(row, in: log)
            rows.append(
                Row(
                    line: row.line, rank: text(names.rank), projection: text(names.projection),
                    sequence: text(entry.sequence)))
            all.add(isError)
            guard all.tested <= ErrorBound.mostTested else {
                throw SampleFault(
                    description: "more than \(ErrorBound.mostTested) results are not evaluated.")
            }
            guard let name = text(stratum) else { continue }
            guard !name.isEmpty else { throw Self.fault(row.line, "it is of no stratum") }
            if places[name] == nil {
                guard strata.count < Self.mostStrata else {
                    throw SampleFault(
                        description: "more than \(Self.mostStrata) strata are not evaluated.")
                }
                places[name] = strata.count
                strata.append((name, Count()))
            }
            strata[places[name, default: 0]].count.add(isError)
        }
    }

    /// Refuses results that are not of a planned sample: each row must be of the fact that was drawn
    /// under its rank, and none of those planned may be missing.
    ///
    /// - Parameter drawing: draws so many of the plan's facts again.
    package func require(
        _ plan: AuditActs.Plan, drawing: (_ size: Int) throws -> FactSample
    ) throws {
        guard all.tested >= plan.size else {
            throw SampleFault(
                description: "the plan asks for \(plan.size) facts, and the results are of "
                    + "\(all.tested).")
        }
        let sample = try drawing(max(plan.size, all.tested))
        guard sample.population == plan.population, population ?? plan.population == plan.population
        else {
            throw SampleFault(
                description: "the plan was to draw from \(plan.population) facts, and there are "
                    + "\(sample.population == plan.population ? population ?? 0 : sample.population)."
            )
        }
        var missing = Set(1...max(1, plan.size))
        for row in rows {
            guard let rank = row.rank.flatMap({ Int($0) }), rank > 0, rank <= sample.drawn.count,
                case let drawn = sample.drawn[rank - 1],
                row.sequence == String(drawn.line.sequence), row.projection == drawn.projection
            else {
                throw Self.fault(
                    row.line,
                    "it is not of the fact that the plan draws under this rank; with a plan, rows "
                        + "keep rank, projection and sequence as rekam sample wrote them")
            }
            missing.remove(rank)
        }
        if let rank = missing.min(), plan.size > 0 {
            throw SampleFault(
                description: "the plan's fact of rank \(rank) is not among the results.")
        }
    }

    private static func isError(_ text: String, _ line: Int) throws -> Bool {
        let word = text.lowercased()
        if wrong.contains(word) { return true }
        if right.contains(word) { return false }
        throw fault(
            line,
            text.isEmpty
                ? "it has no result; what could not be tested is an error"
                : "\"\(text)\" is no result: write ok or error")
    }

    private static func fault(_ line: Int, _ problem: String) -> SampleFault {
        SampleFault(description: "line \(line) of the results: \(problem).")
    }
}

extension SampleResults.Count {
    fileprivate mutating func add(_ isError: Bool) {
        tested += 1
        if isError { errors += 1 }
    }
}

/// Where a row says which entry it is of.
private struct EntryColumns {
    var sequence: Int?
    var source: Int?
    var id: Int?

    /// A text without the marks by which CSV guards it against being read as a formula.
    private static func text(_ field: String) -> String {
        NormalText.form(of: field).filter { $0 != "'" }
    }

    /// Refuses a row that is of no entry of the log.
    func check(_ row: InputRow, in log: LogStore) throws {
        guard let sequence, let source, let id else { return }
        let number = UInt32(row[sequence])
        let known = try log.read { view -> (String, String)? in
            guard let number, number < view.entryCount else { return nil }
            let content = try view.content(of: number)
            return (content.source, content.id)
        }
        guard let known, Self.text(row[source]) == Self.text(known.0),
            Self.text(row[id]) == Self.text(known.1)
        else {
            throw SampleFault(
                description:
                    "line \(row.line) of the results: entry \(row[sequence]) of the log is "
                    + "not the one that the row names. Evaluate a sample with the store that it was "
                    + "drawn from.")
        }
    }
}
