import Definitions
import EventModel
import Foundation
import Testing

/// The language page is true: each of its examples is read, parts within the page's own example.
@Suite struct LanguagePageTests {
    static let blocks: [String] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Schemas/LANGUAGE.md")
        guard let page = try? String(contentsOf: path, encoding: .utf8) else { return [] }
        return page.components(separatedBy: "\n```yaml\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0] + "\n"
        }
    }()

    /// The top-level keys of a block with their lines.
    private static func keys(_ block: String) -> [(key: String, lines: String)] {
        var parts: [(key: String, lines: String)] = []
        for line in block.split(separator: "\n") {
            if line.first?.isLetter ?? false {
                parts.append((String(line.prefix { $0 != ":" }), ""))
            }
            parts[parts.count - 1].lines += line + "\n"
        }
        return parts
    }

    /// A part of a definition, completed with what it leaves out.
    static func completed(_ block: String) -> String {
        let given = keys(block)
        let names = Set(given.map(\.key))
        if names.contains("projection") || names.contains("calendar") { return block }
        if names.contains("scorecard") {
            let kpi = blocks.first { $0.hasPrefix("kpi: first_answer") } ?? ""
            return blocks[0] + "---\n" + kpi + "---\n" + block
        }
        if names.contains("kpi") { return blocks[0] + "---\n" + block }
        if names.contains("value") {
            let rest = "kpi: part\nversion: 1\ntitle: Part\ngroup: part\nbetter: higher\n"
            return blocks[0] + "---\n" + rest + block
        }
        var text = block
        for (key, lines) in keys(blocks[0]) where !names.contains(key) {
            if key == "fact", names.contains("stock") { continue }
            // Other dimensions and measures name what a new `let` does not have.
            if ["dimensions", "measures"].contains(key), names.contains("let") { continue }
            if key == "fact", names.contains("let"), !block.contains("answer:") { continue }
            text += lines
        }
        return text
    }

    @Test func `The page has its examples`() {
        #expect(Self.blocks.count > 15)
    }

    @Test(arguments: blocks)
    func `Every example of the page is read`(_ block: String) throws {
        let text = Self.completed(block)
        let said = FaultTests.said(text)
        #expect(said == "no fault", "\(text)\n\(said)")
    }

    @Test(arguments: blocks)
    func `Every example can be explained`(_ block: String) throws {
        let reader = DefinitionReader(types: vocabulary)
        for definition in try reader.read(Self.completed(block), file: "page.yaml") {
            #expect(definition.explanation(in: .english).contains("It reads"))
        }
    }
}
