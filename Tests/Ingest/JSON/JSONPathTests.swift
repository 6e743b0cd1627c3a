import EventModel
import Foundation
import Testing

@testable import Ingest

/// The compliance test suite of JSONPath, in the shared folder.
private let suite = "vectors/jsonpath/cts.json"

/// The values that a path leads to, each in one form.
private func found(_ path: JSONPath, in document: String) throws -> [JSONValue] {
    let bytes = Array(document.utf8)
    var tree = JSONTree()
    _ = try tree.parse(bytes.span, from: 0)
    var values: [JSONValue] = []
    try path.forEachNode(in: tree, from: JSONTree.root, bytes.span) { place in
        let text = tree.text(of: place, bytes.span)
        values.append(
            tree.nodes[place].kind == .string ? .string(text) : try JSONValue(parsing: text))
    }
    return values
}

@Suite("Paths of mappings, against RFC 9535's compliance suite and by example")
struct JSONPathTests {
    @Test(
        "What is read agrees with the suite; what isn't is refused by name",
        .enabled(if: hasShared(suite), "vectors missing"))
    func compliance() throws {
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: sharedPath(suite))))
        guard case .array(let tests)? = try JSONValue(parsing: bytes.span)["tests"] else {
            Issue.record("no tests")
            return
        }
        var (agreed, refused, invalid) = (0, 0, 0)
        for test in tests {
            guard case .string(let name)? = test["name"],
                case .string(let selector)? = test["selector"]
            else { continue }
            let path: JSONPath
            do {
                path = try JSONPath(parsing: selector)
            } catch {
                if test["invalid_selector"] == .boolean(true) {
                    invalid += 1
                } else {
                    refused += 1
                    #expect(error.problem.hasSuffix("which mappings don't"), "\(name): \(error)")
                }
                continue
            }
            #expect(test["invalid_selector"] == nil, "\(name): \(selector) was read")
            guard let document = test["document"] else { continue }
            let values = try found(path, in: text(of: document))
            var expected: [JSONValue] = []
            if let result = test["result"] { expected = [result] }
            if case .array(let results)? = test["results"] { expected = results }
            #expect(expected.contains(.array(values)), "\(name): \(selector) gives \(values)")
            agreed += 1
        }
        #expect(agreed > 250 && invalid > 200 && refused < 200)
        print("jsonpath: \(agreed) agree, \(invalid) invalid ones refused, \(refused) not read")
    }

    /// A value as JSON, numbers as they were written.
    private func text(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .string: String(decoding: value.canonical ?? [], as: UTF8.self)
        case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { text(of: .string($0.key)) + ":" + text(of: $0.value) }
                .joined(separator: ",") + "}"
        }
    }

    @Test(
        "A path finds what it names",
        arguments: [
            ("$.a.b", #"{"a":{"b":1}}"#, "[1]"),
            ("$.a[*].id", #"{"a":[{"id":1},{"id":2}]}"#, "[1,2]"),
            ("$['a b'][-1]", #"{"a b":[1,2,3]}"#, "[3]"), ("$[1:3]", "[0,1,2,3]", "[1,2]"),
            ("$[::-1]", "[0,1,2]", "[2,1,0]"),
            (
                "$.f[?@.id==42].value",
                #"{"f":[{"id":41,"value":"no"},{"id":42.0,"value":"yes"}]}"#,
                #"["yes"]"#
            ),
            (
                "$[?@.n>9007199254740992].n", #"[{"n":9007199254740992},{"n":9007199254740993}]"#,
                "[9007199254740993]"
            ),
            (
                "$[?@.a && !(@.b=='x' || @.b==null)].b",
                #"[{"a":1,"b":"x"},{"a":1,"b":"y"},{"b":"z"}]"#, #"["y"]"#
            ),
            (#"$['\u00e9']"#, #"{"é":1}"#, "[1]"), ("$.nothing.at.all", #"{"a":1}"#, "[]"),
        ])
    func examples(path: String, document: String, expected: String) throws {
        let values = try found(JSONPath(parsing: path), in: document)
        try #expect(JSONValue.array(values) == JSONValue(parsing: expected))
    }

    @Test(
        "What isn't read is refused with what could stand there",
        arguments: [
            ("$..id", "asks for all levels (..), which mappings don't"),
            ("$[?length(@.a)>1]", "calls a function, which mappings don't"),
            (
                "$[?@.a==$.b]",
                "asks for the whole document ($) within a condition, which mappings don't"
            ),
            ("$.a b", "can't be read from \" b\" on"), ("$.a[", "can't be read from its end on"),
            ("a.b", "does not begin with $"), ("$[01]", "can't be read from \"01]\" on"),
        ])
    func refusals(path: String, problem: String) {
        let fault = #expect(throws: JSONPathFault.self) { try JSONPath(parsing: path) }
        #expect(fault?.problem == problem)
        #expect(fault?.expected.isEmpty == false)
    }

    @Test("Numbers are compared by their value, however they are written")
    func numbers() {
        let same = ["1200", "1200.0", "12e2", "1.2E+3", "120000e-2"]
        for text in same { #expect(DecimalText(text) == DecimalText("1200"), "\(text)") }
        #expect(DecimalText("-0") == DecimalText("0.000"))
        let rising = [
            "-1e99", "-12", "-1.5", "-1e-99", "0", "1e-99", "0.5", "1", "9", "10", "1e999999999999",
        ]
        for (left, right) in zip(rising, rising.dropFirst()) {
            #expect(DecimalText(left) < DecimalText(right), "\(left) \(right)")
            #expect(!(DecimalText(right) < DecimalText(left)), "\(left) \(right)")
        }
    }
}
