import Yams

/// Reads one YAML document into values with places; the only user of the YAML library.
///
/// Refused: anchors, aliases and tags (a definition says what it means where it stands), keys that
/// are not texts, keys given twice, nesting past `deepest`.
package enum YAMLReader {
    /// Levels of lists and mappings in one document.
    package static let deepest = 32

    /// The document's value; nil when it is empty, or when faults were reported.
    package static func read(_ document: SourceDocument, faults: FaultList) -> YAMLValue? {
        let offset = document.firstLine - 1
        if let found = YAMLSharing.find(in: document.text) {
            faults.report(
                line: found.line + offset, column: found.column,
                "\(found.what) are not part of a definition",
                expected: found.what.hasPrefix("line ends")
                    ? "plain line feeds"
                    : "the value itself, or quotes around a text that starts so")
            return nil
        }
        if let line = document.directive {
            faults.report(
                line: line + offset, column: 1,
                "a line that begins with % tells a YAML reader something, and is no part of a "
                    + "definition",
                expected: "the file without it")
            return nil
        }
        do {
            let parser = try Parser(yaml: document.text, resolver: .basic, encoding: .utf8)
            guard let node = try parser.nextRoot() else { return nil }
            let read = value(of: node, depth: 1, offset: offset, faults: faults)
            if let next = try parser.nextRoot() {
                faults.report(
                    line: (next.mark?.line ?? 1) + offset, column: next.mark?.column ?? 1,
                    "what stands here, after the document's end (...), would not be read",
                    expected: "--- between two definitions")
            }
            return read
        } catch let error as YamlError {
            report(error, in: document, faults: faults)
        } catch {
            faults.report(
                line: document.firstLine, column: 1, "the file is not readable as YAML")
        }
        return nil
    }

    private static func value(
        of node: Node, depth: Int, offset: Int, faults: FaultList
    ) -> YAMLValue? {
        let line = (node.mark?.line ?? 1) + offset
        let column = node.mark?.column ?? 1
        func isTooDeep() -> Bool {
            guard depth > deepest else { return false }
            tooDeep(line: line, column: column, faults)
            return true
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            return YAMLValue(.scalar(scalar.string, isPlain: isPlain), line: line, column: column)
        case .sequence(let sequence):
            if isTooDeep() { return nil }
            let values = sequence.compactMap {
                value(of: $0, depth: depth + 1, offset: offset, faults: faults)
            }
            return values.count == sequence.count
                ? YAMLValue(.list(values), line: line, column: column) : nil
        case .mapping(let mapping):
            if isTooDeep() { return nil }
            var pairs: [YAMLPair] = []
            for (key, content) in mapping {
                guard let key = value(of: key, depth: depth + 1, offset: offset, faults: faults),
                    let content = value(
                        of: content, depth: depth + 1, offset: offset, faults: faults)
                else { return nil }
                guard case .scalar = key.content else {
                    faults.report(at: key, "\(key.inWords) stands as a key", expected: "a text")
                    return nil
                }
                pairs.append(YAMLPair(key: key, value: content))
            }
            return YAMLValue(.mapping(pairs), line: line, column: column)
        case .alias:
            return nil
        }
    }

    private static func tooDeep(line: Int, column: Int, _ faults: FaultList) {
        faults.report(
            line: line, column: column, "lists and mappings are nested too deep",
            expected: "at most \(deepest) levels")
    }

    private static func report(
        _ error: YamlError, in document: SourceDocument, faults: FaultList
    ) {
        let offset = document.firstLine - 1
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = document.inside(mark.line, mark.column)
            // The library has a limit of its own, past ours.
            guard !problem.contains("nesting level") else {
                return tooDeep(line: place.line + offset, column: place.column, faults)
            }
            var mistake = YAMLMistake(
                problem, at: place,
                in: context.map { ($0.text, $0.mark.line, $0.mark.column) }, of: document.text)
            mistake.firstLine = document.firstLine
            let told = mistake.told
            faults.report(
                line: told.line + offset, column: told.column, told.what, expected: told.expected)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let name = duplicates.first ?? ""
            let second = document.secondKey(name, after: context.mark.line, context.mark.column)
            faults.report(
                line: second.line + offset, column: second.column,
                "\"\(name)\" is given twice",
                expected: "it once"
                    + " (it also stands in line \(context.mark.line + offset))")
        case .reader(let problem, let at, _, _):
            let place = document.place(ofCharacter: at ?? 0)
            faults.report(
                line: place.line + offset, column: place.column,
                "a character that can't be seen stands here (\(problem))",
                expected: "the text without it")
        default:
            faults.report(
                line: document.firstLine, column: 1, "the file is not readable as YAML")
        }
    }
}
