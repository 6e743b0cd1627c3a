import EventModel
import Foundation
import Ingest
import Testing

@Suite("Lines made of nst/JSONTestSuite (shared/vectors), read by simdjson and by our own scanner")
struct JSONVectorTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/vectors/json-parsing").standardizedFileURL

    static var files: [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    private let before = Array(
        (#"{"specversion":"1.0","id":"1","source":"s","type":"survey.answered","#
            + #""subject":"ticket/1","time":"2025-07-14T08:12:00Z","data":{"survey":"s","#
            + #""kind":"csat","score":5,"comment":"#).utf8)
    private let after = Array("}}".utf8)

    /// Parses a line, and holds simdjson's verdict against the slow scanner's.
    private func parse(_ line: [UInt8], _ name: String) -> (EventBatch, Rejection?) {
        var parser = EventParser(shippedTypes)
        var batch = EventBatch()
        let rejection = parser.parse(0..<line.count, of: line.span, line: 1, into: &batch)
        var tokens = EventTokens()
        let isJSON = (try? tokens.read(line.span)) != nil
        if !isJSON { #expect(rejection != nil, "\(name)") }
        if rejection != nil {
            #expect(batch.rows.isEmpty && batch.bytes.isEmpty && batch.slots.isEmpty, "\(name)")
        }
        return (batch, rejection)
    }

    @Test(
        "No vector is an event, and none crashes", .enabled(if: !files.isEmpty, "vectors missing"))
    func asLine() throws {
        for file in Self.files {
            let name = file.lastPathComponent
            let bytes = [UInt8](try Data(contentsOf: file))
            let (_, rejection) = parse(bytes, name)
            #expect(rejection != nil, "\(name)")
            if name.hasPrefix("n_") {
                #expect(rejection?.problem.hasPrefix("the line ") == true, "\(name)")
            }
        }
    }

    @Test(
        "As the value of a field, y_ is read or refused by its field, n_ refused as no JSON",
        .enabled(if: !files.isEmpty, "vectors missing"))
    func asValue() throws {
        var accepted = 0
        for file in Self.files {
            let name = file.lastPathComponent
            let bytes = [UInt8](try Data(contentsOf: file))
            let (_, whole) = parse(before + bytes + after, name)
            if name.hasPrefix("y_") {
                // Deep nesting aside, a list is refused because of what it is, not as no JSON.
                #expect(whole == nil || whole?.field == "data.comment", "\(name)")
            } else if name.hasPrefix("n_") {
                #expect(whole != nil, "\(name)")
            }
            // Most vectors are lists of one value: without the list the value itself is read.
            guard bytes.first == 0x5B, bytes.last == 0x5D else { continue }
            let inner = Array(bytes.dropFirst().dropLast())
            let (batch, rejection) = parse(before + inner + after, name)
            guard name.hasPrefix("y_string"), rejection == nil else { continue }
            accepted += 1
            let text = batch.text(batch.rows[0].canonical)
            let value = try JSONValue(parsing: bytes.span)
            guard case .array(let elements) = value else { continue }
            guard case .string(let decoded)? = elements.first else { continue }
            let canonical = try #require(JSONValue.string(NormalText.form(of: decoded)).canonical)
            #expect(
                text.contains("\"comment\":" + String(decoding: canonical, as: UTF8.self)),
                "\(name)")
        }
        #expect(accepted > 30)
    }
}
