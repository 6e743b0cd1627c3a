import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

/// A file of definitions, read and checked against a store.
struct DefinitionFile {
    /// Its name, as typed.
    let file: String
    /// Each definition beside the text it was read from.
    let contents: [(document: SourceDocument, definition: Definition)]

    /// Reads a file; what the store has in force may be used in it, and names that it has published.
    ///
    /// - Throws: `Failure` with every fault, or where the file can't be read.
    init(_ file: String, in library: DefinitionLibrary, of log: LogStore) throws {
        self.file = file
        let names = try log.read { try $0.personActs().publishedNames }
        var reader = library.reader()
        reader.isPublishedName = { names.contains(Array($0.utf8)) }
        let bytes = try Machine.readWhole(file, most: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.refused, "\(file) is no UTF-8 text.")
        }
        let documents = SourceDocument.split(text, file: file)
        do {
            guard !documents.isEmpty else {
                // The reader says what it misses.
                _ = try reader.read(text, file: file)
                contents = []
                return
            }
            contents = try reader.read(documents)
        } catch {
            throw Failure(.refused, messages: error.faults.map(\.description))
        }
    }

    /// Its projections.
    var projections: [(document: SourceDocument, definition: ProjectionDefinition)] {
        contents.compactMap { document, definition in
            guard case .projection(let projection) = definition else { return nil }
            return (document, projection)
        }
    }

    /// Its KPIs.
    var kpis: [KPIDefinition] {
        contents.compactMap { _, definition in
            guard case .kpi(let kpi) = definition else { return nil }
            return kpi
        }
    }

    /// The one projection that is meant.
    ///
    /// - Parameter name: as given by `--projection`; nil where the file has only one.
    func projection(_ name: String?) throws -> (
        document: SourceDocument, definition: ProjectionDefinition
    ) {
        let all = projections
        guard let name else {
            guard all.count == 1 else {
                throw Failure(
                    .usage,
                    all.isEmpty
                        ? "\(file) defines no projection."
                        : "\(file) defines several projections. Say which one: --projection "
                            + all[0].definition.name)
            }
            return all[0]
        }
        guard let found = all.first(where: { $0.definition.name == name }) else {
            let near = nearest(to: name, among: all.map(\.definition.name))
            throw Failure(
                .usage,
                "\(file) defines no projection \"\(name.printable)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""))
        }
        return found
    }

    /// A definition that is to be registered.
    struct Fresh {
        var document: SourceDocument
        var definition: Definition
        /// Whether the log has it, with other texts for people.
        var isRetold = false
    }

    /// What is registered of its definitions: those the log does not have yet, or whose texts for
    /// people differ.
    ///
    /// - Parameter calendars: whether calendars may be among them: those need their zone's rules.
    /// - Throws: `Failure` where a name and version stands in the log with another meaning.
    func unregistered(in register: DefinitionRegister, calendars: Bool = false) throws -> [Fresh] {
        var fresh: [Fresh] = []
        var messages: [String] = []
        for (document, definition) in contents {
            let versions = register.changes.filter {
                $0.action == .registered && $0.kind == definition.kind && $0.name == definition.name
            }
            guard let known = versions.last(where: { $0.version == definition.version }) else {
                if definition.kind == "calendar", !calendars {
                    messages.append(
                        "\(document.file):\(document.firstLine): the calendar \(definition.name) comes "
                            + "with the rules of its zone, from a file of its own: rekam calendar add"
                    )
                }
                fresh.append(Fresh(document: document, definition: definition))
                continue
            }
            if known.digest == Digest.hex(ofText: document.text) { continue }
            if known.meaning == Digest.hex(ofMeaning: document.text), definition.kind != "calendar"
            {
                fresh.append(Fresh(document: document, definition: definition, isRetold: true))
                continue
            }
            let newest = versions.map(\.version).max() ?? 0
            messages.append(
                "\(document.file):\(document.firstLine): \(definition.kind) \(definition.name)@"
                    + "\(definition.version) is registered with another meaning. Raise its version: "
                    + "version: \(newest + 1)")
        }
        guard messages.isEmpty else { throw Failure(.refused, messages: messages) }
        return fresh
    }
}

extension DefinitionFile.Fresh {
    /// The event that registers it.
    ///
    /// - Parameter count: how many entries the log has.
    func draft(in log: LogStore, after count: UInt32, at now: Instant) -> EventDraft {
        log.registration(
            kind: definition.kind, name: definition.name, version: definition.version,
            body: document.text, retelling: isRetold ? count : nil, at: now)
    }
}
