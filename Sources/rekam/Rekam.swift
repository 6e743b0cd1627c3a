import ArgumentParser

/// The command. Its subcommands parse, call the module that does the work, and print.
@main
struct Rekam: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "rekam",
        abstract:
            "Records what happened in customer service, and answers with figures that add up.",
        discussion: """
            Events go into an append-only log that proves itself; KPIs are computed from it, \
            exactly, for any period, agent or channel, and can be replayed at any time.

            Start here:
              rekam init                                a new store, with the KPI catalogue
              rekam ingest tickets.ndjson               record events (CSV: --mapping M.yaml)
              rekam kpi list                            what can be asked
              rekam query csat --by agent --period 2025-07
              rekam verify                              prove that nobody touched the log
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Recording",
                subcommands: [
                    InitCommand.self, IngestCommand.self, MappingCommand.self, VoidCommand.self,
                    GenerateCommand.self,
                ]),
            CommandGroup(
                name: "Asking",
                subcommands: [
                    QueryCommand.self, ExplainCommand.self, DiffCommand.self, FactsCommand.self,
                    ScorecardCommand.self, KPICommand.self,
                    CalendarCommand.self,
                    ProjectionCommand.self, SchemaCommand.self,
                ]),
            CommandGroup(
                name: "Proving",
                subcommands: [
                    LogCommand.self, VerifyCommand.self, CheckpointCommand.self,
                    ProofCommand.self, SnapshotCommand.self, ReplayCommand.self,
                    PeriodCommand.self, AuditCommand.self, SampleCommand.self,
                ]),
            CommandGroup(
                name: "Persons",
                subcommands: [
                    PersonCommand.self, EraseCommand.self, HoldCommand.self,
                    RetentionCommand.self, NameCommand.self,
                ]),
            CommandGroup(
                name: "Operating",
                subcommands: [
                    StatusCommand.self, DoctorCommand.self, BackupCommand.self, RestoreCommand.self,
                    MigrateCommand.self, KeyCommand.self,
                ]),
        ])

    static func main() {
        ProcessStart.prepare()
        do {
            var command = try parseAsRoot()
            try command.run()
            PrintedTokens.tell()
        } catch {
            PrintedTokens.tell()
            Exit.end(with: error, of: Self.self)
        }
    }

    func run() {
        // Typed alone, it answers what a newcomer asks first.
        Output.line(Self.helpMessage())
        Output.flush()
    }
}
