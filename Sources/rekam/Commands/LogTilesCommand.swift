import ArgumentParser
import EventLog
import Exporting
import Rendering

struct LogTilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-tiles",
        abstract: "Write the log as static files that any C2SP tlog-tiles client reads.",
        discussion: """
            A checkpoint, tiles and entry bundles. Where the folder holds an earlier state of this \
            log, only what is new is written. Bundles of entries that hold respondents' answers are \
            left out, and every proof holds without them; --with-answers writes them, too.

            Examples:
              rekam log export-tiles public/log
              rekam log export-tiles audit/log --with-answers
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The folder; made when it is not there.", valueName: "dir"))
    var folder: String

    @Flag(help: "Write the bundles that hold respondents' answers, too.")
    var withAnswers = false

    func run() throws {
        let log = try store.open(readOnly: true, beside: .nothing)
        let note = try kept.sign(log)
        guard let checkpoint = Checkpoint(note.text) else {
            preconditionFailure("what was signed is a checkpoint")
        }
        let root = StoreFiles.withoutSlash(folder)
        let earlier = try earlierSize(root, log, checkpoint)
        if StoreFiles.status(root) == nil { try FolderFiles.make(root) }
        let line = ProgressLine(.files)
        Interrupt.listen()
        let export = TileExport(log, size: checkpoint.size, withAnswers: withAnswers)
        let written = try export.write(to: root, from: earlier) { done, all in
            line.show(count: done, share: done * 1000 / max(1, all))
            if Interrupt.isAsked {
                throw Failure(
                    .interrupted, "stopped; the folder's checkpoint is still the earlier one.")
            }
        }
        Progress.clear()
        try FolderFiles.syncAll(root)
        try StoreFiles.replace(root + "/checkpoint", Array(note.encoded.utf8))
        try StoreFiles.setMode(root + "/checkpoint", 0o644)
        let words = LogWords(language.lang)
        Output.line(
            words.wroteTiles(
                written.files, to: root, entries: Int(checkpoint.size),
                root: String(checkpoint.root.hexadecimal.prefix(12)), earlier: Int(earlier)))
        Output.line(words.tilesKey)
        if written.leftOut > 0 { Output.line(words.leftOut(bundles: written.leftOut)) }
        Output.flush()
        if withAnswers { try AnonymousAnswers.warn(log, size: checkpoint.size, language.lang) }
    }

    /// How many entries the folder already holds of this log.
    private func earlierSize(
        _ root: String, _ log: LogStore, _ now: Checkpoint
    ) throws -> UInt32 {
        guard let kind = StoreFiles.status(root)?.kind else { return 0 }
        guard kind == .folder else { throw StoreFault.alreadyThere(path: root) }
        guard StoreFiles.status(root + "/checkpoint") != nil else {
            // A run that was interrupted may have left its tiles, and a checkpoint without its name.
            let names = StoreFiles.names(in: root) ?? []
            guard
                StoreFiles.isAbsentOrEmpty(root)
                    || names.contains("tile")
                        && Set(names).isSubset(of: ["tile", "checkpoint.next"])
            else {
                throw Failure(
                    .inputOutput, "\(root) holds other things than a log's tiles. Name another.")
            }
            return 0
        }
        let bytes = try FolderFiles.read(root + "/checkpoint", limitBytes: 1 << 20)
        guard let note = SignedNote(bytes), let earlier = Checkpoint(note.text),
            earlier.origin == now.origin, earlier.size <= now.size,
            try log.read({ try $0.checkpoint(size: earlier.size) }).root == earlier.root
        else {
            throw Failure(
                .checkFailed,
                "\(root)/checkpoint is not of an earlier state of this log. Name another folder.")
        }
        return earlier.size
    }
}
