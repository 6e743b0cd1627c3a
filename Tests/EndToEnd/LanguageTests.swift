import Foundation
import Testing

/// Method: one small store, twice; every command that the help lists is typed in both, once in each
/// language. What is for people is compared word by word, what is for programs byte by byte.
@Suite("Every command in both languages")
struct LanguageTests {
    /// English words that no Indonesian sentence has, nor any name in the store.
    private static let english = Set(
        """
        the of with is are was were and or not none it its this that which who what for on as than \
        then now never always yet already still there here may can must needs has have hold holds held \
        entries entry events event facts fact cells cases rows projections files built registered next \
        answers dropped voided restored carried made wrote fit free left ago read reads written newer \
        each every time period case all would move moved nothing nobody known set change \
        changes changed about before after while until since from to at by same different largest such \
        lost names vouches signed given taken kept fault faults core cores bytes behind position size \
        state version versions required means holds fields field type types key keys hours clock
        """.split(separator: " ").map(String.init))

    /// The commands that have no commands of their own, with the names of their options.
    private func commands(_ command: Command) throws -> [(name: String, options: Set<String>)] {
        let help = try command.run("--experimental-dump-help").out
        let whole = try #require(
            try JSONSerialization.jsonObject(with: Data(help.utf8)) as? [String: Any])
        var found: [(name: String, options: Set<String>)] = []
        func walk(_ node: [String: Any], _ path: [String]) {
            let below = (node["subcommands"] as? [[String: Any]] ?? []).filter {
                $0["commandName"] as? String != "help"
            }
            for node in below { walk(node, path + [node["commandName"] as? String ?? ""]) }
            guard below.isEmpty else { return }
            let names = (node["arguments"] as? [[String: Any]] ?? [])
                .flatMap { $0["names"] as? [[String: Any]] ?? [] }
                .compactMap { $0["name"] as? String }
            found.append((path.joined(separator: " "), Set(names)))
        }
        walk(try #require(whole["command"] as? [String: Any]), [])
        return found
    }

    /// The words of an answer that are read as such: no paths, names with dots, options, JSON.
    private func words(_ text: String, names: Set<String>) -> Set<String> {
        var words: Set<String> = []
        for line in text.split(separator: "\n") where !line.hasPrefix("{") {
            // What is to be typed stays as it is.
            let said = line.replacing(/rekam( [a-z][a-z-]*){1,2}/, with: "")
            for piece in said.split(whereSeparator: { " \"“”()[]…·".contains($0) }) {
                let word = piece.trimmingCharacters(in: CharacterSet(charactersIn: ".,:;!?"))
                guard word.allSatisfy({ $0.isLetter && $0.isASCII }) else { continue }
                if !names.contains(word) { words.insert(word.lowercased()) }
            }
        }
        return words
    }

    /// Names of fields and statistics, which stand in answers as they are.
    private func names(_ command: Command) throws -> Set<String> {
        var names: Set<String> = []
        for (kind, member) in [("schema", "fields"), ("kpi", "statistics")] {
            let text = try command.run(kind, "list", "--format", "json").out
            let list = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
            names.formUnion(list.flatMap { $0[member] as? [String] ?? [] })
        }
        return names
    }

    @Test("No command takes no --lang, and none is left out here")
    func every() throws {
        let command = try Command()
        let all = try commands(command)
        #expect(all.count > 50)
        for (name, options) in all {
            #expect(options.contains("lang"), "\(name) takes no --lang")
            #expect(
                Self.lines.contains { $0.typed == name || $0.typed.hasPrefix(name + " ") },
                "\(name) is not tried in Indonesian")
        }
    }

    @Test("What is for people is Indonesian to the last word, what is for programs is the same")
    func swept() throws {
        let english = try made()
        let indonesian = try Command()
        try indonesian.shell("cp -a '\(english.folder.path)/.' .")
        let names = try names(english)
        // What comes with a store is no exception; what is typed the day after is.
        for command in [english, indonesian] {
            command.environment["REKAM_NOW"] = "2026-01-06T01:00:00Z"
        }
        func say(_ line: Line, _ language: String, _ command: Command) throws -> Command.Result {
            var typed = line.typed
            for (name, file) in [
                ("CASE", "case"), ("VOIDED", "voided"), ("PERSON", "person"), ("AGENT", "agent"),
            ] {
                typed.replace(name, with: "$(cat \(file))")
            }
            return try command.shell("rekam \(typed) --lang \(language)")
        }
        for line in Self.lines {
            let said = try say(line, "id", indonesian)
            guard let wanted = line.says else {
                let other = try say(line, "en", indonesian)
                #expect(said.code == 0 && said.out == other.out, "\(line.typed): \(said)")
                continue
            }
            let other = try say(line, "en", english)
            #expect(said.code == other.code, "\(line.typed): \(said) \(other)")
            let mayFail = line.typed == "doctor" || line.typed.hasPrefix("audit reconcile")
            #expect(said.code == 0 || mayFail, "\(line.typed): \(said)")
            for sentence in wanted {
                let isThere = (said.out + said.error).contains(sentence)
                #expect(isThere, "\(line.typed): “\(sentence)” is not in \(said)")
            }
            /// Of a drafted mapping the comments are for people.
            func read(_ result: Command.Result) -> String {
                guard line.typed.hasPrefix("mapping new") else { return result.out + result.error }
                return result.out.split(separator: "\n").compactMap { text in
                    text.firstRange(of: "# ").map { String(text[$0.upperBound...]) }
                }.joined(separator: "\n")
            }
            let left = words(read(said), names: names)
                .intersection(words(read(other), names: names))
                .intersection(Self.english)
            #expect(left.isEmpty, "\(line.typed): \(left.sorted()) in \(said)")
        }
    }
}
