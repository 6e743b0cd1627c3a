public import EventLog
public import EventModel

/// What a backup holds, written beside its data as `backup.json`.
public struct BackupManifest: Hashable, Sendable {
    /// The log's name.
    public var origin: String
    /// When the backup was begun.
    public var made: Instant
    /// Entries of the log.
    public var entries: UInt32
    /// The root over them.
    public var root: TreeHash
    /// The data file's size.
    public var dataBytes: Int
    /// Its SHA-256.
    public var dataDigest: TreeHash
    /// The size and the SHA-256 of the vault, which holds names and other texts of persons; nil for a
    /// backup without names.
    public var names: Names?
    /// Whether the signing key lies beside it.
    public var hasKey: Bool
    /// Whether every entry of the copy was hashed and everything else rebuilt and compared.
    public var isVerified: Bool
    /// The rekam that made it.
    public var program: String

    /// The vault as a backup has it.
    public struct Names: Hashable, Sendable {
        /// Its size.
        public var bytes: Int
        /// Its SHA-256.
        public var digest: TreeHash
    }

    /// The vault's file in the backup's folder.
    static let namesFile = "private.mdb"

    /// The manifest's name in the backup's folder.
    public static let fileName = LogStore.backupManifest
    /// Raised when a backup's files change.
    static let version: Int64 = 1
    /// A manifest is shorter than this.
    static let longest = 16_384

    /// The manifest's bytes: canonical JSON, and a line's end.
    package var encoded: [UInt8] {
        func member(_ key: String, _ value: JSONValue) -> JSONMember {
            JSONMember(key: key, value: value)
        }
        var members = [
            member("format", .string("rekam backup")),
            member("version", .number(String(Self.version))),
            member("origin", .string(origin)), member("made", .string(made.rfc3339)),
            member("entries", .number(String(entries))), member("root", .string(root.hexadecimal)),
            member("data_bytes", .number(String(dataBytes))),
            member("data_sha256", .string(dataDigest.hexadecimal)),
            member("key", .boolean(hasKey)), member("verified", .boolean(isVerified)),
            member("program", .string(program)),
        ]
        if let names {
            members.append(member("names_bytes", .number(String(names.bytes))))
            members.append(member("names_sha256", .string(names.digest.hexadecimal)))
        }
        return (JSONValue.object(members).canonical ?? []) + [0x0A]
    }

    /// Reads a manifest.
    ///
    /// - Throws: `OperatingFault.notABackup`, with what is wrong.
    package init(_ bytes: [UInt8], path: String) throws {
        func fault(_ reason: String) -> OperatingFault { .notABackup(path: path, reason: reason) }
        guard let text = String(validating: bytes, as: UTF8.self),
            let value = try? JSONValue(parsing: text), value["format"] == .string("rekam backup")
        else { throw fault("\(Self.fileName) is not what \"rekam backup\" writes") }
        guard value["version"] == .number(String(Self.version)) else {
            throw fault("it was made by a newer rekam; use that one")
        }
        func word(_ key: String) throws -> String {
            guard case .string(let text)? = value[key] else {
                throw fault("\(Self.fileName) lacks \"\(key)\"")
            }
            return text
        }
        func number(_ key: String) throws -> Int {
            guard case .number(let digits)? = value[key], let number = Int(digits), number >= 0
            else { throw fault("\(Self.fileName) lacks \"\(key)\"") }
            return number
        }
        func hash(_ key: String) throws -> TreeHash {
            guard let hash = TreeHash(hexadecimal: try word(key)) else {
                throw fault("\"\(key)\" of \(Self.fileName) is no SHA-256")
            }
            return hash
        }
        origin = try word("origin")
        guard let made = try? Instant(rfc3339: try word("made")),
            let entries = UInt32(exactly: try number("entries"))
        else { throw fault("\(Self.fileName) is damaged") }
        self.made = made
        self.entries = entries
        root = try hash("root")
        dataBytes = try number("data_bytes")
        dataDigest = try hash("data_sha256")
        if value["names_bytes"] != nil {
            names = Names(bytes: try number("names_bytes"), digest: try hash("names_sha256"))
        }
        hasKey = value["key"] == .boolean(true)
        isVerified = value["verified"] == .boolean(true)
        program = try word("program")
    }

    package init(
        origin: String, made: Instant, entries: UInt32, root: TreeHash, dataBytes: Int,
        dataDigest: TreeHash, names: Names? = nil, hasKey: Bool, isVerified: Bool, program: String
    ) {
        self.origin = origin
        self.made = made
        self.entries = entries
        self.root = root
        self.dataBytes = dataBytes
        self.dataDigest = dataDigest
        self.names = names
        self.hasKey = hasKey
        self.isVerified = isVerified
        self.program = program
    }
}
