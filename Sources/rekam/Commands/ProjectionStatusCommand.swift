import ArgumentParser
import EventLog
import EventModel
import Projections
import Rendering

struct ProjectionStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How every version stands: state, position, backfill, size, last fault.",
        discussion: """
            Also while another process builds. A state is live (it answers), ready (built and kept up \
            to date, but another answers), retired (it answered once), building, or registered \
            (nothing is built yet).

            Examples:
              rekam projection status
              rekam projection status resolution --format json
              rekam projection status resolution --as-of 2025-08-05      (which version answered)
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Only this projection.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "How it is written: table or json; with --as-of also csv or markdown.",
            valueName: "format"))
    var format = OutputFormat.table

    @Option(help: VersionsThen.help)
    var asOf: String?

    func validate() throws {
        if asOf == nil { try format.require(TableOrJSON.formats) }
    }

    func run() throws {
        let log = try store.open(readOnly: true)
        if let asOf {
            let style = TextStyle(
                language: language.lang, width: Output.width,
                isColoured: Output.isColoured(unless: false))
            return try VersionsThen(of: log, asOf: asOf).write(format, style, only: name)
        }
        let versions = try ProjectionVersions(of: log)
        if let name { _ = try versions.find(name) }
        let projections = try ProjectionStore(log: log)
        // Where the definitions in force can't be read, the versions are listed all the same.
        let live = try? LiveProjections(of: log)
        let now = try Machine.now()
        let lines = try log.read { view in
            let statuses = try projections.statuses(in: view)
            let registered = versions.all.filter { version in
                !statuses.contains { $0.name == version.name && $0.version == version.version }
            }
            let wanted = statuses.filter { name == nil || $0.name == name }
            let superseded = try live?.superseded(in: view).map(\.text) ?? []
            return try wanted.map { status in
                try VersionLine(
                    status, count: view.entryCount, now: now,
                    isSuperseded: superseded.contains(status.text),
                    progress: projections.progress(
                        status.name, version: status.version, in: view),
                    size: projections.size(status, in: view))
            }
                + registered.filter { name == nil || $0.name == name }.map {
                    VersionLine(registered: $0, count: view.entryCount)
                }
        }.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
        if format == .json {
            Output.write(JSONValue.array(lines.map(\.json)).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let words = ProjectionWords(language.lang)
        let headings: [ProjectionWords.Column] = [
            .projection, .state, .position, .behind, .rows, .size,
        ]
        var columns = headings.enumerated().map {
            TableText.Column(words.heading($1), isNumber: $0 > 1)
        }
        for line in lines {
            let cells = line.cells(words, language.lang)
            for index in columns.indices { columns[index].add(cells[index]) }
        }
        for text in TableText.lines(columns) { Output.line(text) }
        for line in lines { if let note = line.note(words) { Output.line(note) } }
        Output.line()
        Output.line(words.next(lines.lazy.compactMap(\.next).first ?? "rekam kpi list"))
        Output.flush()
    }
}

/// How one version stands.
struct VersionLine {
    var name: String
    var version: Int
    private var state: String
    private var position: UInt32 = 0
    private var behind: UInt32
    private var size: (bytes: UInt64, rows: UInt64) = (0, 0)
    private var progress: BackfillProgress?
    private var isAlive = false
    private var fault: BuildFault?
    private var hasBuild = false
    /// Whether nothing is answered from its rows, as they were made otherwise than what is in force says.
    private var isSuperseded = false

    init(
        _ status: ProjectionStatus, count: UInt32, now: Instant, isSuperseded: Bool,
        progress: BackfillProgress?, size: (bytes: UInt64, rows: UInt64)
    ) {
        name = status.name
        version = status.version
        state = "\(status.state)"
        position = status.position
        behind = status.behind(count)
        self.size = size
        self.progress = progress
        isAlive = progress?.isAlive(at: now) ?? false
        fault = status.fault
        hasBuild = status.build != nil
        self.isSuperseded = isSuperseded
    }

    init(registered version: ProjectionVersions.Version, count: UInt32) {
        name = version.name
        self.version = version.version
        state = "registered"
        behind = count
    }

    private var text: String { "\(name)@\(version)" }

    func cells(_ words: ProjectionWords, _ language: Language) -> [String] {
        [
            text, words.state(state), words.number(position),
            behind == 0 ? "–" : words.number(behind), words.number(size.rows),
            ByteText.text(Int(size.bytes), language),
        ]
    }

    /// What is worth saying beside the table.
    func note(_ words: ProjectionWords) -> String? {
        if let fault { return words.stopped(text, at: fault.sequence, fault.reason) }
        if isAlive, let progress {
            let (done, all) = (progress.eventsDone, progress.events)
            let left = done == 0 ? nil : (progress.milliseconds * (all - done) / done + 999) / 1000
            return words.building(
                text, percent: Int(all == 0 ? 0 : done * 100 / all), rate: Int(progress.rate),
                secondsLeft: left.map { Int($0) })
        }
        if isSuperseded { return words.superseded(text) }
        return hasBuild ? words.interrupted(text) : nil
    }

    /// The command that brings it on; nil where nothing is to do.
    var next: String? {
        if fault != nil || isAlive { return nil }
        if isSuperseded { return "rekam projection rebuild \(name)" }
        if hasBuild || state == "registered" { return "rekam projection backfill \(text)" }
        return state == "ready" ? "rekam projection promote \(text) --reason \"…\"" : nil
    }

    var json: JSONValue {
        func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
        var members = [
            JSONMember(key: "name", value: .string(name)),
            JSONMember(key: "version", value: number(version)),
            JSONMember(key: "state", value: .string(state)),
            JSONMember(key: "position", value: number(position)),
            JSONMember(key: "behind", value: number(behind)),
            JSONMember(key: "rows", value: number(size.rows)),
            JSONMember(key: "bytes", value: number(size.bytes)),
            JSONMember(key: "interrupted", value: .boolean(hasBuild && !isAlive)),
            JSONMember(key: "superseded", value: .boolean(isSuperseded)),
        ]
        if let progress {
            members.append(
                JSONMember(
                    key: "backfill",
                    value: .object([
                        JSONMember(key: "running", value: .boolean(isAlive)),
                        JSONMember(key: "events_done", value: number(progress.eventsDone)),
                        JSONMember(key: "events", value: number(progress.events)),
                        JSONMember(key: "milliseconds", value: number(progress.milliseconds)),
                        JSONMember(key: "events_per_second", value: number(progress.rate)),
                    ])))
        }
        if let fault {
            members.append(
                JSONMember(
                    key: "fault",
                    value: .object([
                        JSONMember(
                            key: "sequence", value: fault.sequence.map { number($0) } ?? .null),
                        JSONMember(key: "reason", value: .string(fault.reason)),
                    ])))
        }
        return .object(members)
    }
}
