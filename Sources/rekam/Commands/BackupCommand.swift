import ArgumentParser
import Auditing
import EventLog
import EventModel
import Operating
import Rendering

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store, as it is now, into a new folder; others may go on writing.",
        discussion: """
            The folder appears when the copy is whole and on the disk. It can be asked and verified \
            in place (--store), and comes back with rekam restore. The signing key is left out \
            unless --with-key is given: who has it can sign in this log's name.

            Examples:
              rekam backup /backups/rekam-2025-07-14 --verify
              rekam backup /safe/rekam-with-key --with-key
            """)

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("The folder to make; it must not exist yet.", valueName: "dir"))
    var folder: String

    @Flag(help: "Put the signing key into it, too.")
    var withKey = false

    @Flag(help: "Verify the copy before it takes its name: slower, and certain.")
    var verify = false

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        let total = try log.read { view in
            try view.statistics().tables.reduce(0) { $0 + $1.bytes }
        }
        let line = ProgressLine("MiB")
        var backup = Backup(of: log, program: Rekam.version)
        backup.includesKey = withKey
        backup.progress = { bytes in
            if Interrupt.isAsked {
                throw Failure(
                    .interrupted, "stopped; no backup was made, and the store is as it was.")
            }
            line.show(count: bytes >> 20, share: total == 0 ? nil : min(1000, bytes * 1000 / total))
        }
        if verify {
            backup.check = { copy in
                try Verification(of: copy).run(threads: Machine.cores).difference
            }
        }
        let now = try Machine.now()
        let manifest: BackupManifest
        do {
            manifest = try backup.make(at: folder, now: now)
        } catch let fault as OperatingFault {
            Progress.clear()
            throw Failure(.checkFailed, fault.description)
        }
        Progress.clear()
        let note = OperationNote(time: now, entries: manifest.entries, holds: true, detail: folder)
        note.leave(.backup, in: log)
        Output.line(
            "Backed up \(Progress.grouped(Int(manifest.entries))) entries to \(folder.printable): "
                + "\(ByteText.text(manifest.dataBytes)), root \(manifest.root.hexadecimal.prefix(12))…"
                + (verify ? ", verified." : "."))
        Output.line(
            withKey
                ? "The signing key is in it: keep it where only the store's owner can read it."
                : "Without the signing key: keep a copy of \(log.path.printable)/key apart from it."
        )
        Output.line("Bring it back: rekam restore \(folder.printable) --store NEW")
        Output.flush()
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a store from a backup; a store that is there is never touched.",
        discussion: """
            The data must have the digest that the backup was made with; symbolic links in the backup \
            are refused. To go back to a backup, move the present store aside first.

            Example:
              rekam restore /backups/rekam-2025-07-14 --store rekam.store --key /safe/key
            """)

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("The backup's folder.", valueName: "backup"))
    var backup: String

    @Option(
        help: ArgumentHelp(
            "The signing key kept apart from the backup; in place of the one in it.",
            valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp("A group whose members may ask the store.", valueName: "group"))
    var group: String?

    func run() throws {
        Interrupt.listen()
        let line = ProgressLine("MiB")
        let groupNumber = try group.map(Machine.group)
        var restore = Restore(of: StoreFiles.withoutSlash(backup))
        restore.keyFile = key
        restore.group = groupNumber
        restore.progress = { bytes, total throws(StoreFault) in
            if Interrupt.isAsked { throw .stopped(what: "nothing was restored") }
            line.show(count: bytes >> 20, share: total == 0 ? nil : bytes * 1000 / total)
        }
        let outcome: Restore.Outcome
        do {
            outcome = try restore.make(at: store.path)
        } catch StoreFault.stopped {
            Progress.clear()
            throw Failure(.interrupted, "stopped; nothing was restored.")
        } catch let fault as OperatingFault {
            Progress.clear()
            throw Failure(.checkFailed, fault.description)
        }
        Progress.clear()
        let manifest = outcome.manifest
        Output.line(
            "Restored \(Progress.grouped(Int(manifest.entries))) entries of \(manifest.origin.printable) "
                + "to \(store.path.printable), as of \(manifest.made.rfc3339), root "
                + "\(manifest.root.hexadecimal.prefix(12))….")
        if !outcome.hasKey {
            Output.line(
                "It has no signing key: put the one kept apart at \(store.path.printable)/key "
                    + "(mode 0600), or sign with a new one: rekam key rotate --lost.")
        }
        Output.line("Next: rekam verify, then ingest again what came after the backup.")
        Output.flush()
    }
}
