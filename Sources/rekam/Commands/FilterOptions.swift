import ArgumentParser

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
                guard let sign = condition.firstIndex(of: "="), sign != condition.startIndex else {
                    throw Failure(
                        .usage,
                        "--where \(condition): it looks like channel=email, or reason=complaint.")
                }
                pairs.append(
                    (
                        String(condition[..<sign]),
                        String(condition[condition.index(after: sign)...])
                    ))
            }
            return pairs
        }
    }
}
