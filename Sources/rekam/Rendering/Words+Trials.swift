package import EventModel

/// What is said of a definition tried on a store, and of a case played event by event, in both
/// languages.
package struct TrialWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// How many facts came out of what.
    ///
    /// - Parameter cases: how many were looked at, of how many; nil for all entries.
    package func outcome(
        _ version: String, facts: Int, in period: String, entries: Int,
        cases: (looked: Int, all: Int)?, tenths: Int
    ) -> String {
        let basis =
            cases.map {
                "\(number($0.looked)) " + pick("of", "dari") + " \(number($0.all)) "
                    + pick("cases", "kasus")
            } ?? "\(number(entries)) " + pick("entries", "entri")
        return [
            version, "\(number(facts)) " + pick("facts in ", "fakta dalam ") + period, basis,
            pick("nothing stored", "tidak ada yang disimpan"), words.seconds(tenths: tenths),
        ].joined(separator: " · ")
    }

    package var onlySample: String {
        pick(
            "These are the figures of the sample, not of the store.",
            "Ini angka dari sampel, bukan angka penyimpanan.")
    }

    // MARK: Facts

    package var caseTitle: String { words.caseTitle }
    package var time: String { pick("Time", "Waktu") }
    package var yes: String { pick("yes", "ya") }

    /// A fact that takes an earlier one back, and one of which nothing else is known.
    package var leaves: String { pick("leaves ", "keluar ") }
    package var nothingElse: String { pick("nothing else known", "selain itu tidak diketahui") }

    // MARK: A case, event by event

    package func played(_ subject: String, events: Int, _ version: String) -> String {
        let count = pick(
            "\(events) \(events == 1 ? "event" : "events")", "\(number(events)) peristiwa")
        return "\(subject) · \(count) · \(version)"
    }

    package func quiet(_ count: Int) -> String {
        pick(
            "… \(count) events change nothing (--all shows them)",
            "… \(number(count)) peristiwa tidak mengubah apa pun (--all menampilkannya)")
    }

    package func gone(_ fact: String) -> String { pick("− fact: ", "− fakta: ") + fact }
    package func appeared(_ fact: String) -> String { pick("+ fact: ", "+ fakta: ") + fact }
    package var voided: String {
        pick("voided: it counts no more", "dianulir: tidak dihitung lagi")
    }
    package var notLookedAt: String { pick("not looked at", "tidak dilihat") }
    package var changesNothing: String { pick("changes nothing", "tidak mengubah apa pun") }

    /// `entry 1,204`, its number as wide as said.
    package func entry(_ sequence: UInt32, width: Int = 0) -> String {
        pick("entry ", "entri ") + TextWidth.padded(number(sequence), to: width)
    }

    package func noneAnyMore(_ name: String) -> String {
        name + pick(": none any more", ": tidak ada lagi")
    }

    package func thisEvent(_ name: String) -> String {
        name + pick(" = this event", " = peristiwa ini")
    }
}
