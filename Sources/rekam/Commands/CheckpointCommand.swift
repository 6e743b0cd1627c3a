import ArgumentParser
import EventLog

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Sign what the log holds now: origin, entries and root.",
        discussion: """
            Prints a C2SP signed note. Give it to whoever should be able to tell later that nothing \
            before it was changed. The last one is also kept outside the store; a store that was \
            rolled back or rewritten behind it is not signed for, and the command ends with 1.

            Examples:
              rekam checkpoint > handed-over.checkpoint
              rekam checkpoint --verifier      # the public key that checks it
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: SameInBothLanguages
    @OptionGroup var kept: KeptOptions

    @Flag(help: "Print the public key instead, as C2SP notes are checked with.")
    var verifier = false

    func run() throws {
        let log = try store.open(readOnly: true)
        if verifier {
            Output.line(try log.signingKey().verifier)
        } else {
            Output.write(try kept.sign(log).encoded)
        }
        Output.flush()
    }
}
