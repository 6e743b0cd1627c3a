import EventLog
import EventModel
import Rendering
import Vault

#if canImport(Glibc)
    import Glibc
#endif

/// The one place where clock, randomness, environment and the machine's files come in.
enum Machine {
    /// An environment variable; nil where it is not set.
    static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// Whether `REKAM_NOW` says what time it is.
    static var isClockGiven: Bool { environment("REKAM_NOW").map { !$0.isEmpty } ?? false }

    /// The present, or `REKAM_NOW` (an RFC 3339 time) where that is set.
    static func now() throws -> Instant {
        if let text = environment("REKAM_NOW"), !text.isEmpty {
            do {
                return try Instant(rfc3339: text)
            } catch {
                throw Failure(
                    .usage,
                    "REKAM_NOW=\(text) \(error.rawValue). It looks like 2025-08-05T09:00:00Z.")
            }
        }
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Nanoseconds of a clock that only runs forward.
    static func ticks() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Bytes nobody can guess, for a key.
    /// Salts for personal texts, from the system's random bytes.
    static let salts = Salts { try randomBytes($0) }

    static func randomBytes(_ count: Int) throws -> [UInt8] {
        guard let bytes = read("/dev/urandom", most: count).map({ Array($0.prefix(count)) }),
            bytes.count == count
        else {
            throw Failure(.inputOutput, "the system gave no random bytes for a key.")
        }
        return bytes
    }

    /// The machine's cores.
    static let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// The rules of an IANA zone from the machine's tz database; nil where it has no such zone.
    static func zone(_ name: String) throws -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = name.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)
                || [0x2B, 0x2D, 0x2F, 0x5F].contains($0)
        }
        // What the folder has beside zones: this machine's own, and the same ones counted otherwise.
        let isOther = ["posix", "right", "localtime", "posixrules", "Factory"].contains(parts[0])
        guard isPlain, !isOther, !parts.contains("") else { return nil }
        guard let bytes = read("/usr/share/zoneinfo/" + name) else {
            guard read("/usr/share/zoneinfo/Asia/Jakarta") != nil else {
                throw Failure(
                    .inputOutput,
                    "this machine has no time zones (/usr/share/zoneinfo). Install the tzdata package."
                )
            }
            return nil
        }
        // Lists and tables lie among the zones.
        guard bytes.starts(with: Array("TZif".utf8)) else { return nil }
        do {
            return try TimeZoneRules(name: name, release: tzdataRelease, tzif: bytes)
        } catch {
            throw Failure(
                .inputOutput,
                "/usr/share/zoneinfo/\(name) is damaged. Install the tzdata package again.")
        }
    }

    /// The names of zones that the machine's tz database lists; empty where it has no such list.
    static func zoneNames() -> [String] {
        let lines = String(decoding: read("/usr/share/zoneinfo/tzdata.zi") ?? [], as: UTF8.self)
            .split(separator: "\n")
        return lines.compactMap { line in
            // `Z Asia/Jakarta …` is a zone, `L Asia/Jakarta Asia/Djakarta` another name of one.
            let words = line.split(separator: " ")
            let name = words.count > 1 && words[0] == "Z" ? words[1] : words.last
            guard words.count > 1, ["Z", "L"].contains(words[0]), let name else { return nil }
            return name == "Factory" ? nil : String(name)
        }
    }

    /// The release of the machine's tz database, `2025b`; `unknown` where it does not say.
    static let tzdataRelease: String = {
        if let bytes = read("/usr/share/zoneinfo/+VERSION") {
            return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        }
        if let bytes = read("/usr/share/zoneinfo/tzdata.zi", most: 256) {
            let line = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
            if line.hasPrefix("# version ") { return String(line.dropFirst(10)) }
        }
        return "unknown"
    }()

    /// A small file's bytes; nil where it cannot be read.
    static func read(_ path: String, most: Int = 1 << 24) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(most, 1 << 16))
        while bytes.count < most {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<min(count, most - bytes.count)])
        }
        return bytes
    }
}

extension Machine {
    /// A folder that goes away with the work: in `parent`, else the machine's temporary folder
    /// (`TMPDIR`, else /tmp), under a name that nobody can guess.
    static func scratch(for work: String, in parent: String? = nil) throws -> ScratchFolder {
        let root = parent ?? environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        return try ScratchFolder(
            in: root, name: "rekam-\(work)-", random: Hexadecimal.text(try randomBytes(8)))
    }

    /// A path from the root on, as it can be found from anywhere.
    static func wholePath(_ path: String) throws -> String {
        var path = StoreFiles.withoutSlash(path)
        while path.hasPrefix("./") { path.removeFirst(2) }
        guard !path.hasPrefix("/") else { return path }
        guard let here = unsafe getcwd(nil, 0) else {
            throw Failure(.inputOutput, "the current folder can't be told: \(reason(errno)).")
        }
        defer { unsafe free(here) }
        let folder = unsafe String(cString: here)
        return path == "." ? folder : folder + (folder == "/" ? "" : "/") + path
    }

    /// A file that a user names, whole.
    ///
    /// - Throws: `Failure` where it cannot be read, or is longer than `most` bytes.
    static func readWhole(_ path: String, most: Int) throws -> [UInt8] {
        guard let bytes = read(path, most: most + 1) else {
            throw Failure(
                .inputOutput,
                "\(path) can't be read: \(reason(errno)). Check its name, and who may read it.")
        }
        guard bytes.count <= most else {
            throw Failure(.refused, "\(path) is larger than \(ByteText.text(most)).")
        }
        return bytes
    }

    /// The number of a group, by its name or number.
    static func group(_ name: String) throws -> UInt32 {
        if let number = UInt32(name) { return number }
        guard let entry = unsafe getgrnam(name) else {
            throw Failure(
                .usage,
                "--group \(name.printable): there is no such group. `getent group` shows all.")
        }
        return unsafe entry.pointee.gr_gid
    }

    /// What the system says of an error number.
    static func reason(_ number: Int32) -> String {
        unsafe String(cString: strerror(number)).lowercased()
    }
}
