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

            Names and other texts of persons lie in private.mdb: keep backups that have it for thirty \
            days at most. --without-names leaves it out: figures and proofs need none of it, and such \
            a backup may be kept for ever.

            Examples:
              rekam backup /backups/rekam-2025-07-14 --verify
              rekam backup /archive/rekam-2025-07 --without-names
              rekam backup /safe/rekam-with-key --with-key
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var checkpoint: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The folder to make; it must not exist yet.", valueName: "dir"))
    var folder: String

    @Flag(help: "Put the signing key into it, too.")
    var withKey = false

    @Flag(help: "Leave names and other texts of persons out.")
    var withoutNames = false

    @Flag(help: "Verify the copy before it takes its name: slower, and certain.")
    var verify = false

    func run() throws {
        Interrupt.listen()
        let log = try store.open(
            readOnly: true, beside: verify ? .nothing : .at(checkpoint))
        // What was rolled back is copied, so that it can be looked into, and never called verified.
        if verify { try checkpoint.requireEntries(of: log) }
        let total = try log.read { view in
            try view.statistics().tables.reduce(0) { $0 + $1.bytes }
        }
        let line = ProgressLine(.mebibytes)
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
        CopyNote.sweepLeftovers(of: log)
        let now = try Machine.now()
        let takesNames = !withoutNames && log.canExplainTokens
        // Before it is made: names are in one that is killed, too.
        let copy =
            takesNames && StoreFiles.isAbsentOrEmpty(folder)
            ? try CopyNote.leave(.backup, at: folder, of: log, now, language.lang) : nil
        backup.includesNames = takesNames
        let manifest: BackupManifest
        do {
            manifest = try backup.make(at: folder, now: now)
        } catch {
            Progress.clear()
            copy?.takeBack(at: log.path)
            guard let fault = error as? OperatingFault else { throw error }
            throw Failure(.checkFailed, fault.description)
        }
        Progress.clear()
        let note = OperationNote(time: now, entries: manifest.entries, holds: true, detail: folder)
        note.leave(.backup, at: log.path)
        let words = KeepingWords(language.lang)
        Output.line(
            words.backedUp(
                Int(manifest.entries), to: folder.printable, bytes: manifest.dataBytes,
                root: String(manifest.root.hexadecimal.prefix(12)), isVerified: verify))
        Output.line(withKey ? words.keyInBackup : words.keyNotInBackup(log.path.printable))
        Output.line(
            manifest.names != nil
                ? words.namesInBackup
                : withoutNames ? words.namesNotInBackup : words.namesMissing(log.path.printable))
        Output.line(words.bringBack(folder.printable))
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

            Where entries that were signed are missing from the backup, nothing is signed until \
            --accept-rollback REASON records the gap in the log; it also works by itself, on a store \
            that was put back already.

            Examples:
              rekam restore /backups/rekam-2025-07-14 --store rekam.store --key /safe/key
              rekam restore --accept-rollback "disk failed on 14 July" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @OptionGroup var checkpoint: KeptOptions

    @Argument(help: ArgumentHelp("The backup's folder.", valueName: "backup"))
    var backup: String?

    @Option(
        help: ArgumentHelp(
            "Accept that signed entries are missing, and record why.", valueName: "reason"))
    var acceptRollback: String?

    @Option(help: ArgumentHelp("Who accepts it; it is recorded.", valueName: "name"))
    var by: String?

    @Option(
        help: ArgumentHelp(
            "The signing key kept apart from the backup; in place of the one in it.",
            valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "The list of erasures that the store left, where its name was another one.",
            discussion: "Without it: STORE.erasures beside the store.", valueName: "file"))
    var erasures: String?

    @Option(
        help: ArgumentHelp(
            "The list of holds that the store left, where its name was another one.",
            discussion: "Without it: STORE.holds beside the store.", valueName: "file"))
    var holds: String?

    @Option(
        help: ArgumentHelp("A group whose members may ask the store.", valueName: "group"))
    var group: String?

    func validate() throws {
        if backup == nil, acceptRollback == nil {
            throw ValidationError("Which backup? Name its folder.")
        }
        if acceptRollback?.allSatisfy(\.isWhitespace) ?? false {
            throw ValidationError("--accept-rollback must say why.")
        }
    }

    private var words: KeepingWords { KeepingWords(language.lang) }

    func run() throws {
        Interrupt.listen()
        var manifest: BackupManifest?
        if let backup {
            let outcome = try restore(StoreFiles.withoutSlash(backup))
            manifest = outcome.manifest
            report(outcome)
            guard outcome.hasKey else {
                // Whether signed entries are missing is said once there is a key.
                if try !tellErasures() { Output.line(words.erasuresLeft(store.path.printable)) }
                return Output.flush()
            }
        }
        try settle(manifest)
        try tellErasures()
        if backup != nil {
            Output.line(words.afterRestoring)
        }
        Output.flush()
    }

    /// Records the erasures that the restored log lacks, unless signed entries are missing: then that
    /// is told first.
    ///
    /// - Returns: whether the log tells them all.
    @discardableResult
    private func tellErasures() throws -> Bool {
        let log = try store.open(readOnly: false, beside: .nothing)
        guard log.keptErasures.isThere else { return true }
        guard try checkpoint.kept(of: log.path).fault(against: log, verifiers: []) == nil else {
            return false
        }
        _ = try log.eraseAgain(at: try Machine.now())
        return true
    }

    private func restore(_ backup: String) throws -> Restore.Outcome {
        let line = ProgressLine(.mebibytes)
        var restore = Restore(of: backup)
        restore.keyFile = key
        restore.erasuresFile = erasures
        restore.holdsFile = holds
        restore.group = try group.map(Machine.group)
        restore.progress = { bytes, total throws(StoreFault) in
            if Interrupt.isAsked { throw .stopped(what: "nothing was restored") }
            line.show(count: bytes >> 20, share: total == 0 ? nil : bytes * 1000 / total)
        }
        defer { Progress.clear() }
        do {
            return try restore.make(at: store.path)
        } catch StoreFault.stopped {
            throw Failure(.interrupted, "stopped; nothing was restored.")
        } catch let fault as OperatingFault {
            throw Failure(.checkFailed, fault.description)
        }
    }

    private func report(_ outcome: Restore.Outcome) {
        let manifest = outcome.manifest
        Output.line(
            words.restored(
                Int(manifest.entries), of: manifest.origin.printable, to: store.path.printable,
                made: manifest.made, root: String(manifest.root.hexadecimal.prefix(12))))
        if !outcome.hasKey { Output.line(words.restoredWithoutKey(store.path.printable)) }
        if manifest.names == nil {
            Output.line(words.restoredWithoutNames)
        } else if !outcome.hasErasures {
            let list = outcome.linesOfOthers[0]
            Output.line(
                list.numbers.isEmpty
                    ? words.noErasures(list.path.printable)
                    : words.erasuresOfOthers(list.path.printable))
        } else if outcome.erased > 0 {
            Output.line(words.erasedAgain(outcome.erased))
        }
        if outcome.inForce > 0 { Output.line(words.holdsInForce(outcome.inForce)) }
        Output.line(words.notInIt(since: String(manifest.made.rfc3339.prefix(10))))
        for file in outcome.linesOfOthers {
            PersonRoles.tellOthers(file.path, file.numbers, PersonWords(language.lang))
        }
    }

    /// Says whether signed entries are missing; with `--accept-rollback` records that they are.
    private func settle(_ manifest: BackupManifest?) throws {
        let log = try store.open(readOnly: acceptRollback == nil, beside: .nothing)
        let kept = checkpoint.kept(of: log.path)
        guard let acceptRollback else {
            switch try kept.fault(against: log, verifiers: log.noteVerifiers()) {
            case .rolledBack(_, let signed, let entries)?:
                Output.line(
                    words.missing(
                        Int(signed - entries), told: kept.path.printable, store.path.printable))
            case let fault?: Output.errorLine("Warning: \(fault.description)")
            case nil:
                if try kept.read() == nil { Output.line(words.nothingKept(kept.path.printable)) }
            }
            return
        }
        do {
            let gap = try Restore.acceptRollback(
                of: log, kept: kept, backupMade: manifest?.made, reason: acceptRollback, by: by,
                at: try Machine.now())
            guard let gap else {
                return Output.line(
                    try kept.read() == nil
                        ? words.nothingKept(kept.path.printable) : words.nothingMissing)
            }
            Output.line(words.accepted(Int(gap.entries), Int(gap.signed) - 1))
        } catch let fault as KeptFault {
            throw Failure(.checkFailed, fault.description)
        } catch let rejection as Rejection {
            throw Failure(.usage, "--accept-rollback: \(rejection.problem).")
        }
    }
}
