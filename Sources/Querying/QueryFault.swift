import Definitions
import EventModel

/// Why a query cannot be answered; each reads well after `Error: `.
public enum QueryFault: Error, Hashable, Sendable {
    case noKPI
    case unknownKPI(String, nearest: String?, count: Int)
    case unknownStatistic(kpi: String, statistic: String, nearest: String?, known: [String])
    /// No projection has the dimension.
    case unknownDimension(String, nearest: String?, known: [String])
    /// Some have it, but not all that the KPI needs.
    case missingDimension(String, kpi: String, known: [String], nearest: String?)
    case unknownValue(dimension: String, value: String, nearest: [String], elsewhere: Elsewhere?)
    /// - Parameter isWhole: whether it fits each as a whole, so that no more of it would help.
    case ambiguousValue(dimension: String, value: String, candidates: [String], isWhole: Bool)
    case notBuilt(projection: String, kpi: String)
    /// The rows that are stored were not made as the definition in force says.
    case otherRows(projection: String, version: Int)
    case missingMeasure(String, projection: String, version: Int, kpi: String)
    case circular(kpi: String)
    case notAStock(projection: String, kpi: String)
    /// Measures that are counted together hold values of different kinds.
    case differentKinds(String, String, kpi: String)
    case tooManyRows(limit: Int)
    /// The values to sort, count or group take more than so many bytes.
    case tooMuchMemory(limit: Int)
    /// Sums past 128 bits, or counts past 64.
    case tooLarge(String)
    case negative(String)

    /// Where the log has a name that is none of the values asked for.
    public enum Elsewhere: Hashable, Sendable {
        /// A case of this kind has it.
        case kind(String)
        case somewhere
    }
}

extension QueryFault: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .noKPI: return "which KPI? `rekam kpi list` shows all."
        case .unknownKPI(let name, let nearest, let count):
            return "no KPI is called \"\(name.shown)\"." + QueryFault.meant(nearest)
                + (count == 0
                    ? " None was registered by then." : " `rekam kpi list` shows all \(count).")
        case .unknownStatistic(let kpi, let statistic, let nearest, let known):
            return "\(kpi) has no statistic \"\(statistic.shown)\"." + QueryFault.meant(nearest)
                + QueryFault.has(known, of: "It")
        case .unknownDimension(let name, let nearest, let known):
            return "no dimension is called \"\(name.shown)\"."
                + (nearest == nil
                    ? QueryFault.list("There are ", known) : QueryFault.meant(nearest))
        case .missingDimension(let name, let kpi, let known, let nearest):
            return "\(kpi) has no dimension \"\(name.shown)\"." + QueryFault.meant(nearest)
                + QueryFault.has(known, of: "It")
        case .unknownValue(let dimension, let value, let nearest, let elsewhere):
            return "no \(dimension) is called \"\(value.shown)\""
                + QueryFault.stands(elsewhere, dimension) + "."
                + (nearest.isEmpty
                    ? " `--by \(dimension)` shows all."
                    : " Did you mean \(QueryFault.joined(nearest, "or"))?")
        case .ambiguousValue(let dimension, let value, let candidates, let isWhole):
            return "\(dimension) \"\(value.shown)\" could be "
                + "\(QueryFault.joined(candidates, "or")). "
                + (isWhole ? "Type one of these as it stands." : "Type more of the name.")
        case .notBuilt(let projection, let kpi):
            return "\(kpi) needs the projection \(projection), which does not answer "
                + "yet: rekam projection status \(projection)"
        case .otherRows(let projection, let version):
            return "the rows of \(projection)@\(version) were not made as its definition in force "
                + "says, so that nothing is answered from them. Build them anew: rekam projection "
                + "rebuild \(projection)"
        case .missingMeasure(let measure, let projection, let version, let kpi):
            return "\(kpi) needs the measure \(projection).\(measure), which version \(version) of "
                + "\(projection) does not have."
        case .circular(let kpi): return "the formula of \(kpi) leads back to itself."
        case .notAStock(let projection, let kpi):
            return "\(kpi) asks for the stock of \(projection), which keeps facts, not flows."
        case .differentKinds(let one, let other, let kpi):
            return "\(kpi) counts the values of \(one) and \(other) together, but they are of "
                + "different kinds. Promote versions in which both are names."
        case .tooManyRows(let limit):
            return "the answer would have more than \(limit) rows. Ask for a coarser --grain, a "
                + "shorter --period or fewer dimensions."
        case .tooMuchMemory(let limit):
            return "the answer needs more than \(limit >> 20) MiB of memory. Ask for a shorter "
                + "--period, fewer dimensions or no percentiles, or allow more: --memory "
                + "\(max(1, limit >> 29))G."
        case .tooLarge(let name): return "\(name): the numbers are too large to add up exactly."
        case .negative(let projection):
            return "the stored facts of \(projection) do not add up (a value is there fewer than "
                + "zero times). Check the store: rekam verify"
        }
    }

    private static func stands(_ elsewhere: Elsewhere?, _ dimension: String) -> String {
        switch elsewhere {
        case nil: ""
        case .somewhere: ": the log has that name, but of no \(dimension)"
        case .kind(let kind):
            ": the log has \("aeiou".contains(kind.first ?? " ") ? "an" : "a") \(kind) of that name"
        }
    }

    private static func meant(_ nearest: String?) -> String {
        nearest.map { " Did you mean \($0.shown)?" } ?? ""
    }

    private static func has(_ known: [String], of subject: String) -> String {
        known.isEmpty ? " \(subject) has none." : list("\(subject) has ", known)
    }

    private static func list(_ start: String, _ known: [String]) -> String {
        known.isEmpty ? "" : " " + start + joined(known, "and") + "."
    }

    /// `a, b and c`.
    static func joined(_ words: [String], _ last: String) -> String {
        let shown = words.map(\.shown)
        guard shown.count > 1 else { return shown.first ?? "" }
        return shown.dropLast().joined(separator: ", ") + " \(last) " + shown[shown.count - 1]
    }
}

/// Everything that is wrong with a query, so that it is put right in one go.
public struct QueryFaults: Error, CustomStringConvertible {
    /// In the order of the options.
    public var faults: [QueryFault]

    /// Some faults, at least one.
    public init(_ faults: [QueryFault]) { self.faults = faults }

    /// One line each.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension String {
    /// The text with control characters made visible, cut to 80 characters: for messages.
    var shown: String {
        let scalars = unicodeScalars.prefix(80)
        let text = String(String.UnicodeScalarView(scalars)).printable
        return unicodeScalars.count > 80 ? text + "…" : text
    }
}
