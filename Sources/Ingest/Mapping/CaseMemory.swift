internal import EventModel

/// What is known of the cases of an import: the last value of each tracked field, as a fingerprint,
/// from the log or from the rows of this run.
///
/// Bounded: cases not touched while `generationCases` others were are forgotten and asked of the log
/// again. By then what this run made of them is recorded: a batch ends long before.
struct CaseMemory {
    /// One case.
    struct Entry {
        /// Whether it had any event before the row at hand.
        var isKnown = false
        /// By slot: fingerprint of the field's last value; 0 none.
        var slots: [UInt64]
        /// Synthetic ids given at `repeatTime`; nil where none was.
        var repeats: Repeats?
        var repeatTime = Instant.earliest
    }

    /// How often each synthetic id was given. One that rows share: a case can have any number of
    /// them at an instant, and a copy for each row would take the square of it.
    final class Repeats {
        var counts: [UInt64: Int] = [:]
    }

    static let generationCases = 250_000

    private var young: [String: Entry] = [:]
    private var old: [String: Entry] = [:]
    private var current: (subject: String, entry: Entry)?

    /// The entry of a case; `load` makes it when it is not remembered.
    mutating func entry(
        of subject: String, load: () throws -> Entry
    ) rethrows -> Entry {
        if let current, current.subject == subject { return current.entry }
        if let current { put(current.entry, current.subject) }
        current = nil
        let entry = try young[subject] ?? old[subject] ?? load()
        current = (subject, entry)
        return entry
    }

    /// Takes what a row has changed in the case asked for last.
    mutating func update(_ entry: Entry) { current?.entry = entry }

    private mutating func put(_ entry: Entry, _ subject: String) {
        young[subject] = entry
        guard young.count >= CaseMemory.generationCases else { return }
        old = young
        young = [:]
    }

    /// The fingerprint of a value; never 0. Two different values of one field have the same one
    /// once in 2^64: then a change is overlooked.
    static func fingerprint(of text: String) -> UInt64 {
        var text = text
        let value = text.withUTF8 { bytes in unsafe Fingerprint(of: bytes.span).value }
        return value == 0 ? 1 : value
    }
}
