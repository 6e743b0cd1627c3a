import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Rendering

struct KPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kpi",
        abstract: "See which KPIs there are, and what each one means.",
        subcommands: [
            KPIListCommand.self, KPIShowCommand.self, DefinitionCheckCommand.self,
            DefinitionAddCommand.self, DefinitionDiffCommand<KPINoun>.self,
            DefinitionHistoryCommand<KPINoun>.self,
            DefinitionUndoCommand<KPINoun>.self, DefinitionDropCommand<KPINoun>.self,
        ])
}

struct KPIListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List every KPI of the store.",
        discussion: """
            Example:
              rekam kpi list --lang id
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    func run() throws {
        let library = try StoreDefinitions(store.open(readOnly: true)).library
        let kpis = try library.kpiNames.compactMap { try library.kpi($0) }
        switch output.format {
        case .table: Output.write(KPIPages.list(kpis, output.style))
        case .markdown: Output.write(KPIPages.markdown(kpis, output.lang))
        case .csv:
            Output.write(CSVText.line(["kpi", "version", "title", "group", "unit"]))
            for kpi in kpis {
                Output.write(
                    CSVText.line(
                        [
                            kpi.name, String(kpi.version), kpi.title.english,
                            kpi.group,
                            kpi.unit.rawValue,
                        ].map(CSVText.text)))
            }
        case .json:
            let list = kpis.map { kpi in
                JSONValue.object([
                    JSONMember(key: "name", value: .string(kpi.name)),
                    JSONMember(key: "version", value: .number(String(kpi.version))),
                    JSONMember(key: "title", value: .string(kpi.title.english)),
                    JSONMember(key: "group", value: .string(kpi.group)),
                    JSONMember(key: "unit", value: .string(kpi.unit.rawValue)),
                    JSONMember(
                        key: "statistics",
                        value: .array(kpi.statistics.map { .string($0.name) })),
                ])
            }
            Output.write(JSONValue.array(list).canonical ?? [])
            Output.line()
        }
        Output.flush()
    }
}

struct KPIShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain one KPI: formula, unit, events it needs, edge cases, source.",
        discussion: """
            Examples:
              rekam kpi show first_response_time
              rekam kpi show first_response_time@1
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @Argument(help: ArgumentHelp("The version in force of it, or NAME@V.", valueName: "name"))
    var name: String

    @OptionGroup var text: RegisteredText

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        if try text.written(name, KPINoun.self, in: register) { return }
        let shown = try KPINoun.shown(name, in: register, of: log)
        guard case .kpi(let kpi) = shown.definition else { return }
        let used = try shown.library.projections(behind: kpi)
        let projections = try used.compactMap { try shown.library.projection($0) }
        Output.write(
            output.format == .json
                ? KPIPages.json(kpi, projections: projections)
                : KPIPages.page(kpi, projections: projections, output.style))
        Output.flush()
    }
}

/// The definitions in force in a store.
struct StoreDefinitions {
    let library: DefinitionLibrary

    init(_ log: LogStore) throws {
        let register = try log.read { try $0.definitions() }
        library = DefinitionLibrary(register: register, types: log.types)
    }
}
