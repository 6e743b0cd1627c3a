import ArgumentParser

/// Which versions `diff` compares, and for which period: the same for every kind of definition.
struct ComparedVersions: ParsableArguments {
    @Argument(help: ArgumentHelp("One version, or two: NAME@V.", valueName: "name@v"))
    var names: [String]

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("How many changes to show.", valueName: "n"))
    var top = 20

    /// - Parameter example: the name of a definition of the kind.
    func check(example: String) throws {
        guard (1...2).contains(names.count) else {
            throw ValidationError("Which versions? For example \(example)@1 \(example)@2.")
        }
        if top < 1 || top > 100_000 { throw ValidationError("--top \(top): from 1 to 100000.") }
    }
}
