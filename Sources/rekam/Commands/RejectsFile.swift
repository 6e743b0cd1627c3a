import EventLog
import EventModel
import Rendering

#if canImport(Glibc)
    import Glibc
#endif

/// Where refused lines go unchanged, so that they can be mended and ingested again; the reasons
/// stand in a CSV file beside it. Neither is made before there is something to say, and none that is
/// there already is written over: the next free name is taken, `tickets.rejects-2.ndjson`.
final class RejectsFile {
    /// Where the lines are, or would be.
    private(set) var path: String
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
    static func reasonsPath(for path: String) -> String { parts(of: path).stem + ".reasons.csv" }

    /// `tickets.rejects.ndjson` → `tickets.rejects-2.ndjson`.
    private static func path(_ path: String, number: Int) -> String {
        let (stem, ending) = parts(of: path)
        return number == 1 ? path : "\(stem)-\(number)\(ending)"
    }

    /// A path's end from the last dot of the file's name on, and what stands before it.
    private static func parts(of path: String) -> (stem: String, ending: String) {
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[nameStart...].lastIndex(of: "."), dot > nameStart else {
            return (path, "")
        }
        return (String(path[..<dot]), String(path[dot...]))
    }

    /// Refuses a place where rejects would stand for something that is needed: an input, the mapping,
    /// a file of the store, by whatever path or link, or anything in the store's folder.
    ///
    /// - Parameter inputs: what is read; `-` is standard input.
    static func check(_ path: String, inputs: [String], store: String) throws {
        let remedy = "Name another place with --rejects."
        var needed: [FileIdentity: String] = [:]
        for name in StoreFiles.names(in: store) ?? [] {
            guard let file = FileIdentity("\(store)/\(name)") else { continue }
            needed[file] = "a file of the store \(store)"
        }
        for input in inputs {
            guard let file = input == "-" ? FileIdentity(descriptor: 0) : FileIdentity(input) else {
                continue
            }
            needed[file] = input == "-" ? "standard input" : "the input \(input)"
        }
        for place in [path, reasonsPath(for: path)] {
            if let file = FileIdentity(place) {
                if let what = needed[file] {
                    throw Failure(
                        .usage, "\(place) is \(what): refused lines would overwrite it. \(remedy)")
                }
                guard file.isRegular else {
                    throw Failure(
                        .usage, "\(place) is no regular file: refused lines need one. \(remedy)")
                }
            }
            let folder = place.lastIndex(of: "/").map { String(place[...$0]) } ?? "."
            if let folder = FileIdentity(folder), folder == FileIdentity(store) {
                throw Failure(
                    .usage,
                    "\(place) lies in the store's folder, where only its own files belong. "
                        + remedy)
            }
        }
    }

    /// Adds a refused line.
    func add(_ rejection: Rejection, _ line: Span<UInt8>) throws {
        if lines < 0 {
            try create()
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

    /// Takes the first name that is free for both files.
    private func create() throws {
        let wanted = path
        for number in 1...Self.mostNames {
            path = Self.path(wanted, number: number)
            guard let file = try Self.create(path) else { continue }
            let other: Int32?
            do {
                other = try Self.create(Self.reasonsPath(for: path))
            } catch {
                Self.takeBack(file, path)
                throw error
            }
            guard let other else {
                Self.takeBack(file, path)
                continue
            }
            (lines, reasons) = (file, other)
            return
        }
        throw Failure(
            .inputOutput,
            "\(wanted) and \(Self.mostNames) names after it are taken by rejects of earlier imports. "
                + "Clear them away or name another place with --rejects.")
    }

    private static let mostNames = 10_000

    private static func takeBack(_ file: Int32, _ path: String) {
        Glibc.close(file)
        _ = unsafe unlink(path)
    }

    /// Makes a file; nil where one is there already.
    private static func create(_ path: String) throws -> Int32? {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file < 0, errno == EEXIST { return nil }
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

/// Which file a path leads to, by whatever name.
private struct FileIdentity: Hashable {
    private let device: UInt64
    private let node: UInt64
    /// Whether it is a file of bytes, and no folder or device.
    let isRegular: Bool

    /// Links are followed; nil where there is nothing, or it can't be seen.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of an open file.
    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
