import Foundation
import Testing

/// Method: every `console` block of the pages is typed as it stands, in one folder a page; what is
/// printed must be what the page shows, but for the root, the tz database's release, the seconds, and how
/// many pages a store takes, which hangs on how soon its lines came: these differ from machine to machine. `REKAM_GOLDEN=write` puts what is printed into the pages, to
/// be read before it is committed.
@Suite("Pages")
struct PageTests {
    @Test(
        "Every command of a page prints what the page shows",
        arguments: [
            "README.md", "docs/AUDITING.md", "docs/AUDITING.id.md", "docs/ANALYST.md",
            "docs/OPERATING.md", "docs/PRIVACY.md", "docs/PRIVACY.id.md",
            "Schemas/mappings/README.md",
        ])
    func commands(page: String) throws {
        let command = try Command()
        command.environment["REKAM_STORE"] = nil
        command.environment["REKAM_EXAMPLES"] =
            Command.root.appending(path: "Schemas/examples").path
        let file = Command.root.appending(path: page)
        let writes = command.environment["REKAM_GOLDEN"] == "write"
        let pieces = try String(contentsOf: file, encoding: .utf8)
            .components(separatedBy: "```console\n")
        var page = [pieces[0]]
        var shown = 0
        for piece in pieces.dropFirst() {
            let body = piece.components(separatedBy: "\n```")[0]
            var block: [String] = []
            for step in ("\n" + body).components(separatedBy: "\n$ ").dropFirst() {
                var lines = step.components(separatedBy: "\n")
                var typed = [lines.removeFirst()]
                // A line that begins with "> " goes on with the command, as in a shell.
                while let next = lines.first, next.hasPrefix("> ") || next == ">" {
                    typed.append(next)
                    lines.removeFirst()
                }
                let line = typed.map { $0.hasPrefix(">") ? String($0.dropFirst(2)) : $0 }
                    .joined(separator: "\n")
                // Whoever types the page has one shell: each command is to leave it where it was.
                let result = try command.shell(
                    """
                    here=$PWD; { \(line)
                    } 2>&1; test "$PWD" = "$here" || echo "left in $PWD"
                    """)
                let isSame = masked(result.out) == masked(lines.joined(separator: "\n"))
                // A page that is written speaks of one machine's roots throughout.
                let stays =
                    isSame
                    && (!writes
                        || masked(result.out, Self.times)
                            == masked(lines.joined(separator: "\n"), Self.times))
                #expect(isSame || writes, "\(file.lastPathComponent): $ \(line)\n\(result.out)")
                let out = result.out.trimmingCharacters(in: .newlines)
                block +=
                    ["$ " + typed.joined(separator: "\n")]
                    + (stays ? lines : out.isEmpty ? [] : [out])
                shown += 1
            }
            page.append(block.joined(separator: "\n") + piece.dropFirst(body.count))
        }
        #expect(shown > 5)
        if writes {
            try page.joined(separator: "```console\n").write(
                to: file, atomically: true, encoding: .utf8)
        }
    }

    private static let times = [(#"[0-9.,]+ (s|dtk)(?=\n|$)"#, "… s")]
    private static let machines =
        times + [
            (#"Pages +[0-9,]+ in use, [0-9,]+ free"#, "Pages …"),
            (#"[0-9.,]+ KiB"#, "… KiB"),
            // Where the page is typed.
            (#"/[^ ]*/(?=[a-z]+, [0-9-]{10}(\n|$))"#, "…/"),
            // Salts and keys of digests differ from store to store.
            (#""id":"[0-9a-f]{32}""#, "id …"),
            (#"~[A-Za-z0-9_-]{43}"#, "~…"),
            (#"(root|akar) [0-9a-f]+…"#, "root …"), (#""root": "[0-9a-f]+""#, "root …"),
            (#"tzdata\)? ?[0-9]{4}[a-z]"#, "tzdata …"), (#""tzdata": "[^"]+""#, "tzdata …"),
        ]

    private func masked(_ text: String, _ what: [(String, String)] = machines) -> String {
        var text = text.replacing("\r\n", with: "\n").trimmingCharacters(in: .newlines)
        for (pattern, word) in what {
            text = text.replacing(
                try! Regex(pattern), with: { _ in word }  // a literal of this file
            )
        }
        return text
    }
}
