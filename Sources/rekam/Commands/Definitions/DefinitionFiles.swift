import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

/// Files of definitions, read and checked against a store. Definitions of every kind may stand
/// together, and use each other from file to file.
struct DefinitionFiles {
    /// Their names, as typed.
    let paths: [String]
    /// Each definition beside the text it was read from.
    let contents: [(document: SourceDocument, definition: Definition)]

    /// Reads files, and the `.yaml` and `.yml` files of folders; what the store has in force may be
    /// used in them, and names that it has published.
    ///
    /// - Throws: `DefinitionFaults` with every fault, or `Failure` where a file can't be read.
    init(_ paths: [String], in library: DefinitionLibrary, of log: LogStore) throws {
        self.paths = paths
        let names = try log.read { try $0.personActs().publishedNames }
        var reader = library.reader()
        reader.isPublishedName = { names.contains(Array($0.utf8)) }
        var documents: [SourceDocument] = []
        for path in try paths.flatMap(Self.files) {
            let bytes = try Machine.readWhole(path, most: 1 << 20)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.refused, "\(path) is no UTF-8 text.")
            }
            let found = SourceDocument.split(text, file: path)
            // The reader says what it misses.
            if found.isEmpty { _ = try reader.read(text, file: path) }
            documents += found
        }
        contents = try reader.read(documents)
    }

    /// The files that a path stands for: itself, or those of a folder. A link that was typed is followed,
    /// one within a folder is not.
    static func files(of path: String) throws -> [String] {
        let isLink = StoreFiles.status(path)?.kind == .link
        let folder = isLink ? StoreFiles.withoutSlash(path) + "/." : path
        guard StoreFiles.status(folder)?.kind == .folder else { return [path] }
        let names = try FolderFiles.list(folder, limit: 10_000).filter {
            $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
        }
        guard !names.isEmpty else {
            throw Failure(.usage, "\(path.printable) has no file that ends in .yaml or .yml.")
        }
        return names.map { StoreFiles.withoutSlash(path) + "/" + $0 }
    }

    /// As they are typed again.
    var typed: String { paths.map(\.printable).joined(separator: " ") }

    /// Their projections.
    var projections: [(document: SourceDocument, definition: ProjectionDefinition)] {
        contents.compactMap { document, definition in
            guard case .projection(let projection) = definition else { return nil }
            return (document, projection)
        }
    }

    /// Their KPIs.
    var kpis: [KPIDefinition] {
        contents.compactMap { _, definition in
            guard case .kpi(let kpi) = definition else { return nil }
            return kpi
        }
    }

    /// The one projection that is meant.
    ///
    /// - Parameter name: as given by `--projection`; nil where there is only one.
    func projection(_ name: String?) throws -> (
        document: SourceDocument, definition: ProjectionDefinition
    ) {
        let all = projections
        guard let name else {
            guard all.count == 1 else {
                throw Failure(
                    .usage,
                    all.isEmpty
                        ? "\(typed) defines no projection."
                        : "\(typed) defines several projections. Say which one: --projection "
                            + all[0].definition.name)
            }
            return all[0]
        }
        guard let found = all.first(where: { $0.definition.name == name }) else {
            let near = nearest(to: name, among: all.map(\.definition.name))
            throw Failure(
                .usage,
                "\(typed) defines no projection \"\(name.printable)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""))
        }
        return found
    }

    /// A definition that is to be registered.
    struct Fresh {
        /// How it comes into the log.
        enum Standing: String {
            /// The log never had it.
            case new
            /// The log has it, with other texts for people.
            case retold
            /// The log had it, and it was dropped or taken back.
            case again
        }

        var document: SourceDocument
        var definition: Definition
        var standing = Standing.new

        /// `kpi first_answer@2`.
        var version: String { "\(definition.name)@\(definition.version)" }

        /// The entry that would register it.
        var change: DefinitionChange {
            DefinitionChange(
                registering: definition.kind, definition.name, version: definition.version,
                body: document.text, digest: Digest.hex(ofText: document.text),
                meaning: Digest.hex(ofMeaning: document.text), sequence: .max)
        }
    }

    /// What is registered of their definitions: those the log does not have (any more), or whose
    /// texts for people differ.
    ///
    /// - Throws: `DefinitionFaults` where a name and version stands in the log with another meaning, or
    ///   a higher version is in force.
    func unregistered(in register: DefinitionRegister) throws -> [Fresh] {
        var fresh: [Fresh] = []
        var faults: [DefinitionFault] = []
        for (document, definition) in contents {
            let (kind, name, version) = (definition.kind, definition.name, definition.version)
            func refuse(_ what: String, _ version: Int) {
                faults.append(
                    DefinitionFault(
                        file: document.file, line: document.firstLine, column: 1, what: what,
                        expected: "version: \(version)"))
            }
            let newest = register.changes.filter { $0.kind == kind && $0.name == name }
                .map(\.version).max()
            let isInUse =
                kind == "projection"
                ? register.isThere(kind, name, version)
                : register.standing(kind, name).contains { $0.version == version }
            if !isInUse, kind != "projection", let live = register.live(kind, name),
                live.version > version
            {
                refuse(
                    "\(kind) \(name)@\(live.version) is in force, and a new version must be higher",
                    (newest ?? live.version) + 1)
            }
            guard let known = register.definition(kind, name, version) else {
                fresh.append(Fresh(document: document, definition: definition))
                continue
            }
            let isSame = known.digest == Digest.hex(ofText: document.text)
            if isInUse, isSame { continue }
            if known.meaning == Digest.hex(ofMeaning: document.text), isSame || kind != "calendar" {
                fresh.append(
                    Fresh(
                        document: document, definition: definition,
                        standing: isInUse ? .retold : .again))
                continue
            }
            refuse(
                "\(kind) \(name)@\(version) is registered with another meaning",
                (newest ?? version) + 1)
        }
        guard faults.isEmpty else { throw DefinitionFaults(faults) }
        return fresh
    }
}

extension DefinitionFiles.Fresh {
    /// The event that registers it.
    ///
    /// - Parameters:
    ///   - log: the log, which has `count` entries.
    ///   - reason: why.
    ///   - person: by whom.
    func draft(
        in log: LogStore, after count: UInt32, reason: String? = nil, by person: String? = nil,
        at now: Instant
    ) -> EventDraft {
        log.registration(
            kind: definition.kind, name: definition.name, version: definition.version,
            body: document.text, again: standing == .new ? nil : count, reason: reason,
            by: person, at: now)
    }
}
