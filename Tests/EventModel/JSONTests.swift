import EventModel
import Foundation
import Testing

/// The vectors that are read in place, beside the project.
enum Vectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/vectors").standardizedFileURL

    static func files(_ name: String) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    static var hasAny: Bool { !files("json-parsing").isEmpty && !files("jcs/input").isEmpty }
}

@Suite("JSON values: a table, and nst/JSONTestSuite where it is there (shared/vectors)")
struct JSONValueTests {
    @Test(
        "y_ is accepted, n_ refused, i_ either, and nothing crashes",
        .enabled(if: Vectors.hasAny, "shared/vectors is missing"))
    func suite() throws {
        var counts = (accepted: 0, refused: 0)
        for file in Vectors.files("json-parsing") {
            let bytes = [UInt8](try Data(contentsOf: file))
            let name = file.lastPathComponent
            let value = try? JSONValue(parsing: bytes.span)
            if value == nil { counts.refused += 1 } else { counts.accepted += 1 }
            switch name.prefix(2) {
            // A key that stands there twice is JSON, but refused by design.
            case "y_" where name.contains("duplicated_key"): #expect(value == nil, "\(name)")
            case "y_": #expect(value != nil, "\(name)")
            case "n_": #expect(value == nil, "\(name)")
            default: break
            }
        }
        #expect(counts.accepted > 90 && counts.refused > 180, "\(counts)")
    }

    @Test(
        "RFC 8785's vectors come out byte for byte, all but values.json, which has fractions",
        .enabled(if: Vectors.hasAny, "shared/vectors is missing"),
        arguments: ["arrays", "french", "structures", "unicode", "weird"])
    func canonical(name: String) throws {
        let folder = Vectors.folder.appending(path: "jcs")
        let input = [UInt8](try Data(contentsOf: folder.appending(path: "input/\(name).json")))
        let output = [UInt8](try Data(contentsOf: folder.appending(path: "output/\(name).json")))
        #expect(try JSONValue(parsing: input.span).canonical == output)
    }

    @Test("values.json has no canonical form here, its strings have")
    func fractions() throws {
        #expect(try JSONValue(parsing: "[4.50]").canonical == nil)
        let text = #"["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"]"#
        let canonical = try JSONValue(parsing: text).canonical
        #expect(canonical == Array(#"["€$\u000f\nA'B\"\\\\\"/"]"#.utf8))
    }

    @Test(
        "Whole numbers are canonical however they are written",
        arguments: [
            ("1.0", "1"), ("1e3", "1000"), ("-0", "0"), ("-0.0", "0"), ("12.50e1", "125"),
            ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"),
            ("9007199254740992", nil), ("1e16", nil), ("0.5", nil), ("1e400", nil),
        ] as [(String, String?)])
    func numbers(text: String, canonical: String?) throws {
        #expect(try JSONValue(parsing: text).canonical == canonical.map { Array($0.utf8) })
    }

    @Test("Nesting is read to a limit, and refused beyond it")
    func depth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect((try? JSONValue(parsing: nested(JSONValue.deepest))) != nil)
        #expect((try? JSONValue(parsing: nested(JSONValue.deepest + 1))) == nil)
    }
}
