import ArgumentParser
import EventLog
import EventModel
import Projections
import Rendering

/// The versions of projections as an earlier state of the log leaves them: which answered, which
/// waited. How far each was built then is not in the log.
struct VersionsThen {
    private let versions: ProjectionVersions
    private let zone: TimeZoneRules
    private let log: LogStore

    static let help = ArgumentHelp(
        "As the log's first N entries, or all recorded by a time or date, say.",
        valueName: "n|time")

    init(of log: LogStore, asOf text: String) throws {
        let count = try AsOfOptions.entryCount(text, in: log)
        let register = try log.read { try $0.definitions(upTo: count) }
        self.log = log
        zone = register.storeTimeZone ?? .utc
        versions = try ProjectionVersions(of: log, register: register)
    }

    /// Writes one row for each version, of one projection where a name is given.
    func write(_ format: OutputFormat, _ style: TextStyle, only name: String? = nil) throws {
        if let name { _ = try versions.find(name) }
        let words = ProjectionWords(style.language)
        var sheet = Sheet([
            .init("name", words.heading(.projection)),
            .init("version", words.heading(.version), isNumber: true),
            .init("state", words.heading(.state)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("recorded", words.heading(.recorded)),
        ])
        for version in versions.all where name == nil || version.name == name {
            let changes = versions.register.changes.filter {
                $0.kind == "projection" && $0.name == version.name
                    && $0.version == version.version
            }
            let isLive = versions.live(version.name) == version
            let wasLive = changes.contains { $0.action == .promoted }
            guard let last = changes.last else { continue }
            let state = isLive ? "live" : wasLive ? "retired" : "registered"
            sheet.add([
                .text(version.name), .number(Int64(version.version), style.language),
                .texts(words.state(state), state),
                .number(Int64(last.sequence), style.language),
                .time(try log.read { try $0.recorded(last.sequence) }, zone),
            ])
        }
        Output.write(
            sheet, format, style, rows: "projections", empty: words.noneThen)
    }
}
