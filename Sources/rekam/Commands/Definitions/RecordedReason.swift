import ArgumentParser

/// Why something is recorded, and by whom, where that may be left out.
struct RecordedReason: ParsableArguments {
    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who does it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if let reason, reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason must say why.")
        }
    }
}

/// Why something is recorded, where that must be said, and by whom.
struct RequiredReason: ParsableArguments {
    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who does it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }
}
