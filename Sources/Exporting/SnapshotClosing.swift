public import EventLog
import EventModel

extension SnapshotReading {
    /// Ties the snapshot to the closing of its period's books: an entry that names its digest, and the
    /// proof that this entry is in the log.
    ///
    /// - Parameters:
    ///   - entry: the `period.closed`, byte for byte as it is hashed.
    ///   - verifiers: whose signature under the proof's checkpoint counts.
    /// - Returns: the sequence of the closing.
    /// - Throws: `SnapshotDifference` that says what does not go together.
    public func closing(
        _ entry: [UInt8], proof: InclusionProof, verifiers: [NoteVerifier]
    ) throws -> UInt32 {
        func fault(_ problem: String) -> SnapshotDifference {
            SnapshotDifference(path: "the closing", problem: problem)
        }
        guard let value = try? JSONValue(parsing: entry.span), let data = value["data"],
            value["type"]?.text == "period.closed"
        else { throw fault("it is no entry that closes a period's books") }
        guard proof.holds(for: entry, verifiers: verifiers) else {
            throw fault("the proof does not show that the entry is in the log that was signed")
        }
        guard data["period"]?.text == manifest.period.description else {
            throw fault(
                "it closes \(data["period"]?.text ?? "nothing"), and the snapshot is of "
                    + manifest.period.description)
        }
        guard data["entries"]?.number == Int(manifest.checkpoint.size),
            proof.index >= manifest.checkpoint.size
        else {
            throw fault(
                "it closes the books at \(data["entries"]?.literal ?? "no") entries, and the snapshot "
                    + "rests on \(manifest.checkpoint.size)")
        }
        guard data["snapshot"]?.text == manifest.digest else {
            throw fault(
                "it names a snapshot of another digest, \(data["snapshot"]?.text ?? "none")")
        }
        return proof.index
    }
}
