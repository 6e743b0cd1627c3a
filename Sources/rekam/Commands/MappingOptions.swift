import ArgumentParser
import Ingest

/// What a mapping leaves to the command.
struct MappingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A constant of the mapping: --set month=2025-07.", valueName: "name=text"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "The file of a lookup of the mapping: --table users=users.csv.", valueName: "name=file")
    )
    var table: [String] = []

    var isEmpty: Bool { self.set.isEmpty && table.isEmpty }

    func validate() throws {
        for (option, values) in [("--set", set), ("--table", table)] {
            var names: Set<Substring> = []
            for value in values {
                guard let name = MappingOptions.pair(value)?.name else {
                    throw ValidationError(
                        "\(option) \(value): NAME=\(option == "--set" ? "TEXT" : "FILE").")
                }
                guard names.insert(name).inserted else {
                    throw ValidationError("\(option) \(name) is given twice.")
                }
            }
        }
    }

    /// Constants by name.
    var settings: [String: String] {
        Dictionary(
            uniqueKeysWithValues: set.compactMap { MappingOptions.pair($0) }
                .map { (String($0.name), String($0.text)) })
    }

    /// Files by the names of their lookups.
    var files: [(name: String, path: String)] {
        table.compactMap { MappingOptions.pair($0) }.map { (String($0.name), String($0.text)) }
    }

    private static func pair(_ text: String) -> (name: Substring, text: Substring)? {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
        return (text[..<sign], text[text.index(after: sign)...])
    }
}
