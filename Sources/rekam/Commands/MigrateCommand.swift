import ArgumentParser
import EventLog
import EventModel
import Operating
import Rendering

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Carry a log over into a new store, in the format of this rekam.",
        discussion: """
            Every entry keeps its bytes, sequence and recording time, so the root is the same, and \
            checkpoints signed before stay good. The old store is left as it is. Let nobody record \
            meanwhile: what comes after the beginning is left behind.

            Example:
              rekam migrate rekam.store rekam-new.store
            """)

    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The store to carry over.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The folder to make; it must not exist yet.", valueName: "new"))
    var new: String

    @Option(
        help: ArgumentHelp("A group whose members may ask the new store.", valueName: "group"))
    var group: String?

    func run() throws {
        Interrupt.listen()
        let log = try LogStore.open(at: old, readOnly: true, threads: Machine.cores)
        let total = Int(try log.read { $0.entryCount })
        let line = ProgressLine(.entries)
        var migration = Migration(of: log)
        migration.group = try group.map(Machine.group)
        migration.progress = { done in
            if Interrupt.isAsked {
                throw Failure(
                    .interrupted, "stopped; the old store is as it was, no new one was made.")
            }
            line.show(count: done, share: total == 0 ? nil : done * 1000 / total)
        }
        let now = try Machine.now()
        if log.canExplainTokens, StoreFiles.isAbsentOrEmpty(new) {
            try CopyNote.leave(.store, at: new, of: log, now, language.lang)
        }
        let outcome: Migration.Outcome
        do {
            outcome = try migration.run(
                to: new, salts: Machine.salts, threads: Machine.cores)
        } catch let fault as OperatingFault {
            Progress.clear()
            throw Failure(.checkFailed, fault.description)
        }
        Progress.clear()
        // Whoever is erased in the new store stands in the old one's copies, and in it.
        for copy in CopyNote.all(of: log) where try copy.path != Machine.wholePath(new) {
            copy.leave(at: new)
        }
        if log.canExplainTokens {
            CopyNote(kind: .store, path: try Machine.wholePath(old), time: now).leave(at: new)
        }
        let words = KeepingWords(language.lang)
        Output.line(
            words.carried(
                Int(outcome.entries), to: new.printable,
                root: String(outcome.root.hexadecimal.prefix(12))))
        if !outcome.hasKey { Output.line(words.carriedNoKey) }
        let came = Int(try log.read { $0.entryCount }) - total
        if came > 0 { Output.line(words.cameMeanwhile(came)) }
        Output.line(words.afterMigrating(new.printable))
        Output.flush()
    }
}
