import Foundation
import Testing

/// Method: an export is drafted, its questions are answered as its user would, with an editor, and the
/// draft goes through `ingest --dry-run`.
@Suite("Mappings: seen, checked and drafted by command")
struct MappingTests {
    private static let tickets = """
        Ticket ID,Created,Status,Petugas
        1,2025-07-01 08:00,Open,Budi
        1,2025-07-01 09:00,Escalated,Citra
        2,2025-07-01 09:00,Open,Citra

        """

    @Test("From an export to a dry run: draft, check, answer, check against the export, try")
    func hour() throws {
        let command = try Command()
        try Self.tickets.write(
            to: command.folder.appending(path: "t.csv"), atomically: true, encoding: .utf8)
        #expect(try command.shell("rekam mapping new t.csv > t.yaml").code == 0)
        // Without a store, by what a new one has.
        command.environment["REKAM_STORE"] = nil
        let open = try command.run("mapping", "check", "t.yaml")
        #expect(open.code == 65 && open.out.isEmpty)
        #expect(open.error.contains("There is no store here"))
        #expect(
            open.error.contains(#"t.yaml:"#)
                && open.error.contains("a question of the draft is open"))
        let json = try command.run("mapping", "check", "t.yaml", "--format", "json")
        #expect(
            json.code == 65 && json.out.contains(#""holds": false"#)
                && json.out.contains(#""line": "#))
        try command.shell(
            #"sed -i -e '/"Escalated"/s/"?"/open/' -e '/channel:/s/"?"/email/' t.yaml"#)
        let held = try command.run("mapping", "check", "t.yaml", "--in", "t.csv")
        #expect(held.code == 0, "\(held.error)")
        #expect(held.out.contains("t.yaml: it holds. Gives ticket.opened, ticket.assigned"))
        #expect(held.out.contains("Rows: 3") && held.out.contains("still marked"))
        #expect(held.out.contains("Next: rekam ingest t.csv --mapping t.yaml --dry-run"))
        try command.run("init", "--store", "desk", "--time-zone", "Asia/Jakarta")
        command.environment["REKAM_STORE"] = command.folder.appending(path: "desk").path
        let tried = try command.run("ingest", "t.csv", "--mapping", "t.yaml", "--dry-run")
        #expect(tried.code == 0 && tried.error.contains("Accepted"), "\(tried.error)")
        #expect(tried.out.contains(#""type":"ticket.opened""#))
        // An export that lacks what is read: the verdict is that of ingest.
        try command.shell(
            "cut -d, -f1-3 t.csv > short.csv; mkdir all; cp t.yaml all/a.yaml; cp t.yaml all/b.yml")
        let short = try command.run("mapping", "check", "t.yaml", "--in", "short.csv")
        let refused = try command.run("ingest", "short.csv", "--mapping", "t.yaml", "--dry-run")
        #expect(short.code == 65 && short.error.contains("has no column \"Petugas\""))
        #expect(refused.code != 0 && refused.error.contains("has no column \"Petugas\""))
        let folder = try command.run("mapping", "check", "all", "--lang", "id")
        #expect(folder.code == 0 && folder.out.contains("all/b.yml: sah. Menghasilkan"))
    }

    @Test("Shipped mappings are listed with what they read, shown as they are, and told as JSON")
    func shipped() throws {
        let command = try Command()
        let list = try command.run("mapping", "list")
        #expect(list.code == 0 && list.out.contains("freshdesk") && list.out.contains("JSON, XES"))
        let names = try command.run("mapping", "list", "--lang", "id")
        #expect(names.out.contains("Daftar panggilan") && names.out.contains("--lang id"))
        let json = try command.run("mapping", "list", "--format", "json")
        let all = try #require(
            JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
        let folder = Command.root.appending(path: "Schemas/mappings")
        for mapping in all {
            let name = try #require(mapping["name"] as? String)
            let shown = try command.run("mapping", "show", name)
            let file = folder.appending(path: "\(name).yaml")
            #expect(try shown.out == String(contentsOf: file, encoding: .utf8))
            let told = try command.run("mapping", "show", name, "--format", "json")
            #expect(told.code == 0 && told.out.contains(#""events": [{"type": "#))
            let title = try #require(mapping["title"] as? [String: String])
            #expect(title["en"] != nil && title["id"] != nil, "\(name)")
        }
        let wrong = try command.run("mapping", "show", "freshdsk")
        #expect(wrong.code == 74 && wrong.error.contains("Did you mean freshdesk?"))
    }

    @Test("What can't be drafted from is refused in a sentence")
    func faults() throws {
        let command = try Command()
        try command.shell("printf 'a,b\\n' > empty.csv; printf '%%PDF-1.4\\n' > x.pdf")
        for file in ["empty.csv", "x.pdf", "missing.csv"] {
            let result = try command.run("mapping", "new", file)
            #expect(
                result.code != 0 && result.out.isEmpty && result.error.hasPrefix("Error: \(file)"))
        }
    }
}
