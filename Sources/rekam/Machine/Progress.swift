import EventModel
import Rendering
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One line on standard error that says how far a long piece of work has come, with rate and time
/// left; shown only on a terminal, and gone when the work ends.
struct Progress {
    private static let isShown = Atomic<Bool>(false)
    /// A process is asked in one language.
    private static let isIndonesian = Atomic<Bool>(false)
    private let started = Machine.ticks()
    private var shown: UInt64 = 0
    private let unit: WorkUnit

    /// Progress counted in these.
    init(of unit: WorkUnit) { self.unit = unit }

    /// Says from here on in this language how far work has come.
    static func speak(_ language: Language) {
        isIndonesian.store(language == .indonesian, ordering: .relaxed)
    }

    /// Shows the state, at most ten times a second. `share` is 0–1000 thousandths done; nil when
    /// the end is not known.
    mutating func show(count: Int, share: Int?) {
        guard Output.isErrorTerminal else { return }
        let now = Machine.ticks()
        guard now - shown > 100_000_000 else { return }
        shown = now
        let elapsed = max(1, Int((now - started) / 1_000_000))
        let rate = count * 1000 / elapsed
        var line = "\r  "
        if let share {
            let cells = share * 20 / 1000
            line += share < 100 ? " " : ""
            line += "\(share / 10) %  " + String(repeating: "█", count: cells)
            line += String(repeating: " ", count: 20 - cells)
        }
        let words = OperationWords(
            Self.isIndonesian.load(ordering: .relaxed) ? .indonesian : .english)
        let left = share.flatMap {
            $0 > 0 ? (elapsed * (1000 - $0) / $0 + 999) / 1000 : nil
        }
        line += "  " + words.progress(count, of: unit, rate: rate, secondsLeft: left)
        Output.writeAll([UInt8]((line + "\u{1B}[K").utf8), to: STDERR_FILENO)
        Self.isShown.store(true, ordering: .relaxed)
    }

    /// Takes the line away.
    static func clear() {
        guard isShown.exchange(false, ordering: .relaxed) else { return }
        Output.writeAll([UInt8]("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }
}
