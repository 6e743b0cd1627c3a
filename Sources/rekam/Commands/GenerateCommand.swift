import ArgumentParser
import EventModel
import Generating

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write a made-up support team's year of events, to try Rekam with.",
        discussion: """
            CloudEvents, one per line, on standard output: tickets, calls, surveys, customers, \
            agents joining and leaving, shifts, holidays, reopenings, escalations, late events. \
            The same seed and options give the same bytes on any machine.

            Example:
              rekam generate --events 200000 --seed 2025 | rekam ingest -
            """)

    @OptionGroup var language: SameInBothLanguages

    @Option(help: ArgumentHelp("How many events.", valueName: "n"))
    var events = 100_000

    @Option(help: ArgumentHelp("The same seed, the same events.", valueName: "s"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("First day, 2025-01-01 unless given.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("Last day, 2025-12-31 unless given.", valueName: "day"))
    var to: String?

    @Option(help: ArgumentHelp("How many agents work in that time.", valueName: "n"))
    var agents: Int?

    @Option(help: ArgumentHelp("Percent of the events that arrive late.", valueName: "percent"))
    var late: Int = 1

    @Option(help: ArgumentHelp("Percent of the lines that repeat another.", valueName: "percent"))
    var duplicates: Int = 0

    @Option(help: ArgumentHelp("Tickets with very many events.", valueName: "n"))
    var longCases = 3

    @Option(help: ArgumentHelp("First part of each event's source.", valueName: "name"))
    var origin: String?

    func run() throws {
        var options = GeneratorOptions()
        options.events = events
        options.agents = agents
        if let from { options.from = try day(from, "--from") }
        if let to { options.to = try day(to, "--to") }
        options.lateShare = Double(late) / 100
        options.duplicateShare = Double(duplicates) / 100
        options.longCases = longCases
        if let origin { options.origin = origin }
        var generator: EventGenerator
        do {
            generator = try EventGenerator(seed: seed, options: options)
        } catch {
            throw Failure(.usage, error.description)
        }
        var chunk: [UInt8] = []
        while generator.nextChunk(into: &chunk) { Output.write(chunk) }
        Output.flush()
    }

    private func day(_ text: String, _ option: String) throws -> Day {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let number = parts[2],
            let day = Day(year: year, month: month, day: number)
        else { throw Failure(.usage, "\(option) \(text) is no date. Dates look like 2025-07-14.") }
        return day
    }
}
