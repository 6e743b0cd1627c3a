import ArgumentParser
import EventModel

/// Which facts a figure is asked of.
struct FilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only this agent; part of a name will do.", valueName: "name"))
    var agent: String?

    @Option(help: ArgumentHelp("Only this team.", valueName: "name"))
    var team: String?

    @Option(help: ArgumentHelp("Only this channel.", valueName: "name"))
    var channel: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only facts with this value of a dimension.", valueName: "dim=value"))
    var conditions: [String] = []

    /// Dimensions and the values asked for, as a question takes them.
    var pairs: [(dimension: String, value: String)] {
        get throws {
            var pairs: [(dimension: String, value: String)] = []
            for (dimension, value) in [("agent", agent), ("team", team), ("channel", channel)] {
                if let value { pairs.append((dimension, value)) }
            }
            for condition in conditions {
                guard let pair = Self.parts(of: condition) else {
                    throw Failure(
                        .usage,
                        "--where \(condition.printable): it looks like channel=email, or "
                            + "reason=complaint.")
                }
                pairs.append(pair)
            }
            return pairs
        }
    }

    /// Name and value of `channel=email`; nil where it does not look so.
    static func parts(of condition: String) -> (dimension: String, value: String)? {
        // By scalars: a mark that combines with the sign is the value's.
        let scalars = condition.unicodeScalars
        guard let sign = scalars.firstIndex(of: "="), sign != scalars.startIndex else { return nil }
        return (String(scalars[..<sign]), String(scalars[scalars.index(after: sign)...]))
    }
}
