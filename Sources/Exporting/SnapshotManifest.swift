internal import Crypto
public import EventLog
public import EventModel
import Projections
import Rendering

/// SHA-256 as snapshots write it.
enum SnapshotDigest {
    static func hex(of bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}

/// The first page of a snapshot: what its figures rest on, and the digest of every file.
///
/// Its own digest names the snapshot: the same log prefix and definitions give the same one on any
/// machine, whoever signs it, and with the entries beside it or without.
public struct SnapshotManifest: Hashable, Sendable {
    /// A file of the snapshot.
    public struct File: Hashable, Sendable {
        /// Its path within the folder.
        public var path: String
        /// How many bytes it has.
        public var byteCount: Int
        /// Their SHA-256, in hexadecimal.
        public var digest: String

        package init(path: String, byteCount: Int, digest: String) {
            self.path = path
            self.byteCount = byteCount
            self.digest = digest
        }

        /// A file of these bytes.
        package init(_ path: String, _ bytes: [UInt8]) {
            self.init(
                path: path, byteCount: bytes.count, digest: SnapshotDigest.hex(of: bytes))
        }
    }

    /// A definition that the figures follow from.
    public struct Definition: Hashable, Sendable {
        /// `kpi`, `projection`, `calendar` or `time_zone`.
        public var kind: String
        /// Its name.
        public var name: String
        /// Its version.
        public var version: Int
        /// The file with its text.
        public var path: String

        package init(kind: String, name: String, version: Int, path: String) {
            self.kind = kind
            self.name = name
            self.version = version
            self.path = path
        }
    }

    /// Figures that it does not have, though there are facts: nobody could say them exactly.
    public struct Refused: Hashable, Sendable {
        /// The KPI or statistic, as it is typed.
        public var name: String
        /// What they are split by: `total` for all together.
        public var by: String
        /// Why, as programs read it: `too_large`.
        public var reason: String

        package init(name: String, by: String, reason: String) {
            self.name = name
            self.by = by
            self.reason = reason
        }

        /// As it stands in the manifest, and beside the figures.
        var json: String {
            "{\"kpi\": \(JSONText.string(name)), \"by\": \(JSONText.string(by)), "
                + "\"reason\": \(JSONText.string(reason))}"
        }
    }

    /// The format of manifests and their files.
    public static let format = "rekam-snapshot/1"
    /// The manifest's own file.
    public static let path = "manifest.json"

    /// Origin, number of entries and root of the log it was taken from.
    public var checkpoint: Checkpoint
    /// When the last of these entries was recorded; nil in an empty log.
    public var recordedThrough: Instant?
    /// The time zone whose days are counted.
    public var timeZone: String
    /// The tz database release of its rules.
    public var tzdata: String
    /// The rules of evaluation that made its figures: see `EvaluationVersion`.
    public var evaluation: Int
    /// The period, never a relative one: `2025-Q3`.
    public var period: Period
    /// The only agent whose figures it holds; nil for all.
    public var agent: String?
    /// The only team whose figures it holds; nil for all.
    public var team: String?
    /// How many KPIs it has.
    public var kpiCount: Int
    /// What it refuses, in the order of the KPIs; said only where there is any.
    public var refused: [Refused]
    /// The definitions, by kind, then by name.
    public var definitions: [Definition]
    /// The files, by path; the manifest itself and what it is signed with are none of them.
    public var files: [File]

    package init(
        checkpoint: Checkpoint, recordedThrough: Instant?, timeZone: String, tzdata: String,
        evaluation: Int = EvaluationVersion.current, period: Period, agent: String?, team: String?,
        kpiCount: Int, refused: [Refused] = [], definitions: [Definition], files: [File]
    ) {
        self.checkpoint = checkpoint
        self.recordedThrough = recordedThrough
        self.timeZone = timeZone
        self.tzdata = tzdata
        self.evaluation = evaluation
        self.period = period
        self.agent = agent
        self.team = team
        self.kpiCount = kpiCount
        self.refused = refused
        self.definitions = definitions
        self.files = files
    }

    /// The manifest as it is stored.
    public var json: String {
        var text = "{\n  \"format\": \"\(SnapshotManifest.format)\",\n"
        text += "  \"store\": {\"origin\": \(JSONText.string(checkpoint.origin)), "
        text += "\"sequence\": \(checkpoint.size), \"root\": \"\(checkpoint.root)\"},\n"
        let recorded = recordedThrough.map { "\"\($0.rfc3339)\"" } ?? "null"
        text += "  \"recorded_through\": \(recorded),\n"
        text += "  \"time_zone\": \(JSONText.string(timeZone)),\n"
        text += "  \"tzdata\": \(JSONText.string(tzdata)),\n"
        text += "  \"evaluation\": \(evaluation),\n"
        let days = period.days
        text += "  \"period\": {\"name\": \"\(period)\", \"first\": \"\(days.lowerBound)\", "
        text += "\"last\": \"\(days.upperBound.advanced(by: -1))\"},\n"
        text += "  \"agent\": \(agent.map(JSONText.string) ?? "null"),\n"
        text += "  \"team\": \(team.map(JSONText.string) ?? "null"),\n"
        text += "  \"kpis\": \(kpiCount),\n"
        text += Self.member(refused)
        let used = definitions.map { definition in
            "{\"kind\": \(JSONText.string(definition.kind)), "
                + "\"name\": \(JSONText.string(definition.name)), "
                + "\"version\": \(definition.version), "
                + "\"file\": \(JSONText.string(definition.path))}"
        }
        text += "  \"definitions\": [\(JSONText.lines(used))],\n"
        let listed = files.map { file in
            "{\"path\": \(JSONText.string(file.path)), \"bytes\": \(file.byteCount), "
                + "\"sha256\": \"\(file.digest)\"}"
        }
        text += "  \"files\": [\(JSONText.lines(listed))]\n}\n"
        return text
    }

    /// What is refused, as a member of its own; nothing where nothing is.
    static func member(_ refused: [Refused]) -> String {
        refused.isEmpty ? "" : "  \"refused\": [\(JSONText.lines(refused.map(\.json)))],\n"
    }

    /// The KPIs and statistics of which it refuses figures, each once.
    public var refusedNames: [String] {
        var names: [String] = []
        for name in refused.map(\.name) where !names.contains(name) { names.append(name) }
        return names
    }

    /// The digest that names the snapshot: SHA-256 of the manifest.
    public var digest: String { SnapshotDigest.hex(of: Array(json.utf8)) }
}

extension SnapshotManifest {
    /// Reads a manifest; nil where it is none of this format, or not written as `json` writes it.
    public init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes.span),
            value["format"] == .string(SnapshotManifest.format),
            let store = value["store"], let origin = store["origin"]?.text,
            let size = store["sequence"]?.number.flatMap({ UInt32(exactly: $0) }),
            let root = store["root"]?.text.flatMap(Hexadecimal.bytes).flatMap({ TreeHash($0) }),
            let timeZone = value["time_zone"]?.text, let tzdata = value["tzdata"]?.text,
            let evaluation = value["evaluation"]?.number,
            let period = value["period"]?["name"]?.text.flatMap({ try? Period(fixed: $0) }),
            let kpis = value["kpis"]?.number,
            let definitions = value["definitions"]?.elements?.map(Definition.init),
            let files = value["files"]?.elements?.map(File.init)
        else { return nil }
        self.init(
            checkpoint: Checkpoint(origin: origin, size: size, root: root),
            recordedThrough: value["recorded_through"]?.text.flatMap {
                try? Instant(rfc3339: $0)
            },
            timeZone: timeZone, tzdata: tzdata, evaluation: evaluation, period: period,
            agent: value["agent"]?.text, team: value["team"]?.text, kpiCount: kpis,
            refused: (value["refused"]?.elements ?? []).compactMap(Refused.init),
            definitions: definitions.compactMap { $0 }, files: files.compactMap { $0 })
        // One way to write it: nothing can stand in the text that is not read.
        guard Array(json.utf8) == bytes else { return nil }
    }
}

extension SnapshotManifest.Definition {
    fileprivate init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.text, let name = value["name"]?.text,
            let version = value["version"]?.number, let path = value["file"]?.text
        else { return nil }
        self.init(kind: kind, name: name, version: version, path: path)
    }
}

extension SnapshotManifest.Refused {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["kpi"]?.text, let by = value["by"]?.text,
            let reason = value["reason"]?.text
        else { return nil }
        self.init(name: name, by: by, reason: reason)
    }
}

extension SnapshotManifest.File {
    fileprivate init?(_ value: JSONValue) {
        guard let path = value["path"]?.text, let count = value["bytes"]?.number, count >= 0,
            let digest = value["sha256"]?.text, digest.utf8.count == 64
        else { return nil }
        self.init(path: path, byteCount: count, digest: digest)
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    /// A number as written.
    var literal: String? { if case .number(let text) = self { text } else { nil } }
    var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}
