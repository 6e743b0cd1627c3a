public import EventModel

/// One change of the signing key, as the log has it: `key.rotated`.
public struct KeyRotation: Hashable, Sendable {
    /// The entry that says so.
    public var sequence: UInt32
    /// When it was recorded.
    public var recorded: Instant
    /// The verifier key until then; nil where that key was lost.
    public var previous: String?
    /// The verifier key from then on.
    public var next: String
    /// A signed note in which the previous key names the next one; nil where it was lost.
    public var endorsement: String?

    /// How the line of a statement begins that names the next key.
    static let nextKey = "next-key "

    /// What the previous key signs: a checkpoint with the next key in an extension line.
    ///
    /// Source: C2SP `tlog-checkpoint`, extension lines.
    static func statement(_ checkpoint: Checkpoint, next: String) -> String {
        checkpoint.text + "\(nextKey)\(next)\n"
    }

    /// What the previous key signed; nil where it was lost, or that is no note.
    var statement: SignedNote? {
        guard let endorsement else { return nil }
        // Texts of data are trimmed when they are recorded; a note ends with a line's end.
        return SignedNote(Array((endorsement + "\n").utf8))
            ?? SignedNote(Array(endorsement.utf8))
    }

    /// Whether the previous key itself names the next one, so that who trusts the one can trust the
    /// other.
    public var isEndorsed: Bool {
        guard let previous, let verifier = NoteVerifier(previous), let statement,
            verifier.accepts(statement)
        else { return false }
        return statement.nextKey?.text == next
    }
}

extension LogView {
    /// Every change of the signing key, in order.
    ///
    /// - Complexity: O(entries of the case `log/store`).
    public func keyRotations() throws -> [KeyRotation] {
        guard let id = try caseID("log/store") else { return [] }
        return try caseHistory(id).compactMap { sequence in
            let entry = try JSONValue(
                parsing: String(decoding: try self.entry(sequence), as: UTF8.self))
            guard entry["type"] == .string("key.rotated"),
                case .string(let next)? = entry["data"]?["next"],
                case .string(let time)? = entry["rekamtime"],
                let recorded = try? Instant(rfc3339: time)
            else { return nil }
            func text(_ name: String) -> String? {
                guard case .string(let text)? = entry["data"]?[name] else { return nil }
                return text
            }
            return KeyRotation(
                sequence: sequence, recorded: recorded, previous: text("previous"), next: next,
                endorsement: text("endorsement"))
        }
    }
}

extension LogStore {
    /// The public keys that checkpoints of this store may be signed with: the present one, and those
    /// that an unbroken chain of endorsements leads back to. A key that was lost, and what came
    /// before it, is trusted no more.
    ///
    /// - Throws: `StoreFault.badKey` or `.file`.
    public func noteVerifiers() throws -> [NoteVerifier] { try noteVerifiers(nil) }

    package func noteVerifiers(_ lock: SigningLock?) throws -> [NoteVerifier] {
        var keys = [try signingKey(lock).verifier]
        for rotation in try read({ try $0.keyRotations() }).reversed() {
            guard rotation.next == keys[keys.count - 1], rotation.isEndorsed,
                let previous = rotation.previous
            else { break }
            keys.append(previous)
        }
        return keys.compactMap { NoteVerifier($0) }
    }

    /// The key that signs checkpoints: the one in the store's folder, where the log says no other.
    ///
    /// - Throws: `StoreFault.badKey` or `.file`.
    public func signingKey() throws -> StoreKey { try signingKey(nil) }

    func signingKey(_ lock: SigningLock?) throws -> StoreKey {
        let rotation = try read { try $0.keyRotations().last }
        guard let rotation else { return try StoreKey.read(folder: path, origin: origin) }
        let key = try? StoreKey.read(folder: path, origin: origin)
        if let key, key.verifier == rotation.next { return key }
        // It may be changing just now.
        guard lock != nil else { return try SigningLock.hold(inStore: path) { try signingKey($0) } }
        // A rotation that was interrupted after it was recorded, before the file got its name.
        let waiting = path + "/key.next"
        if StoreFiles.status(waiting) != nil,
            let next = try? StoreKey.read(file: waiting, origin: origin),
            next.verifier == rotation.next
        {
            try StoreFiles.rename(waiting, to: path + "/key")
            return next
        }
        guard key != nil else { return try StoreKey.read(folder: path, origin: origin) }
        throw StoreFault.badKey(
            path: path + "/key",
            reason: "entry \(rotation.sequence) of the log replaced it by another; put that one in "
                + "its place, or make a new one with \"rekam key rotate --lost\"")
    }

    /// Puts a new key in the place of the present one, and records it: the present key signs that
    /// the new one follows it. Whatever happens on the way, the key file goes with the log.
    ///
    /// - Parameters:
    ///   - seed: 32 random bytes.
    ///   - isLost: whether the present key is gone, so that nothing vouches for the new one.
    /// - Returns: the verifier keys before (nil where it is lost) and after.
    /// - Throws: `StoreFault`, or a `Rejection` where the reason does not fit its schema.
    package func rotateKey(
        seed: [UInt8], isLost: Bool, reason: String?, by person: String?, at now: Instant
    ) throws -> (previous: String?, next: String) {
        guard let next = StoreKey(name: origin, seed: seed) else {
            preconditionFailure("a signing key is made from 32 bytes")
        }
        return try SigningLock.hold(inStore: path) { lock in
            let previous = isLost ? nil : try signingKey(lock)
            let draft = try rotation(to: next, from: previous, reason: reason, by: person, at: now)
            let waiting = path + "/key.next"
            try StoreFiles.remove(waiting)
            try next.write(file: waiting)
            do {
                // What the log speaks of is there whatever happens to the machine.
                try StoreFiles.sync(folder: path)
                try appendOwn([draft], recorded: now)
            } catch {
                // A commit can fail after it reached the disk.
                if let last = try? read({ try $0.keyRotations().last?.next }), last != next.verifier
                {
                    try? StoreFiles.remove(waiting)
                }
                throw error
            }
            try StoreFiles.rename(waiting, to: path + "/key")
            return (previous?.verifier, next.verifier)
        }
    }

    /// `key.rotated`, signed by the key before, where that is not lost.
    private func rotation(
        to next: StoreKey, from previous: StoreKey?, reason: String?, by person: String?,
        at now: Instant
    ) throws -> EventDraft {
        var draft = EventDraft(
            id: "key/\(Hexadecimal.text(next.identifier))", source: origin, type: "key.rotated",
            subject: "log/store", time: now, fields: [.init("next", .text(next.verifier))])
        if let reason { draft.set("reason", .text(reason)) }
        if let person { draft.set("by", .text(person)) }
        if let previous {
            let statement = KeyRotation.statement(
                try read { try $0.checkpoint() }, next: next.verifier)
            draft.set("previous", .text(previous.verifier))
            draft.set(
                "endorsement", .text(try SignedNote(statement, signedWith: previous).encoded))
        }
        return draft
    }
}
