import EventLog
import Rendering
import Synchronization

/// Watches what is printed for people for tokens that stand for persons, and says once, at the end, what
/// they are: a reader who did not ask for them can't tell.
enum PrintedTokens {
    private struct Watch {
        /// Whether programs read what is printed.
        var isForPrograms = false
        var isSeen = false
        /// What those that were seen mean; nil where nothing need be said.
        var meaning: LogWords.TokenMeaning?
        var source = Source.none
    }

    private enum Source {
        case none, snapshots
        case log(Weak)
    }

    private struct Weak {
        weak var log: LogStore?
    }

    private static let watch = Mutex(Watch())

    /// Programs read what is printed from now on, and know what tokens are.
    static func areForPrograms() { watch.withLock { $0.isForPrograms = true } }

    /// Tokens that are printed from now on are a log's.
    static func belong(to log: LogStore) {
        watch.withLock { $0.source = .log(Weak(log: log)) }
    }

    /// Tokens that are printed from now on are those that snapshots sign.
    static func belongToSnapshots() { watch.withLock { $0.source = .snapshots } }

    /// Looks through what is printed for people.
    static func look(through text: String) { see { hasToken(Array(text.utf8)) } }

    private static func see(_ isThere: () -> Bool) {
        watch.withLock { watch in
            guard !watch.isForPrograms, !watch.isSeen, isThere() else { return }
            watch.isSeen = true
            watch.meaning = meaning(in: watch.source)
        }
    }

    /// An entry that is going to be printed.
    static func entry(_ sequence: UInt32, in view: borrowing LogView) throws -> [UInt8] {
        let (bytes, isExplained) = try view.shownEntry(sequence)
        if !isExplained { see { true } }
        return bytes
    }

    private static func meaning(in source: Source) -> LogWords.TokenMeaning? {
        switch source {
        case .none: return nil
        case .snapshots: return .snapshot
        case .log(let weak):
            // Who asked for tokens, or was told that the vault can't be read, knows.
            guard let log = weak.log, !log.showsTokens, !log.hasVault || log.canExplainTokens else {
                return nil
            }
            return log.hasVault ? .erased : .noVault
        }
    }

    /// Says what the tokens are that were printed, if any were.
    static func tell() {
        guard let meaning = watch.withLock({ $0.meaning }) else { return }
        Output.flush()
        Output.errorLine(LogWords(NextCommand.language).token(meaning))
    }

    /// Whether a token stands in a text: `~` and 43 characters of base64url, or of a token that a
    /// terminal's width cuts off the first eight.
    static func hasToken(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while let mark = bytes[position...].firstIndex(of: UInt8(ascii: "~")) {
            position = mark + 1
            var end = position
            while end < bytes.count, isOfToken(bytes[end]) { end += 1 }
            let isCut = end - position >= 8 && bytes[end...].starts(with: "…".utf8)
            if end - position == 43 || isCut { return true }
        }
        return false
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
