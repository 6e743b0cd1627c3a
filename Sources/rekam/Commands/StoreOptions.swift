public import ArgumentParser
import EventLog
public import EventModel

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's folder.", discussion: "Without it: $REKAM_STORE, else ./rekam.store.",
            valueName: "dir"))
    var store: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many seconds to wait while another process writes.", valueName: "seconds"))
    var wait = 60

    /// The folder to use.
    var path: String { store ?? Machine.environment("REKAM_STORE") ?? "rekam.store" }

    /// Opens the store.
    func open(readOnly: Bool) throws -> LogStore {
        guard wait >= 0, wait <= 86_400 else {
            throw Failure(.usage, "--wait \(wait): a number of seconds from 0 to 86400.")
        }
        return try LogStore.open(
            at: path, readOnly: readOnly, threads: Machine.cores, patience: .seconds(wait),
            mapBytes: Machine.environment("REKAM_MAP_BYTES").flatMap { Int($0) })
    }
}

/// How an answer is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown
}

extension Language: ExpressibleByArgument {}
