import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering
import Shipped

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "See and register event types and their versions.",
        subcommands: [SchemaListCommand.self, SchemaShowCommand.self, SchemaAddCommand.self])
}

struct SchemaListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the event types of the store, with their versions.",
        discussion: """
            Example:
              rekam schema list
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Option(help: ArgumentHelp("table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func run() throws {
        let log = try store.open(readOnly: true)
        let (types, counts) = try log.read { view in (view.types, try view.statistics().types) }
        let known = Dictionary(uniqueKeysWithValues: counts.map { ($0.type, $0.count) })
        let schemas = types.schemas.filter { !$0.isLogsOwn }.sorted { $0.type < $1.type }
        if format.value == .json {
            let list = schemas.map { schema in
                JSONValue.object([
                    JSONMember(key: "type", value: .string(schema.type)),
                    JSONMember(key: "version", value: .number(String(schema.version))),
                    JSONMember(key: "title", value: .string(schema.title)),
                    JSONMember(
                        key: "fields", value: .array(schema.fields.map { .string($0.name) })),
                    JSONMember(
                        key: "events", value: .number(String(known[schema.type] ?? 0))),
                ])
            }
            Output.write(JSONValue.array(list).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let words = SchemaWords(language.lang)
        var columns = words.listHeadings.enumerated().map { place, title in
            TableText.Column(title, isNumber: [1, 2].contains(place))
        }
        for schema in schemas {
            columns[0].add(schema.type)
            columns[1].add(String(schema.version))
            columns[2].add(words.number(known[schema.type] ?? 0))
            columns[3].add(schema.fields.map(\.name).joined(separator: ", "))
        }
        for line in TableText.lines(columns) { Output.line(line) }
        Output.flush()
    }
}

struct SchemaShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one event type: its fields, what they may hold, how older events read.",
        discussion: """
            With --json the schema as it was registered, to write the next version from.

            Examples:
              rekam schema show ticket.opened
              rekam schema show ticket.opened --json > ticket.opened.json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: "The event type.")
    var type: String

    @Flag(help: "The JSON Schema itself.")
    var json = false

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        let types = log.types(in: register)
        guard let schema = types[type] else {
            let near = nearest(to: type, among: types.schemas.map(\.type))
            throw Failure(
                .usage,
                "no event type is called \"\(type.printable)\"."
                    + (near.map { " Did you mean \($0)?" } ?? " `rekam schema list` shows all."))
        }
        if json {
            let registered = register.definition("event_schema", type, schema.version)?.body
            guard let text = registered ?? Shipped.text(of: "events/\(type).json") else {
                throw Failure(.inputOutput, "the text of \(type) is not kept in this store.")
            }
            Output.write(text)
            return Output.flush()
        }
        let words = SchemaWords(language.lang)
        Output.line(words.heading(schema))
        if !schema.summary.isEmpty { Output.line(schema.summary.printable) }
        Output.line()
        var columns = words.fieldHeadings.map { TableText.Column($0) }
        for field in schema.fields {
            columns[0].add(field.name)
            columns[1].add(words.expectation(field))
            columns[2].add(words.remark(field))
            columns[3].add(field.summary)
        }
        for line in TableText.lines(columns) { Output.line(line) }
        let renamed = schema.upcasting.renamed.sorted { $0.key < $1.key }
        let defaults = schema.upcasting.defaults.sorted { $0.key < $1.key }
        if !renamed.isEmpty || !defaults.isEmpty { Output.line() }
        for (old, new) in renamed {
            Output.line(words.renamed(old, new))
        }
        for (name, value) in defaults {
            Output.line(words.without(name, readsAs: value.text.printable))
        }
        Output.flush()
    }
}

struct SchemaAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register new event types, or the next version of known ones.",
        discussion: """
            What is recorded stays as it is: older events are read by the new version as its \
            x-upcast says (renames and defaults), in every projection alike. Refused, with the \
            reason: a keyword that Rekam does not hold events to, a version that recorded events \
            can't be read by, and one that a definition in force can't be read with. What each \
            keyword does: Schemas/EVENTS.md.

            Examples:
              rekam schema add visit.ended.json
              rekam schema add ticket.opened.json --dry-run
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: "JSON Schema files; several are registered together.")
    var files: [String]

    @Flag(help: "Say what would change; register nothing.")
    var dryRun = false

    func run() throws {
        let log =
            try dryRun
            ? store.open(readOnly: true) : store.openToRedefine(BuildProgressLine.options())
        let texts = try files.map { file in
            let bytes = try Machine.readWhole(file, most: 1 << 20)
            return (file: file, text: String(decoding: bytes, as: UTF8.self))
        }
        let register = try log.read { try $0.definitions() }
        let types = log.types(in: register)
        let registration: SchemaRegistration
        do {
            registration = try SchemaRegistration(texts, for: types)
        } catch {
            throw Failure(.refused, "\(error)")
        }
        try checkDefinitions(register, registration.types)
        let words = SchemaWords(language.lang)
        for part in registration.parts {
            Output.line(words.registered(part.schema, isDryRun: dryRun))
            for change in part.changes { Output.line("  " + words.change(change)) }
        }
        guard !dryRun else { return Output.flush() }
        try registration.record(in: log, at: Machine.now())
        Output.flush()
        // Rows that hold older events otherwise are built anew.
        let report = try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        if !report.rebuilt.isEmpty {
            Output.line(words.builtAnew(report.rebuilt.sorted()))
        }
        Output.line()
        Output.line(words.next("rekam schema show \(registration.parts[0].schema.type)"))
        Output.flush()
    }

    /// Every definition in force must be read with the new types as before.
    private func checkDefinitions(_ register: DefinitionRegister, _ types: EventTypes) throws {
        do {
            _ = try DefinitionLibrary(register: register, types: types).all()
        } catch {
            throw Failure(
                .refused,
                messages: error.faults.map {
                    "a definition in force could no longer be read: \($0)"
                } + [
                    "register the versions of all event types that share a field together: rekam "
                        + "schema add A.json B.json"
                ])
        }
    }
}
