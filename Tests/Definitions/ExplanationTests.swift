import Definitions
import EventModel
import Testing

/// Method: every shipped definition, and one of each kind of piece, put into words of both languages.
@Suite("Definitions in words")
struct ExplanationTests {
    @Test("The whole catalogue is explained in Indonesian, line for line, and no English is left")
    func catalogue() throws {
        let pieces = [
            "the first ", "the last ", "the number ", " where ", "provided", "there is", "at least",
            "at most", "counted when", "or else", " in force", "different values", " without ",
            " while ", "business time", " from ", " after ", " before ", " within ", " either ",
            "A fact", "A case", "It measures", "It reads", "In each", "Beside it", "Source:",
            "To know", "higher", "lower", " and ", " or ", " of ", "targets", "Hours", "monday",
            "serves", "capped", "version ",
        ]
        for definition in try CatalogueTests.library().all() {
            let english = definition.explanation(in: .english).split(
                separator: "\n", omittingEmptySubsequences: false)
            // Sources are titles of books.
            let indonesian = definition.explanation(in: .indonesian).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(english.count == indonesian.count, "\(definition.name)")
            for line in indonesian where !line.hasPrefix("Sumber: ") {
                for piece in pieces {
                    #expect(!line.contains(piece), "\(definition.name): “\(piece)” in \(line)")
                }
            }
        }
    }

    private static let text = """
        projection: uji
        version: 1
        title: {en: Test, id: Uji}
        of: ticket
        let:
          opened: {first: ticket.opened}
          answer: {first: message.posted, after: opened, within: 2h, where: {direction: out, actor: present}}
          last: {last: message.posted, before: answer, where: {direction: {not: [in]}}}
          replies: {count: message.posted, from: opened, until: answer}
          either: {either: [last, answer]}
        fact: answer
        when:
          replies: {min: 2}
          last: present
        dimensions: {agent: answer.actor, team: latest team, hour: hour}
        measures:
          wait: {from: opened, to: answer, clock: business}
        """

    @Test("Each piece has its sentence")
    func pieces() throws {
        let types = try #require(CatalogueTests.types)
        let read: [Definition]
        do {
            read = try DefinitionReader(types: types).read(Self.text, file: "uji.yaml")
        } catch {
            Issue.record("\(error)")
            return
        }
        let explanation = try #require(read.first).explanation(in: .indonesian)
        let expected = """
            uji, versi 1: Uji

            Dalam setiap ticket dicari
              opened   ticket.opened pertama
              answer   message.posted pertama setelah opened dan dalam 2h dari opened dengan actor \
            terisi dan direction out
              last     message.posted terakhir sebelum answer dengan direction bukan in
              replies  jumlah message.posted mulai opened dan sampai answer
              either   last, atau bila tidak ada answer

            Satu kasus punya satu fakta bila ada answer, pada waktunya, asalkan
              replies minimal 2
              ada last

            Fakta dapat ditanyakan menurut
              agent  answer.actor
              team   team yang berlaku
              hour   jam dalam sehari, 0 sampai 23

            Yang diukur
              wait  waktu kerja dari opened sampai answer

            Yang berlaku ditetapkan oleh

            """
        #expect(explanation.hasPrefix(expected), "\(explanation)")
    }

    @Test("A tolerance of its own is read, and told where it is not the usual one")
    func tolerance() throws {
        let types = try #require(CatalogueTests.types)
        for (line, length, told) in [
            ("", 120_000, false), ("tolerance: 2m", 120_000, false),
            ("tolerance: 5m", 300_000, true), ("tolerance: 0s", 0, true),
        ] {
            let text = Self.text.replacing("of: ticket", with: "of: ticket\n" + line)
            let read = try DefinitionReader(types: types).read(text, file: "uji.yaml")
            guard case .projection(let projection)? = read.first else {
                Issue.record("no projection")
                return
            }
            #expect(projection.toleranceMilliseconds == Int64(length))
            let words = projection.explanation(in: .indonesian)
            #expect(
                words.contains(" sebelum kasusnya dibuka dihitung pada saat pembukaan.") == told)
        }
    }
}
