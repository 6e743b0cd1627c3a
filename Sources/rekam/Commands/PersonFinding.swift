import EventLog
import EventModel
import Rendering
import Vault

/// What the commands that work on one person have in common.
enum PersonFinding {
    /// The person that a subject names.
    ///
    /// - Throws: a `Failure` where nobody is known by it, or where it cannot be said who is.
    static func person(
        _ subject: String, in view: borrowing LogView, of log: LogStore, _ words: PersonWords
    ) throws -> Person {
        if let person = try view.person(subject) { return person }
        guard log.canExplainTokens else {
            throw Failure(.inputOutput, words.nobodyCanBeKnown(log.path.printable))
        }
        throw Failure(.usage, words.nobody(subject.printable))
    }

    /// Refuses what would outlast an erasure and names somebody, however it is spelt.
    ///
    /// - Parameters:
    ///   - words: texts that tell of the persons, too.
    ///   - told: options with what was typed for them.
    ///   - staying: where it would stand.
    static func refuse(
        naming persons: [Person], words others: [String] = [], in view: borrowing LogView,
        _ told: [(option: String, text: String?)], staying: PersonWords.Staying,
        _ words: PersonWords
    ) throws {
        guard !persons.isEmpty, told.contains(where: { $0.text != nil }) else { return }
        let pairs = try view.aliasPairs()
        for person in persons {
            var names = try view.names(of: person) + others
            for other in try view.aliases(of: person, among: pairs) {
                names += try view.names(of: other)
            }
            // A name of one letter would be found in reasons that have nothing to do with it.
            let spelt = SpeltNames(names.filter { $0.utf8.count > 1 })
            for (option, text) in told {
                guard let text else { continue }
                let typed = NamingWords(text)
                guard
                    names.contains(text) || spelt.stand(in: text)
                        || names.contains(where: { typed.name($0, isMeant: true) })
                else { continue }
                throw Failure(.usage, words.tells(option, staying))
            }
        }
        // Of everybody else, as the log itself refuses it: a rehearsal says so as well.
        guard staying != .besideOthers else { return }
        for case ("--reason", let text?) in told where try view.namesSomebody(text) {
            throw StoreFault.namesSomebody(in: "reason")
        }
    }

    /// Headings and lines: what else the person is called.
    static func aliases(
        of person: Person, in view: borrowing LogView, _ words: PersonWords
    ) throws -> [(String, String)] {
        try view.aliases(of: person).map { other in
            let name = try view.text(of: other.token) ?? other.token.marked
            return (words.alsoCalled, words.eraseToo((other.kind + "/" + name).printable))
        }
    }

    /// A line for each hold of a person.
    static func holds(_ holds: [PersonActs.Hold], _ words: PersonWords) -> [String] {
        holds.map { hold in
            words.holdLine(
                reason: hold.reason.printable, by: hold.by?.printable,
                PersonDay.text(hold.time, words.language))
        }
    }
}
