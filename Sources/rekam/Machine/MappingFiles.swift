import Definitions
import EventLog
import EventModel
import Ingest
import Rendering
import Shipped

#if canImport(Glibc)
    import Glibc
#endif

/// Finds mapping files: a path, else a shipped mapping by its name.
enum MappingFiles {
    /// A mapping, and a lookup file that it names, are not longer.
    private static let longestMapping = 1 << 20
    private static let longestLookup = 64 << 20

    /// What a mapping takes from a store: its event types, and its time zone.
    struct Home {
        var types: EventTypes
        var zone: TimeZoneRules

        init(_ log: LogStore) throws {
            types = log.types
            zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        }

        /// Those of a new store.
        init() throws {
            types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
            zone = try Machine.zone("Asia/Jakarta") ?? .utc
        }
    }

    /// The names of the mappings that are shipped.
    static var shippedNames: [String] {
        Shipped.paths(in: "mappings").compactMap(Self.stem).sorted()
    }

    /// A shipped mapping's text; nil where none is called so.
    static func shippedText(_ name: String) -> String? { Shipped.text(of: "mappings/\(name).yaml") }

    /// Reads a mapping for a store; its lookup files are read from the mapping's own folder.
    ///
    /// - Parameter options: constants, and lookup files that lie elsewhere.
    static func read(
        _ name: String, _ options: MappingOptions, for log: LogStore
    ) throws -> Mapping {
        try read(name, options, for: Home(log))
    }

    /// A mapping's text, and the folder that its lookup files lie in.
    static func text(_ name: String) throws -> (text: String, folder: String) {
        if Machine.read(name, most: 1) != nil {
            let bytes = try Machine.readWhole(name, most: longestMapping)
            guard let valid = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.refused, "\(name) is no UTF-8 text.")
            }
            return (valid, name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ".")
        }
        guard [ENOENT, ENOTDIR, EISDIR].contains(errno) else {
            throw Failure(
                .inputOutput,
                "the mapping file \(name) can't be read: \(Machine.reason(errno)). Check its "
                    + "permissions and its disk.")
        }
        if let shipped = shippedText(name) { return (shipped, ".") }
        let near = nearest(to: name, among: shippedNames).map { " Did you mean \($0)?" } ?? ""
        throw Failure(
            .inputOutput,
            "there is no mapping file \"\(name)\", and none of that name is shipped.\(near) "
                + "Shipped: \(shippedNames.joined(separator: ", ")).")
    }

    /// - Parameter options: nil where the mapping is only looked at, and need not be given what differs
    ///   from input to input.
    static func read(
        _ name: String, _ options: MappingOptions?, for home: Home
    ) throws -> Mapping {
        let (text, folder) = try text(name)
        var surroundings = MappingSurroundings(
            types: home.types, storeZone: home.zone,
            zone: { name in (try? Machine.zone(name)) ?? nil },
            file: { path in
                // By bytes, as the file system takes them.
                let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
                guard parts.first?.isEmpty == false,
                    !parts.contains(where: { $0.elementsEqual("..".utf8) })
                else {
                    throw Failure(
                        .inputOutput, "\(path): a lookup file lies in its mapping's folder.")
                }
                return try lookup(path, in: folder)
            })
        surroundings.settings = options?.settings ?? [:]
        surroundings.leavesOpen = options == nil
        for (table, path) in options?.files ?? [] {
            guard Machine.read(path, most: 1) != nil else {
                throw Failure(
                    .inputOutput,
                    "\(path), the file of the lookup \"\(table)\", can't be read: "
                        + "\(Machine.reason(errno)).")
            }
            surroundings.tables[table] = (
                path, try Machine.readWhole(path, most: longestLookup)
            )
        }
        return try Mapping.read(text, file: name, in: surroundings)
    }

    /// A lookup file's bytes. No symbolic link on the way is followed: what it leads to may lie
    /// anywhere.
    private static func lookup(_ path: String, in folder: String) throws -> [UInt8] {
        var file = folder
        for part in path.utf8.split(separator: 0x2F) {
            file += "/" + String(decoding: part, as: UTF8.self)
            guard let status = StoreFiles.status(file) else {
                throw Failure(
                    .inputOutput,
                    "\(file) can't be read: \(Machine.reason(errno)). Check its name, and who may "
                        + "read it.")
            }
            guard status.kind != .link else {
                throw Failure(
                    .inputOutput,
                    "\(file): a lookup file lies in its mapping's folder; this is a symbolic link, "
                        + "which is not followed.")
            }
        }
        guard let status = StoreFiles.status(file), status.kind == .file else {
            throw Failure(.inputOutput, "\(file) is no regular file.")
        }
        guard status.size <= longestLookup else {
            throw Failure(.refused, "\(file) is larger than \(ByteText.text(longestLookup)).")
        }
        return try StoreFiles.read(file, limitBytes: status.size + 1, following: false).bytes
    }

    private static func stem(_ path: String) -> String? {
        guard path.hasSuffix(".yaml"), let name = path.split(separator: "/").last else {
            return nil
        }
        return String(name.dropLast(5))
    }
}
