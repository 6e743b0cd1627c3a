internal import EventModel

/// What each earlier key of a log signed to name the next one. Whoever trusts one key follows it to
/// those that sign now, with nothing but these notes at hand; so they need no signature of their own.
///
///     let keys = KeySuccession(bytes)?.verifiers(trusting: theirs) ?? [theirs]
public struct KeySuccession: Hashable, Sendable {
    /// The statements, in the order of the log: checkpoints with a line `next-key`.
    public let statements: [SignedNote]

    /// Keys of one log that are followed, at most.
    static let mostStatements = 1024

    /// The statements that a log's rotations hold; a key that was lost made none.
    public init(_ rotations: [KeyRotation]) {
        statements = rotations.compactMap { $0.isEndorsed ? $0.statement : nil }
    }

    /// Reads notes that follow each other; nil where one of them is none, or names no key.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= SignedNote.longest else { return nil }
        var notes: [SignedNote] = []
        for lines in Self.parted(bytes) {
            guard notes.count < Self.mostStatements,
                let note = SignedNote(lines), note.nextKey != nil
            else { return nil }
            notes.append(note)
        }
        statements = notes
    }

    /// Cuts notes apart: one ends with the last of the signature lines after its empty line.
    private static func parted(_ bytes: [UInt8]) -> [[UInt8]] {
        var notes: [[UInt8]] = []
        var note: [UInt8] = []
        var isSigned = false
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            if isSigned, !line.starts(with: "\u{2014} ".utf8) {
                notes.append(note)
                note = []
                isSigned = false
            }
            note += line + [0x0A]
            if line.isEmpty { isSigned = true }
        }
        return note.isEmpty ? notes : notes + [note]
    }

    /// The statements as a file holds them, one after another.
    public var encoded: String { statements.map(\.encoded).joined() }

    /// The keys that may sign for who trusts one: that key first, then each that one of them names.
    ///
    /// - Complexity: O(statements²) signatures in the worst order; O(statements) in the log's.
    public func verifiers(trusting key: NoteVerifier) -> [NoteVerifier] {
        var keys = [key]
        var place = 0
        while place < keys.count {
            for statement in statements where keys[place].accepts(statement) {
                guard let next = statement.nextKey, next.name == key.name, !keys.contains(next)
                else { continue }
                keys.append(next)
            }
            place += 1
        }
        return keys
    }
}

extension SignedNote {
    /// The key that this note names as the next one, where its text is such a statement.
    var nextKey: NoteVerifier? {
        guard let line = Checkpoint(text)?.extensions.last, line.hasPrefix(KeyRotation.nextKey)
        else { return nil }
        return NoteVerifier(String(line.dropFirst(KeyRotation.nextKey.count)))
    }
}
