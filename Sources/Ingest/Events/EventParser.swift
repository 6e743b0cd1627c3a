internal import CSimdjson
public import EventModel

/// Reads events from lines of CloudEvents JSON, fast: simdjson takes a line apart, the validator
/// holds it to its schema and writes it into a batch.
///
/// One parser serves one thread, and keeps its memory from line to line. It takes the lines that
/// RFC 8259 calls JSON, further strict where readers differ: one object to a line, no key twice, no
/// half surrogate pair, no U+0000, `data` flat, numbers whole and within ±(2^53−1).
@safe
public struct EventParser: ~Copyable {
    private let handle: OpaquePointer
    private var validator: EventValidator
    /// Memory for lines without padding behind them.
    private var padded: [UInt8] = []

    /// Longest line in bytes. An entry has at most 65,535, each of which a line may write as an
    /// escape of six; the rest is room for white space.
    public static let longestLine = 1 << 20

    /// Bytes behind a line that must be readable for it to be read in place; what they hold does
    /// not matter.
    public static let padding = rekam_json_padding

    /// A parser for events of these types.
    public init(_ types: EventTypes) {
        guard let handle = unsafe rekam_json_parser_create(EventParser.longestLine) else {
            fatalError("no memory for the JSON parser")
        }
        unsafe self.handle = handle
        validator = EventValidator(types)
    }

    deinit { unsafe rekam_json_parser_destroy(handle) }

    /// The name of the simdjson kernel this machine runs, such as `haswell`.
    public static var kernel: String { unsafe String(cString: rekam_json_kernel()) }
    /// The version of simdjson: `3.6.4`.
    public static var libraryVersion: String { unsafe String(cString: rekam_json_version()) }

    /// Reads one line, without its line ending, and appends its event to a batch; or says what is
    /// wrong with it and leaves the batch as it was.
    ///
    /// - Parameters:
    ///   - range: where the line is in `buffer`; read in place if `padding` bytes follow it there,
    ///     else copied.
    ///   - admission: whose events are let through; see `Admission`.
    ///   - line: its number, from 1.
    /// - Complexity: O(length); allocates nothing.
    public mutating func parse(
        _ range: Range<Int>, of buffer: Span<UInt8>, as admission: Admission = .input, line: Int,
        into batch: inout EventBatch
    ) -> Rejection? {
        guard range.count <= EventParser.longestLine else {
            return Rejection(
                kind: .long, line: line, field: "",
                problem: "the line is longer than \(EventParser.longestLine) bytes")
        }
        guard range.upperBound + EventParser.padding <= buffer.count else {
            var copy: [UInt8] = []
            swap(&copy, &padded)
            defer { swap(&copy, &padded) }
            copy.removeAll(keepingCapacity: true)
            copy.reserveCapacity(range.count + EventParser.padding)
            copy.append(copying: buffer.extracting(range))
            copy.append(contentsOf: repeatElement(0, count: EventParser.padding))
            return parse(0..<range.count, of: copy.span, as: admission, line: line, into: &batch)
        }
        let bytes = buffer.extracting(range)
        var parts = unsafe rekam_json_line()
        let handle = unsafe self.handle
        let status = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe rekam_json_parse(handle, bytes.baseAddress, bytes.count, &parts)
        }
        guard status == 0 else { return explain(bytes, as: admission, line: line) }
        let tokens = unsafe UnsafeBufferPointer(start: parts.tokens, count: parts.token_words)
        let text = unsafe UnsafeBufferPointer(
            start: parts.text, count: parts.text_bytes + EventTokens.slack)
        return validator.admit(
            tokens: unsafe tokens.span, text: unsafe text.span,
            isPlain: unsafe parts.is_plain != 0, isASCII: unsafe parts.is_ascii != 0, as: admission,
            line: line, into: &batch)
    }

    /// Reads one line of text; see above.
    public mutating func parse(
        _ text: String, as admission: Admission = .input, line: Int = 1,
        into batch: inout EventBatch
    ) -> Rejection? {
        let span = text.utf8Span.span
        return parse(0..<span.count, of: span, as: admission, line: line, into: &batch)
    }

    /// Says what is wrong with a line that simdjson refused, by reading it again slowly.
    private mutating func explain(
        _ line: Span<UInt8>, as admission: Admission, line number: Int
    ) -> Rejection {
        var tokens = EventTokens()
        do throws(JSONFault) {
            try tokens.read(line)
        } catch {
            return Rejection(fault: error, in: line, line: number)
        }
        // Well-formed: then a number is beyond what simdjson reads, and the field says so.
        var batch = EventBatch()
        let rejection = validator.admit(
            tokens: tokens.words.span, text: tokens.text.span, isPlain: tokens.isPlain,
            as: admission, line: number, into: &batch)
        return rejection
            ?? Rejection(
                kind: .unreadable, line: number, field: "",
                problem: "the line cannot be read as JSON")
    }
}
