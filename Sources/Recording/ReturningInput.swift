public import EventLog
internal import EventModel

/// An input that was recorded before, while persons were erased since: what was taken back of it and is
/// recorded once more brings them back under new tokens, also those who were rightly erased.
public enum ReturningInput {
    /// How many persons were erased since an input was last recorded; nil where it never was, or nothing
    /// was erased since.
    ///
    /// - Parameter digest: the SHA-256 of its bytes, asked for only where somebody was erased: it costs a
    ///   reading of the file. Records are found by their ids, too, which an erasure leaves as they are.
    /// - Complexity: O(imports and erasures recorded).
    public static func erased(
        since digest: @autoclosure () throws -> String, in store: LogStore
    ) throws -> Int? {
        guard try store.read({ try $0.erasedNames(from: 0) }) != nil else { return nil }
        let privateDigest = try store.privateDigest()
        let digest = try digest()
        let last = try ImportNames.all(in: store).last { $0.isOf(digest, privateDigest) }
        guard let last else { return nil }
        return try store.read { try $0.erasedNames(from: last.sequence) }
    }
}
