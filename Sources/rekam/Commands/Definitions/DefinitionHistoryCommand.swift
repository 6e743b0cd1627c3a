import ArgumentParser
import EventLog
import EventModel
import Rendering

/// `history`, the same for projections, KPIs, scorecards and calendars.
struct DefinitionHistoryCommand<Noun: DefinitionNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history",
            abstract: "What became of its versions: when, why, and by whom.",
            discussion: """
                Every entry of the log about it, the first one first; the version in force is marked.

                Example:
                  rekam \(Noun.kind) history \(Noun.example)
                """)
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Argument(help: "Its name.")
    var name: String

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        let (name, _) = try Noun.find(name, in: register)
        let words = DefinitionWords(output.lang)
        let zone = register.storeTimeZone ?? .utc
        let live = register.live(Noun.kind, name)?.version
        var sheet = Sheet([
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("recorded", words.heading(.recorded)),
            .init("version", words.heading(.version), isNumber: true),
            .init("act", words.heading(.act)), .init("in_force", words.heading(.inForce)),
            .init("reason", words.heading(.reason)), .init("by", words.heading(.by)),
        ])
        var seen: Set<Int> = []
        let changes = register.changes.filter { $0.kind == Noun.kind && $0.name == name }
        let last = changes.last { $0.version == live && $0.action != .dropped }
        for change in changes {
            let act: DefinitionWords.Act =
                switch change.action {
                case .registered: seen.insert(change.version).inserted ? .registered : .retold
                case .promoted: change.undoes == nil ? .promoted : .undone
                case .dropped: .dropped
                }
            // What comes back after it was dropped is registered again.
            if act == .dropped { seen.remove(change.version) }
            let isInForce = change == last
            try log.read { view in
                let data = try JSONValue(
                    parsing: String(decoding: view.revealedEntry(change.sequence), as: UTF8.self))[
                        "data"]
                func text(_ field: String) -> String? {
                    guard case .string(let text)? = data?[field], !text.isEmpty else { return nil }
                    return text
                }
                sheet.add([
                    .number(Int64(change.sequence), output.lang),
                    .time(try view.recorded(change.sequence), zone),
                    .number(Int64(change.version), output.lang),
                    .texts(words.act(act), act.rawValue),
                    Sheet.Cell.texts(
                        isInForce ? words.inForce : "", isInForce ? "true" : "false"),
                    .text(text("reason")), .text(text("by")),
                ])
            }
        }
        Output.write(sheet, output.format, output.style, rows: "history", empty: "")
        Output.flush()
    }
}
