import EventModel

/// Where a version of a projection stands.
public enum ProjectionState: UInt8, Sendable {
    /// It is being built for the first time; there is nothing to read yet.
    case building = 0
    /// It is built and kept up to date, but another version answers.
    case ready = 1
    /// It answers.
    case live = 2
    /// It answered once; it stays as it is until dropped.
    case retired = 3
}

/// One version of a projection in a store.
public struct ProjectionStatus: Hashable, Sendable {
    /// The projection's name.
    public var name: String
    /// Its version, from 1.
    public var version: Int
    /// The digest of the definition it was built with; empty where its record is not as it was
    /// written, so that it vouches for no rows.
    public var digest: String
    /// Where it stands.
    public var state: ProjectionState
    /// Its rows hold the facts of the log's first so many entries.
    public var position: UInt32
    /// How its rows are written.
    public var layout: CellLayout
    /// The build under way, if any.
    public var build: BuildStatus?
    /// What its last build, or the last attempt to catch it up, met; nil once one went well.
    public var fault: BuildFault?
    /// The name of its sorted runs; empty before the first build is done.
    var runs: String
    /// The fingerprint of those runs' manifest as the version's own writer left it; 0 without runs.
    /// Rows of another state, whole in themselves, are told by it.
    var rows: UInt64 = 0

    /// It as a log of so many entries can have it.
    func within(_ entryCount: UInt32) -> ProjectionStatus {
        guard position > entryCount else { return self }
        var status = self
        status.position = entryCount
        status.digest = ""
        return status
    }

    /// `resolution@2`.
    public var text: String { "\(name)@\(version)" }

    /// Whether its rows can be read.
    public var isReadable: Bool { state != .building }

    /// How many of a log's entries its rows do not hold yet.
    public func behind(_ entryCount: UInt32) -> UInt32 { entryCount - min(entryCount, position) }
}

/// Why a build, or catching up, stopped.
public struct BuildFault: Hashable, Sendable {
    /// The entry it stopped at; nil where no single entry is to blame.
    public var sequence: UInt32?
    /// What was wrong with it, in one clause.
    public var reason: String

    /// A fault from its parts.
    public init(sequence: UInt32?, reason: String) {
        self.sequence = sequence
        self.reason = reason
    }
}

/// A build that is under way, or was interrupted.
public struct BuildStatus: Hashable, Sendable {
    /// It builds from the log's first so many entries.
    public var upTo: UInt32
    /// Facts of the cases below this one are stored.
    public var casesDone: UInt32
    var runs: String
    var digest: String
    var layout: CellLayout
    /// The number of who writes it; whoever begins to write takes a new one, and who finds another
    /// one than its own has been overtaken.
    var owner: UInt64
    /// What tells its rows, up to its last round, from those of another state: see
    /// `SortedRuns.readMark`.
    var rows: UInt64 = 0

    /// Of a build that is whole, and follows the rows that it replaces before it is published.
    static let allCases = UInt32.max

    var isWhole: Bool { casesDone == BuildStatus.allCases }
}

extension ProjectionStatus {
    private static let format: UInt64 = 4

    static func key(_ name: String, _ version: Int) -> String { "\(name)@\(version)" }

    /// The record's bytes: what it says, and a fingerprint of that and of its key.
    package var encoded: [UInt8] {
        var writer = StatusWriter()
        writer.bytes = content
        writer.put(ProjectionStatus.seal(of: content, at: ProjectionStatus.key(name, version)))
        return writer.bytes
    }

    private static func seal(of content: [UInt8], at key: String) -> UInt64 {
        Fingerprint(Fingerprint(of: Array(key.utf8).span), Fingerprint(of: content.span)).value
    }

    private var content: [UInt8] {
        var writer = StatusWriter()
        writer.put(ProjectionStatus.format)
        writer.put(name)
        writer.put(UInt64(version))
        writer.put(digest)
        writer.put(UInt64(state.rawValue))
        writer.put(UInt64(position))
        writer.put(runs)
        writer.put(rows)
        writer.put(layout)
        writer.put(build == nil ? 0 : 1)
        if let build {
            writer.put(UInt64(build.upTo))
            writer.put(UInt64(build.casesDone))
            writer.put(build.runs)
            writer.put(build.digest)
            writer.put(build.layout)
            writer.put(build.owner)
            writer.put(build.rows)
        }
        writer.put(fault == nil ? 0 : 1)
        if let fault {
            writer.put(fault.sequence.map { UInt64($0) + 1 } ?? 0)
            writer.put(fault.reason)
        }
        return writer.bytes
    }

    /// Reads a record that stands under a key, as it is written or not: one that was changed, or
    /// belongs elsewhere, has no digest, so that nothing is answered from its rows and they are
    /// made anew.
    init(encoded bytes: [UInt8], at key: [UInt8]) throws {
        try self.init(encoded: bytes)
        let place = String(decoding: key, as: UTF8.self)
        guard ProjectionStatus.key(name, version) != place else { return }
        let parts = place.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let number = Int(parts[1]), number > 0 else {
            throw ProjectionFault.damagedRegistry
        }
        self = ProjectionStatus(
            name: String(parts[0]), version: number, digest: "", layout: layout)
    }

    package init(encoded bytes: [UInt8]) throws {
        var reader = StatusReader(bytes: bytes)
        guard try reader.number() == ProjectionStatus.format else { throw reader.damage }
        name = try reader.text()
        version = Int(clamping: try reader.number())
        digest = try reader.text()
        guard let state = ProjectionState(rawValue: UInt8(truncatingIfNeeded: try reader.number()))
        else { throw reader.damage }
        self.state = state
        position = try reader.sequence()
        runs = try reader.text()
        rows = try reader.number()
        layout = try reader.layout()
        if try reader.number() == 1 {
            build = BuildStatus(
                upTo: try reader.sequence(), casesDone: try reader.sequence(),
                runs: try reader.text(), digest: try reader.text(), layout: try reader.layout(),
                owner: try reader.number(), rows: try reader.number())
        }
        if try reader.number() == 1 {
            let sequence = try reader.number()
            guard sequence <= UInt64(UInt32.max) + 1 else { throw reader.damage }
            fault = BuildFault(
                sequence: sequence == 0 ? nil : UInt32(sequence - 1),
                reason: try reader.text())
        }
        let content = Array(bytes.prefix(reader.at))
        let key = ProjectionStatus.key(name, version)
        guard try reader.number() == ProjectionStatus.seal(of: content, at: key),
            reader.at == bytes.count
        else {
            digest = ""
            build?.digest = ""
            return
        }
    }

    package init(name: String, version: Int, digest: String, layout: CellLayout) {
        self.name = name
        self.version = version
        self.digest = digest
        state = .building
        position = 0
        self.layout = layout
        runs = ""
    }
}

/// Writes registry entries: numbers as 8 little-endian bytes, texts after their length.
struct StatusWriter {
    var bytes: [UInt8] = []

    mutating func put(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes += Array(text.utf8)
    }

    mutating func put(_ kind: CellLayout.ValueKind) {
        switch kind {
        case .name: put(0)
        case .list(let list):
            put(1)
            put(UInt64(list.count))
            for text in list { put(text) }
        case .integer: put(2)
        case .day: put(3)
        case .subject: put(4)
        }
    }

    mutating func put(_ layout: CellLayout) {
        put(layout.isStock ? 1 : 0)
        put(UInt64(layout.dimensions.count))
        for dimension in layout.dimensions {
            put(dimension.name)
            put(dimension.kind)
        }
        put(UInt64(layout.measures.count))
        for measure in layout.measures {
            put(measure.name)
            switch measure.kind {
            case .duration: put(0)
            case .number: put(1)
            case .count: put(2)
            case .flag: put(3)
            case .value(let kind):
                put(4)
                put(kind)
            }
        }
    }
}

/// Reads what `StatusWriter` wrote; throws where it cannot have been written so.
struct StatusReader {
    let bytes: [UInt8]
    private(set) var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var damage: ProjectionFault { .damagedRegistry }

    mutating func number() throws -> UInt64 {
        guard at + 8 <= bytes.count else { throw damage }
        var value: UInt64 = 0
        for place in (0..<8).reversed() { value = value << 8 | UInt64(bytes[at + place]) }
        at += 8
        return value
    }

    /// A number of entries or cases.
    mutating func sequence() throws -> UInt32 {
        guard let value = UInt32(exactly: try number()) else { throw damage }
        return value
    }

    mutating func count() throws -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - at) else { throw damage }
        return Int(value)
    }

    mutating func text() throws -> String {
        let length = try count()
        defer { at += length }
        return String(decoding: bytes[at..<at + length], as: UTF8.self)
    }

    mutating func kind() throws -> CellLayout.ValueKind {
        switch try number() {
        case 0: return .name
        case 1:
            var list: [String] = []
            for _ in 0..<(try count()) { list.append(try text()) }
            return .list(list)
        case 2: return .integer
        case 3: return .day
        case 4: return .subject
        default: throw damage
        }
    }

    mutating func layout() throws -> CellLayout {
        let isStock = try number() == 1
        var dimensions: [CellLayout.Dimension] = []
        for _ in 0..<(try count()) {
            dimensions.append(CellLayout.Dimension(name: try text(), kind: try kind()))
        }
        var measures: [CellLayout.Measure] = []
        for _ in 0..<(try count()) {
            let name = try text()
            let kind: CellLayout.MeasureKind
            switch try number() {
            case 0: kind = .duration
            case 1: kind = .number
            case 2: kind = .count
            case 3: kind = .flag
            case 4: kind = .value(try self.kind())
            default: throw damage
            }
            measures.append(CellLayout.Measure(name: name, kind: kind))
        }
        return CellLayout(dimensions: dimensions, measures: measures, isStock: isStock)
    }
}
