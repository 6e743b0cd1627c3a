import EventModel
internal import Glibc
import Vault

/// The erasures of a store, kept in a file outside it: `STORE.erasures`, one JSON object a line, of
/// tokens alone, each with the identity of its log. Whoever puts an older store or vault back applies
/// them again.
package struct KeptErasures: Sendable {
    /// The file.
    package let path: String

    /// A file, there or not.
    package init(path: String) { self.path = path }

    /// The file of a store: beside its folder, `NAME.erasures`.
    package init(ofStore folder: String) {
        path = StoreFiles.named(folder) + ".erasures"
    }

    /// Whether there is a file.
    package var isThere: Bool { StoreFiles.status(path) != nil }

    /// The lines of the file.
    package struct Lines: Sendable {
        /// Those of the log asked for, oldest first.
        package var erasures: [Erasure] = []
        /// The numbers, from 1, of those of other logs: none of them is applied.
        package var ofOthers: [Int] = []
    }

    /// What is kept; empty where there is no file. A last line that a crash cut is no line, nor is an
    /// empty one.
    ///
    /// - Parameter identity: of the log whose lines are asked for: see `LogStore.identity`.
    /// - Throws: `StoreFault.foreignLine` where a line is none of ours.
    package func read(identity: String) throws -> Lines {
        guard !StoreFiles.isAbsent(path) else { return Lines() }
        let size = StoreFiles.status(path)?.size ?? 0
        let bytes = try StoreFiles.read(path, limitBytes: size, following: false).bytes
        var lines = Lines()
        var start = 0
        var number = 0
        for (place, byte) in bytes.enumerated() where byte == 0x0A {
            let text = String(decoding: bytes[start..<place], as: UTF8.self)
            start = place + 1
            number += 1
            if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            guard let json = try? JSONValue(parsing: text), let erasure = Erasure(json) else {
                throw StoreFault.foreignLine(path: path, line: number)
            }
            if json["log"] == .string(identity) {
                lines.erasures.append(erasure)
            } else {
                lines.ofOthers.append(number)
            }
        }
        return lines
    }

    /// Adds erasures that it has not, durably.
    ///
    /// - Complexity: O(file).
    package func add(_ erasures: [Erasure], identity: String) throws {
        var known: Set<Token> = []
        for erasure in try read(identity: identity).erasures { known.formUnion(erasure.tokens) }
        var lines: [UInt8] = []
        for erasure in erasures where !erasure.tokens.isSubset(of: known) {
            known.formUnion(erasure.tokens)
            guard case .object(var members) = erasure.json else { continue }
            members.append(JSONMember(key: "log", value: .string(identity)))
            lines += (JSONValue.object(members).canonical ?? []) + [0x0A]
        }
        guard !lines.isEmpty else { return }
        try StoreFiles.append(lines, to: path)
    }
}

extension StoreFiles {
    /// Appends whole lines to a private file, durably; it is made where it is missing. What a crash
    /// left after the last line's end goes first.
    package static func append(_ lines: [UInt8], to path: String) throws(StoreFault) {
        let isNew = isAbsent(path)
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, mode_t(0o600))
        guard descriptor >= 0 else { throw .file(path: path, action: "make", reason: reason()) }
        defer { close(descriptor) }
        var end = lseek(descriptor, 0, SEEK_END)
        var byte: UInt8 = 0
        while end > 0 {
            guard unsafe pread(descriptor, &byte, 1, end - 1) == 1 else {
                throw .file(path: path, action: "read", reason: reason())
            }
            if byte == 0x0A { break }
            end -= 1
        }
        guard ftruncate(descriptor, end) == 0, lseek(descriptor, end, SEEK_SET) == end else {
            throw .file(path: path, action: "write", reason: reason())
        }
        try write(lines, lines.count, to: descriptor, path)
        guard fsync(descriptor) == 0 else {
            throw .file(path: path, action: "write", reason: reason())
        }
        if isNew { try sync(folder: parent(of: path)) }
    }
}
