import ArgumentParser
import EventLog
import EventModel

/// Whose signatures are trusted: a key that somebody gave, and those that it vouches for.
struct TrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's verifier key, from somebody you trust; or a file with it.",
            valueName: "vkey"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "What earlier keys signed to name the later ones (rekam key show --rotations).",
            valueName: "file"))
    var rotations: String?

    /// The key given, and each that it leads to; nil where none is given.
    func verifiers() throws -> [NoteVerifier]? {
        guard let key else {
            guard rotations == nil else {
                throw Failure(.usage, "--rotations goes with --key, which it is followed from.")
            }
            return nil
        }
        let verifier = try Self.verifier(key)
        guard let rotations else { return [verifier] }
        guard let bytes = Machine.read(rotations, most: 1 << 20) else {
            throw Failure(.inputOutput, "\(rotations.printable) can't be read.")
        }
        guard let succession = KeySuccession(bytes) else {
            throw Failure(
                .checkFailed,
                "\(rotations.printable) does not hold what keys signed to name the next ones: ask for "
                    + "rekam key show --rotations.")
        }
        return succession.verifiers(trusting: verifier)
    }

    /// A key as typed, or in a file.
    static func verifier(_ typed: String) throws -> NoteVerifier {
        let text =
            Machine.read(typed, most: 4096).map { String(decoding: $0, as: UTF8.self) } ?? typed
        guard let verifier = NoteVerifier(text.filter { !$0.isWhitespace }) else {
            throw Failure(
                .usage, "--key \(typed.printable): a verifier key looks like name+1a2b3c4d+Abc…")
        }
        return verifier
    }
}

/// A checkpoint as somebody handed it over: a file, or a snapshot's folder, which has one.
struct SignedFile {
    let path: String
    let checkpoint: Checkpoint
    /// Whether a key that is trusted signed it; nil where none was given.
    let isSigned: Bool?

    /// Reads a checkpoint that one of these keys must have signed.
    init(_ path: String, _ verifiers: [NoteVerifier]) throws {
        try self.init(path, trusting: verifiers)
        guard isSigned ?? false else {
            throw Failure(
                .checkFailed,
                "\(path.printable) is not signed with the key you gave, nor with one that it vouches "
                    + "for.")
        }
    }

    /// Reads a checkpoint, signed by whomever.
    ///
    /// - Parameter verifiers: nil where no key is given.
    init(_ path: String, trusting verifiers: [NoteVerifier]?) throws {
        let longest = 1 << 20
        guard
            let bytes = Machine.read(path, most: longest)
                ?? Machine.read(path + "/checkpoint", most: longest)
        else {
            throw Failure(
                .inputOutput,
                "\(path.printable) can't be read: it is to be a checkpoint, or a snapshot's folder."
            )
        }
        guard let note = SignedNote(bytes), let checkpoint = Checkpoint(note.text) else {
            throw Failure(.checkFailed, "\(path.printable) is no signed checkpoint.")
        }
        self.path = path
        self.checkpoint = checkpoint
        isSigned = verifiers.map { Checkpoint(bytes, signedBy: $0) != nil }
    }
}
