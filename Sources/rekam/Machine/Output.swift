import EventModel
import Rendering
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Standard output and error, buffered, and what is known of the terminal.
enum Output {
    private static let buffer = Mutex<[UInt8]>([])

    /// Writes text to standard output.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) {
        let isFull = buffer.withLock { buffer in
            buffer.append(contentsOf: bytes)
            return buffer.count >= 1 << 16
        }
        // A terminal gets whole lines, so that what must not reach it is seen as a whole.
        if isFull, !isTerminal || bytes.last == 0x0A { flush() }
    }

    /// Writes text for people to standard output, and a line's end. In a pipe nothing is coloured, so
    /// control characters are shown there as well; what programs read goes through `write`.
    static func line(_ text: String = "") {
        PrintedTokens.look(through: text)
        write(isTerminal ? text : shown(text))
        write("\n")
    }

    /// Writes pages for people to standard output, as they are laid out.
    static func page(_ text: String) {
        PrintedTokens.look(through: text)
        write(text)
    }

    /// Writes a line to standard error. Whatever a message quotes from input, a file or the command
    /// line, control characters in it are shown, never obeyed, and a line's end starts no line:
    /// messages of several lines are several calls.
    static func errorLine(_ text: String) {
        Progress.clear()
        writeAll([UInt8]((text.printable + "\n").utf8), to: STDERR_FILENO)
    }

    /// Lines with the control characters in them made visible.
    private static func shown(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            .joined(separator: "\n")
    }

    /// Hands what is waiting to the system. Ends the process quietly when nobody reads any more, and
    /// with 74 when the system refuses, as on a full disk.
    static func flush() {
        let waiting = buffer.withLock { buffer in
            defer { buffer.removeAll(keepingCapacity: true) }
            return buffer
        }
        guard !waiting.isEmpty else { return }
        let bytes = isTerminal ? TerminalText.safe(waiting) : waiting
        guard !writeAll(bytes, to: STDOUT_FILENO) else { return }
        let code = errno
        if code == EPIPE { Glibc.exit(0) }
        errorLine(
            "Error: standard output can't be written: \(Machine.reason(code)). Send it to another "
                + "place, or make room there, and run it again; what the command recorded is kept.")
        Glibc.exit(Exit.inputOutput.rawValue)
    }

    /// Writes all bytes to a descriptor; false where the system refuses.
    @discardableResult
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes[position...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                return false
            }
            position += written
        }
        return true
    }

    /// Whether people look at it.
    static let isTerminal = isatty(STDOUT_FILENO) == 1
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1

    /// The terminal's width in columns; nil when standard output is no terminal (nothing is cut).
    static var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 80
        }
        return Int(size.ws_col)
    }

    /// Whether words may be coloured: a terminal, and neither `NO_COLOR` nor `--no-color`.
    static func isColoured(unless isForbidden: Bool) -> Bool {
        isTerminal && !isForbidden && (Machine.environment("NO_COLOR") ?? "").isEmpty
            && Machine.environment("TERM") != "dumb"
    }
}
