package import EventModel
internal import Glibc

/// What a store keeps outside it, so that it outlasts an older store that is put back: a file that only
/// grows, one JSON object a line, of tokens alone, each with the identity of its log.
package struct KeptList<Line: KeptLine>: Sendable {
    /// The file.
    package let path: String

    /// A file, there or not.
    package init(path: String) { self.path = path }

    /// The file of a store: beside its folder, such as `NAME.erasures`.
    package init(ofStore folder: String) {
        self.init(path: StoreFiles.named(folder) + "." + Line.listName)
    }

    /// Whether there is a file with anything in it: none is ever written empty.
    package var isThere: Bool { (StoreFiles.status(path)?.size ?? 0) > 0 }

    /// The lines of the file.
    package struct Lines: Sendable {
        /// Those of the log asked for, oldest first.
        package var own: [Line] = []
        /// The numbers, from 1, of those of other logs: none of them is applied.
        package var ofOthers: [Int] = []

        package init() {}
    }

    /// What is kept; empty where there is no file.
    ///
    /// - Parameters:
    ///   - identity: of the log whose lines are asked for: see `LogStore.identity`.
    ///   - mayBeCutOff: whether a last line that is cut off is none. The log tells again what it told;
    ///     where there is no such log, nobody does.
    /// - Throws: `StoreFault.foreignLine` where a line is none of ours.
    package func read(identity: String, mayBeCutOff: Bool = true) throws -> Lines {
        guard !StoreFiles.isAbsent(path) else { return Lines() }
        let size = StoreFiles.status(path)?.size ?? 0
        let bytes = try StoreFiles.read(path, limitBytes: size, following: false).bytes
        if !mayBeCutOff, let number = StoreFiles.cutLine(of: bytes) {
            throw StoreFault.foreignLine(path: path, line: number)
        }
        var lines = Lines()
        for (number, text) in StoreFiles.lines(of: bytes) {
            guard let json = try? JSONValue(parsing: text), let line = Line(json) else {
                throw StoreFault.foreignLine(path: path, line: number)
            }
            if json["log"] == .string(identity) {
                lines.own.append(line)
            } else {
                lines.ofOthers.append(number)
            }
        }
        return lines
    }

    /// Adds lines, durably.
    package func append(_ lines: [Line], identity: String) throws {
        guard !lines.isEmpty else { return }
        var bytes: [UInt8] = []
        for line in lines {
            guard case .object(var members) = line.json else { continue }
            members.append(JSONMember(key: "log", value: .string(identity)))
            bytes += (JSONValue.object(members).canonical ?? []) + [0x0A]
        }
        try StoreFiles.append(bytes, to: path)
    }
}

/// What a line of such a file says.
package protocol KeptLine: Sendable {
    /// What follows the store's name in that of the file.
    static var listName: String { get }

    /// Reads what `json` gives, also with more in it; nil for anything else.
    init?(_ json: JSONValue)

    /// An object.
    var json: JSONValue { get }
}

extension StoreFiles {
    /// The lines of a file that only grows, one JSON object each, with their numbers from 1; blank ones
    /// are none. What a crash left of a last one is no object, and is none; one that only lacks its end,
    /// as an editor may leave it, is a line like any other.
    package static func lines(of bytes: [UInt8]) -> [(number: Int, text: String)] {
        var lines: [(number: Int, text: String)] = []
        for (place, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = String(decoding: line, as: UTF8.self)
            if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            if line.endIndex == bytes.endIndex, !isObject(text) { continue }
            lines.append((place + 1, text))
        }
        return lines
    }

    /// The number of a last line that is cut off; nil where there is none.
    package static func cutLine(of bytes: [UInt8]) -> Int? {
        let all = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let last = all.last, !last.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) else {
            return nil
        }
        return isObject(String(decoding: last, as: UTF8.self)) ? nil : all.count
    }

    private static func isObject(_ text: String) -> Bool {
        if case .object? = try? JSONValue(parsing: text) { true } else { false }
    }

    /// Appends whole lines to a private file, durably; it is made where it is missing. What a crash
    /// left of a last line goes first; a whole one without its end gets it.
    package static func append(_ lines: [UInt8], to path: String) throws(StoreFault) {
        let isNew = isAbsent(path)
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, mode_t(0o600))
        guard descriptor >= 0 else { throw .file(path: path, action: "make", reason: reason()) }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var end = size
        var tail: [UInt8] = []
        var byte: UInt8 = 0
        while end > 0 {
            guard unsafe pread(descriptor, &byte, 1, end - 1) == 1 else {
                throw .file(path: path, action: "read", reason: reason())
            }
            if byte == 0x0A { break }
            tail.append(byte)
            end -= 1
        }
        var lines = lines
        if isObject(String(decoding: tail.reversed(), as: UTF8.self)) {
            lines.insert(0x0A, at: 0)
            end = size
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
