import Compression
import Foundation
import Ingest
import Testing

/// Everything a source gives, read into a buffer of `room` bytes at a time.
func readAll(_ source: InputSource, room: Int = 1000) throws -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: room)
    while true {
        let count = try readOnce(source, &buffer)
        if count == 0 { return result }
        result += buffer[0..<count]
    }
}

private func readOnce(_ source: InputSource, _ buffer: inout [UInt8]) throws -> Int {
    var span = buffer.mutableSpan
    return try source.read(into: &span)
}

/// Writes a file of its own for a test, which removes it.
private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("rekam-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
}

@Suite("Inputs: what a file holds comes out, what it is not is named")
struct InputSourceTests {
    static let text = "id,name\n1,Budi\n2,Citra\n"
    /// The text above, by gzip.
    static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x4C, 0xD1, 0xC9, 0x4B,
        0xCC, 0x4D, 0xE5, 0x32, 0xD4, 0x71, 0x2A, 0x4D, 0xC9, 0xE4, 0x32, 0xD2, 0x71, 0xCE, 0x2C,
        0x29, 0x4A, 0xE4, 0x02, 0x00, 0x49, 0x66, 0xD8, 0xEB, 0x17, 0x00, 0x00, 0x00,
    ]

    @Test("plain, gzip and zstd are told by their bytes", arguments: [1, 7, 100_000])
    func formats(room: Int) throws {
        var zstd: [UInt8] = []
        var compressor = try ZstdCompressor()
        try compressor.compress(Array(InputSourceTests.text.utf8).span, appendingTo: &zstd)
        for (bytes, format) in [
            (Array(InputSourceTests.text.utf8), nil), (InputSourceTests.gzip, .gzip), (zstd, .zstd),
        ] as [([UInt8], CompressionFormat?)] {
            try withFile(bytes) { path in
                let source = try InputSource(path: path)
                var seen: [UInt8] = []
                source.onStoredBytes = { span in
                    for index in span.indices { seen.append(span[index]) }
                }
                let read = try readAll(source, room: room)
                #expect(String(decoding: read, as: UTF8.self) == InputSourceTests.text)
                #expect(source.compression == format)
                #expect(seen == bytes)
                #expect(source.storedBytes == bytes.count)
                #expect(source.totalStoredBytes == bytes.count)
            }
            let held = try readAll(InputSource(bytes: bytes, name: "held"), room: room)
            #expect(String(decoding: held, as: UTF8.self) == InputSourceTests.text)
        }
    }

    @Test("a large file comes out whole, through small and large buffers")
    func large() throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) | 1 }
        try withFile(bytes) { path in
            for room in [4097, 1 << 20] {
                let read = try readAll(InputSource(path: path), room: room)
                #expect(read == bytes)
            }
        }
    }

    private func fault(_ path: String) -> InputFault? {
        do {
            _ = try readAll(InputSource(path: path))
            return nil
        } catch {
            return error as? InputFault
        }
    }

    @Test("a missing file and a folder are named")
    func notAFile() {
        #expect(fault("/nowhere/tickets.csv")?.cause == .missing)
        let folder = FileManager.default.temporaryDirectory.path
        #expect(fault(folder)?.cause == .folder)
        #expect("\(InputFault(name: "exports", cause: .folder))".hasPrefix("exports is a folder."))
    }

    @Test("a file this user may not read is named", .enabled(if: getuid() != 0))
    func permission() throws {
        try withFile([1]) { path in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            #expect(fault(path)?.cause == .permission)
        }
    }

    @Test("an empty file is named, also an empty one that was compressed")
    func empty() throws {
        var zstd: [UInt8] = []
        var compressor = try ZstdCompressor()
        try compressor.compress([UInt8]().span, appendingTo: &zstd)
        try withFile([]) { #expect(fault($0)?.cause == .empty) }
        try withFile(zstd) { #expect(fault($0)?.cause == .empty) }
    }

    @Test("what is packed otherwise is named, and what to do")
    func packed() throws {
        try withFile([0x50, 0x4B, 0x03, 0x04, 0, 0]) { #expect(fault($0)?.cause == .packed("zip")) }
        try withFile([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { #expect(fault($0)?.cause == .packed("xz")) }
        #expect("\(InputFault(name: "a", cause: .packed("xz")))".contains("Unpack it first"))
    }

    @Test(
        "what is wholly something else is told by its first bytes, with the remedy",
        arguments: [
            ("id,time\n1,2\n", "is CSV, and events", nil),
            ("id;time\n1;2\n3;4\n5", "is CSV, and events", nil),
            ("  [\n {\"id\": 1}]", "jq -c '.[]'", nil),
            ("{\n  \"id\": 1\n}", "goes over several lines", nil),
            ("{\"a\": [\n1]}\n", "goes over several lines", nil),
            (
                "{\"events\": [\n{\"id\": 1}]}\n", "goes over several lines",
                nil
            ),
            ("{\"id\":\"1\"}\n{\"id\":\"2\"}\n", nil, nil),
            // Of lines one that is cut off is refused by itself, also where it is the first.
            ("{\n", nil, nil),
            ("{\n{\"id\":\"2\"}\n", nil, nil),
            ("{\"id\":\"1\",\"da\n{\"id\":\"2\"}\n", nil, nil),
            ("<log xes.version='1.0'>\n", "is a process log (XES)", nil),
            ("\u{FEFF}<?xml version='1.0'?>", "is XML", "is XML"), ("%PDF-1.7", "is PDF", "is PDF"),
            ("PAR1\u{15}", "is Parquet, and events", nil),
            ("SQLite format 3\0", "an SQLite database", "an SQLite database"),
            ("[ID],[Name]\n1,Ana\n", "is CSV, and events", nil),
            // Lines that may be events among others that are not are refused by themselves.
            ("no event, at all\n{\"id\":\"1\"}\n", nil, nil), ("hello, world\n", nil, nil),
        ] as [(String, String?, String?)])
    func otherContent(text: String, events: String?, rows: String?) throws {
        for (reading, expected) in [(InputContent.Reading.events, events), (.rows, rows)] {
            let source = InputSource(bytes: Array(text.utf8), name: "x")
            guard let expected else {
                #expect(source.fault(reading: reading) == nil)
                // What was looked at is read all the same.
                var buffer = [UInt8](repeating: 0, count: 5)
                var read: [UInt8] = []
                while true {
                    var span = buffer.mutableSpan
                    let count = try source.read(into: &span)
                    if count == 0 { break }
                    read += buffer[..<count]
                }
                #expect(read == Array(text.utf8))
                continue
            }
            let fault = "\(try #require(source.fault(reading: reading)))"
            #expect(fault.hasPrefix("x ") && fault.contains(expected), "\(fault)")
        }
    }

    @Test("a workbook is read by rows, from a file alone; other spreadsheets' files say what to do")
    func workbooks() throws {
        let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04] + Array(repeating: 0, count: 26)
        let workbook = zip + Array("[Content_Types].xml".utf8)
        try withFile(workbook) { path in
            let source = try InputSource(path: path)
            #expect(source.fault(reading: .rows) == nil)
            let fault = try #require(source.fault(reading: .events))
            #expect("\(fault)".contains("is a workbook (XLSX), and events are read"))
        }
        let piped = InputSource(bytes: workbook, name: "x")
        var buffer = [UInt8](repeating: 0, count: 5)
        let fault = #expect(throws: InputFault.self) { try readOnce(piped, &buffer) }
        #expect("\(try #require(fault))".contains("which is read from a file alone"))
        for (bytes, words) in [
            (zip + Array("mimetypeapplication/vnd.oasis.opendocument.spreadsheet".utf8), "(ODS)"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "(XLS)"),
            (zip + Array("report.csv".utf8), "packed as zip"),
        ] {
            try withFile(bytes) { path in
                let source = try InputSource(path: path)
                let found = source.fault(reading: .rows) ?? self.fault(path)
                #expect("\(try #require(found))".contains(words))
            }
        }
    }

    @Test("a gzip file that was cut off says after how many bytes")
    func truncated() throws {
        for count in 3..<InputSourceTests.gzip.count {
            let cut = Array(InputSourceTests.gzip.prefix(count))
            try withFile(cut) { path in
                let found = try #require(fault(path))
                #expect(
                    found.cause == .compressed(.truncated(format: .gzip, inputBytes: count)),
                    "first \(count) bytes")
                #expect(
                    "\(found)".hasPrefix(
                        "\(path) ends in the middle of its compressed data after \(count) bytes"))
            }
        }
    }

    @Test("what a damaged file holds before the damage is handed out")
    func damaged() throws {
        var bytes = InputSourceTests.gzip
        bytes[bytes.count - 6] ^= 1
        let source = InputSource(bytes: bytes, name: "damaged.gz")
        var buffer = [UInt8](repeating: 0, count: 1000)
        let count = try readOnce(source, &buffer)
        #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == InputSourceTests.text)
        #expect(throws: InputFault.self) { _ = try readOnce(source, &buffer) }
    }
}
