public import EventLog
public import EventModel

/// When a store was last verified or backed up, and what came of it. It says nothing about events, so
/// it stands in a small file beside the log, not in it; who may only read the store leaves none.
public struct OperationNote: Hashable, Sendable {
    /// What was done.
    public enum Kind: String, Sendable, CaseIterable {
        case verification, backup
    }

    /// When it was done.
    public var time: Instant
    /// Entries that there were.
    public var entries: UInt32
    /// Whether it came out well.
    public var holds: Bool
    /// The backup's folder, or what did not hold.
    public var detail: String

    /// A note from its parts.
    public init(time: Instant, entries: UInt32, holds: Bool, detail: String = "") {
        self.time = time
        self.entries = entries
        self.holds = holds
        self.detail = detail
    }

    private static func path(_ kind: Kind, _ store: String) -> String {
        "\(store)/last-\(kind.rawValue).json"
    }

    private static let longest = 65_536

    /// Leaves the note in a store's folder.
    ///
    /// - Returns: whether that was possible.
    @discardableResult
    public func leave(_ kind: Kind, at store: String) -> Bool {
        let value = JSONValue.object([
            JSONMember(key: "time", value: .string(time.rfc3339)),
            JSONMember(key: "entries", value: .number(String(entries))),
            JSONMember(key: "holds", value: .boolean(holds)),
            JSONMember(key: "detail", value: .string(String(detail.prefix(2000)))),
        ])
        do {
            let path = Self.path(kind, store)
            try StoreFiles.replace(path, (value.canonical ?? []) + [0x0A])
            if LogStore.isShared(store) { try StoreFiles.setMode(path, 0o640) }
            return true
        } catch {
            return false
        }
    }

    /// The last note of a kind; nil where there is none that can be read.
    public static func last(_ kind: Kind, of log: LogStore) -> OperationNote? {
        guard
            let file = try? StoreFiles.read(
                path(kind, log.path), limitBytes: longest, following: false),
            let text = String(validating: file.bytes, as: UTF8.self),
            let value = try? JSONValue(parsing: text),
            case .string(let time)? = value["time"], let instant = try? Instant(rfc3339: time),
            case .number(let digits)? = value["entries"], let entries = UInt32(digits),
            case .boolean(let holds)? = value["holds"],
            case .string(let detail)? = value["detail"]
        else { return nil }
        return OperationNote(time: instant, entries: entries, holds: holds, detail: detail)
    }
}
