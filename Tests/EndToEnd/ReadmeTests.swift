import Foundation
import Testing

/// Method: every `console` block of the pages is typed as it stands, in one folder a page; what is
/// printed must be what the page shows, but for the root, the tz database's release and the seconds,
/// which differ from machine to machine.
@Suite("Pages")
struct PageTests {
    @Test("Every command of a page prints what the page shows", arguments: ["README.md"])
    func commands(page: String) throws {
        let command = try Command()
        command.environment["REKAM_STORE"] = nil
        let text = try String(contentsOf: Command.root.appending(path: page), encoding: .utf8)
        var shown = 0
        for block in text.components(separatedBy: "```console\n").dropFirst() {
            let body = block.components(separatedBy: "\n```")[0]
            for step in ("\n" + body).components(separatedBy: "\n$ ").dropFirst() {
                var lines = step.components(separatedBy: "\n")
                let line = lines.removeFirst()
                let result = try command.shell("{ \(line)\n} 2>&1")
                #expect(
                    masked(result.out) == masked(lines.joined(separator: "\n")),
                    "\(page): $ \(line)")
                shown += 1
            }
        }
        #expect(shown > 5)
    }

    private func masked(_ text: String) -> String {
        var text = text.replacing("\r\n", with: "\n").trimmingCharacters(in: .newlines)
        for (pattern, word) in [
            (#"(root|akar) [0-9a-f]+…"#, "root …"), (#""root": "[0-9a-f]+""#, "root …"),
            (#"tzdata\)? ?[0-9]{4}[a-z]"#, "tzdata …"), (#""tzdata": "[^"]+""#, "tzdata …"),
            (#"[0-9.]+ s(?=\n|$)"#, "… s"),
        ] {
            text = text.replacing(
                try! Regex(pattern), with: { _ in word }  // a literal of this file
            )
        }
        return text
    }
}
