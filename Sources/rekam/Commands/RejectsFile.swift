import EventModel
import Rendering

#if canImport(Glibc)
    import Glibc
#endif

/// Where refused lines go unchanged, so that they can be mended and ingested again; the reasons
/// stand in a CSV file beside it. Neither is made before there is something to say.
final class RejectsFile {
    let path: String
    private var lines: Int32 = -1
    private var reasons: Int32 = -1
    private var pendingLines: [UInt8] = []
    private var pendingReasons: [UInt8] = []

    /// What the file begins with: a CSV file's header line.
    var header: [UInt8] = []

    /// Whether a line was refused.
    var isUsed: Bool { lines >= 0 }

    init(path: String) { self.path = path }

    deinit {
        if lines >= 0 { Glibc.close(lines) }
        if reasons >= 0 { Glibc.close(reasons) }
    }

    /// `tickets.ndjson.gz` → `tickets.rejects.ndjson`, in the present folder.
    static func name(for file: String, isCSV: Bool) -> String {
        var name = file == "-" ? "stdin" : String(file.split(separator: "/").last ?? "input")
        for ending in [".gz", ".zst", ".ndjson", ".jsonl", ".json", ".csv", ".tsv", ".txt"]
        where name.hasSuffix(ending) && name.count > ending.count {
            name.removeLast(ending.count)
        }
        return name + ".rejects." + (isCSV ? "csv" : "ndjson")
    }

    /// The file of reasons: `tickets.rejects.ndjson` → `tickets.rejects.reasons.csv`.
    var reasonsPath: String {
        let stem = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
        return stem + ".reasons.csv"
    }

    /// Adds a refused line.
    func add(_ rejection: Rejection, _ line: Span<UInt8>) throws {
        if lines < 0 {
            lines = try Self.create(path)
            reasons = try Self.create(reasonsPath)
            pendingLines += header
            if let last = header.last, last != 0x0A { pendingLines.append(0x0A) }
            pendingReasons += Array("line,field,value,reason,recorded,entry\r\n".utf8)
        }
        for index in line.indices { pendingLines.append(line[index]) }
        if pendingLines.last != 0x0A { pendingLines.append(0x0A) }
        let cells = [
            String(rejection.line), rejection.field, rejection.value, rejection.problem,
            rejection.recorded?.value ?? "", rejection.recorded.map { String($0.sequence) } ?? "",
        ]
        pendingReasons += Array(CSVText.line(cells.map(CSVText.text)).utf8)
        if pendingLines.count + pendingReasons.count > 1 << 20 { try flush() }
    }

    /// Writes what is waiting, durably.
    func close() throws {
        guard isUsed else { return }
        try flush()
        guard fsync(lines) == 0, fsync(reasons) == 0 else { throw failure() }
    }

    private func flush() throws {
        guard Output.writeAll(pendingLines, to: lines),
            Output.writeAll(pendingReasons, to: reasons)
        else { throw failure() }
        pendingLines.removeAll(keepingCapacity: true)
        pendingReasons.removeAll(keepingCapacity: true)
    }

    private static func create(_ path: String) throws -> Int32 {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Failure(
                .inputOutput,
                "\(path) can't be written: \(Machine.reason(errno)). Name another place with "
                    + "--rejects.")
        }
        return file
    }

    private func failure() -> Failure {
        Failure(
            .inputOutput,
            "\(path) can't be written: \(Machine.reason(errno)). Make room there or name another "
                + "place with --rejects, and ingest the same input again: what was recorded so far "
                + "is not recorded twice.")
    }
}
