import EventModel
import Foundation
import Ingest
import Shipped
import Testing

/// The repository's folder.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The folder beside it: real data and vectors lie in `shared` there.
let outside = repository.deletingLastPathComponent()

/// A file of the shared folder, for example `data/pwc-calls/calls.csv`.
func sharedPath(_ path: String) -> String { outside.appendingPathComponent("shared/" + path).path }

/// Whether the shared folder is there; tests that need it are skipped without it.
func hasShared(_ path: String) -> Bool {
    if FileManager.default.fileExists(atPath: sharedPath(path)) { return true }
    print("skipped: ../shared/\(path) is not here")
    return false
}

let shippedTypes: EventTypes = {
    do {
        return try EventTypes.shipped(
            texts: Shipped.paths(in: "events").map { ($0, Shipped.text(of: $0) ?? "") })
    } catch {
        fatalError("the shipped event schemas do not compile: \(error)")
    }
}()

/// Surroundings with the shipped types, UTC, and files from memory.
func surroundings(files: [String: String] = [:]) -> MappingSurroundings {
    MappingSurroundings(
        types: shippedTypes, storeZone: .utc,
        zone: { name in
            // Jakarta has had this offset since 1964.
            guard name == "Asia/Jakarta" else { return nil }
            return TimeZoneRules(
                name: name, release: "test", transitions: [], offsetsSeconds: [25_200])
        },
        file: { path in
            guard let text = files[path] else { throw InputFault(name: path, cause: .missing) }
            return Array(text.utf8)
        })
}

/// A shipped mapping.
func shippedMapping(_ name: String) throws -> Mapping {
    let path = "mappings/\(name).yaml"
    let text = try #require(Shipped.text(of: path))
    return try Mapping.read(text, file: path, in: surroundings())
}

/// Everything a mapped file gives.
struct MappedFile {
    var drafts: [EventDraft] = []
    var rejections: [Rejection] = []
    var rawRejected: [String] = []
    var rows = 0
    var doubts: [DoubtGroup] = []

    init(
        _ mapping: Mapping, _ source: InputSource
    ) throws {
        let reader = try MappedReader(mapping, source: source, name: source.name)
        var tally = DoubtTally()
        reading: while true {
            switch try reader.next() {
            case .end: break reading
            case .events:
                drafts += reader.drafts
                for doubt in reader.doubts {
                    tally.add(doubt.kind, doubt.attribute, line: doubt.line)
                }
                reader.admitted()
            case .rejected(let rejection):
                rejections.append(rejection)
                rawRejected.append(String(decoding: reader.rawRow, as: UTF8.self))
            }
        }
        rows = reader.rows
        doubts = tally.sorted
    }

    /// Events per type.
    var counts: [String: Int] { drafts.reduce(into: [:]) { $0[$1.type, default: 0] += 1 } }

    /// Drafts of a type.
    func of(_ type: String) -> [EventDraft] { drafts.filter { $0.type == type } }

    /// Problems the validator has with the drafts, with how often.
    func refusals() -> [String: Int] {
        var validator = EventValidator(shippedTypes)
        var batch = EventBatch()
        var refusals: [String: Int] = [:]
        for draft in drafts {
            if let rejection = validator.admit(draft, as: .input, line: 1, into: &batch) {
                refusals[rejection.problem, default: 0] += 1
            }
            if batch.rows.count > 10_000 { batch.removeAll() }
        }
        return refusals
    }
}

extension EventDraft {
    /// A field's text; nil where it has none.
    func text(_ name: String) -> String? {
        guard case .text(let text)? = fields.first(where: { $0.name == name })?.value else {
            return nil
        }
        return text
    }

    /// A field's number; nil where it has none.
    func integer(_ name: String) -> Int64? {
        guard case .integer(let value)? = fields.first(where: { $0.name == name })?.value else {
            return nil
        }
        return value
    }
}
