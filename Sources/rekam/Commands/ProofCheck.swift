import EventLog
import EventModel
import Rendering

/// A proof in a file, checked with nothing but it, keys that are trusted, and what it is about.
struct ProofCheck {
    let path: String
    /// The key that is trusted first, and those that it vouches for.
    let verifiers: [NoteVerifier]

    /// The log's name, which its keys have.
    var log: String { verifiers.first?.name ?? "" }

    /// Checks that an entry is in the log.
    ///
    /// - Parameter file: the entry, as `log show` prints it.
    /// - Returns: its sequence.
    func index(of file: String) throws -> UInt32 {
        let text = try proof()
        guard var content = Machine.read(file) else {
            throw Failure(.inputOutput, "\(file.printable) can't be read.")
        }
        // `log show` ends the entry with a line break, which is no part of it.
        if content.last == 0x0A { content.removeLast() }
        guard let proof = InclusionProof(text) else {
            throw Failure(
                .checkFailed,
                ConsistencyProof(text) == nil
                    ? "\(path.printable) is no tlog-proof."
                    : "\(path.printable) proves that a log grew, and nothing of an entry: check it "
                        + "with --from and the earlier checkpoint.")
        }
        guard proof.holds(for: content, verifiers: verifiers) else {
            throw Failure(
                .checkFailed,
                "\(path.printable) does not prove that this entry is in a log signed by "
                    + "\(log.printable).")
        }
        return proof.index
    }

    /// Checks that the log continues an earlier checkpoint.
    ///
    /// - Parameter file: the earlier checkpoint, as it was handed over.
    func growth(from file: String) throws -> CheckpointComparison {
        let text = try proof()
        let earlier = try SignedFile(file, verifiers).checkpoint
        guard let proof = ConsistencyProof(text) else {
            throw Failure(
                .checkFailed,
                InclusionProof(text) == nil
                    ? "\(path.printable) is no proof that a log grew."
                    : "\(path.printable) proves that an entry is in a log: check it with --entry.")
        }
        guard let later = proof.later(signedBy: verifiers) else {
            throw Failure(
                .checkFailed,
                "\(path.printable) does not hold: the checkpoint in it is not signed with the key you "
                    + "gave, nor with one that it vouches for.")
        }
        guard proof.size == earlier.size else {
            throw Failure(
                .checkFailed,
                "\(path.printable) begins at \(proof.size) entries, and \(file.printable) is of "
                    + "\(earlier.size): ask for rekam proof --from \(earlier.size).")
        }
        let comparison = CheckpointComparison(earlier, later, proof: proof.hashes)
        switch comparison.relation {
        case .same, .grown: return comparison
        case .forked, .otherLog:
            throw Failure(.checkFailed, CheckpointWords(.english).relation(comparison.said))
        case .notEstablished:
            throw Failure(
                .checkFailed,
                "\(path.printable) does not hold: it does not lead from \(file.printable) to the "
                    + "checkpoint in it.")
        }
    }

    private func proof() throws -> String {
        guard let bytes = Machine.read(path) else {
            throw Failure(.inputOutput, "\(path.printable) can't be read.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
