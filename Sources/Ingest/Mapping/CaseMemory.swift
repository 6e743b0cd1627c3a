internal import EventModel

/// What the rows of a file have said of its cases so far.
///
/// No row goes untold for what another has said: what changed follows, whenever it is asked for, from
/// all that is recorded of the case. Others tell which rows can't be its first, how many are alike, and
/// what is doubtful in their order.
///
/// Bounded: cases not touched while `generationCases` others were are forgotten. A row of such a case
/// is taken for its first; what that gives beyond need says nothing new.
struct CaseMemory {
    /// One case.
    struct Entry {
        /// By the mapping's events that stand for an opening (`first`): the earliest so far.
        var openings: [Opening?] = []
        /// Where its row read last stands.
        var last: RowPlace?
        /// Its rows in the order of a column.
        var succession: Succession?
        /// What is counted of its rows.
        var counted: Counted?
    }

    /// The earliest opening that a row of a case stands for.
    struct Opening {
        /// Where the log puts it among others of its source.
        var place: RowPlace
        /// Fingerprint of the last id that was given for it; 0 where the row gave none.
        var id: UInt64 = 0
    }

    /// How often each synthetic id was given to a case's rows that are counted; an instant is part of
    /// an id. One that entries share: a case can have any number of rows, and a copy for each would take
    /// the square of it.
    final class Counted {
        var ids: [UInt64: Int] = [:]
    }

    /// A case's rows as a column orders them: whether time says the same of all of them does not hang
    /// on the order in which they are read. Shared by entries, as what is counted is.
    final class Succession {
        private var places: [RowPlace] = []
        /// Whether it was told that time contradicts.
        var isTold = false

        private static let mostPlaces = 4096

        /// Whether time says the contrary of what the column says of a row and some other.
        ///
        /// - Complexity: O(log rows). None that was taken in contradicts another, unless that is told:
        ///   so a row that contradicts any contradicts one right beside it.
        func contradicts(_ place: RowPlace) -> Bool {
            let index = index(of: place)
            return (index > 0 && place.contradicts(places[index - 1]))
                || (index < places.count && place.contradicts(places[index]))
        }

        func take(_ place: RowPlace) {
            guard place.order != nil, !isTold, places.count < Self.mostPlaces else { return }
            places.insert(place, at: index(of: place))
        }

        func takeBack(_ place: RowPlace) {
            let index = index(of: place)
            if index < places.count, places[index] == place { places.remove(at: index) }
        }

        private func index(of place: RowPlace) -> Int {
            var (low, high) = (0, places.count)
            while low < high {
                let middle = (low + high) / 2
                if Self.precedes(places[middle], place) { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// By the column, numbers before texts, then by time.
        private static func precedes(_ left: RowPlace, _ right: RowPlace) -> Bool {
            switch (left.order, right.order) {
            case (.integer(let one)?, .integer(let other)?) where one != other: one < other
            case (.text(let one)?, .text(let other)?) where !one.utf8.elementsEqual(other.utf8):
                one.utf8.lexicographicallyPrecedes(other.utf8)
            case (.integer?, .text?): true
            case (.text?, .integer?): false
            default: left.time < right.time
            }
        }
    }

    static let generationCases = 250_000

    private var young: [String: Entry] = [:]
    private var old: [String: Entry] = [:]
    private var current: (subject: String, entry: Entry)?

    /// The entry of a case; an empty one where nothing is remembered.
    mutating func entry(of subject: String) -> Entry {
        if let current, current.subject == subject { return current.entry }
        if let current { put(current.entry, current.subject) }
        let entry = young[subject] ?? old[subject] ?? Entry()
        current = (subject, entry)
        return entry
    }

    /// Takes what rows have changed in the case asked for last.
    mutating func update(_ entry: Entry) { current?.entry = entry }

    /// Puts a case back to what was known of it.
    mutating func restore(_ subject: String, to before: Entry) {
        _ = entry(of: subject)
        update(before)
    }

    private mutating func put(_ entry: Entry, _ subject: String) {
        young[subject] = entry
        guard young.count >= CaseMemory.generationCases else { return }
        old = young
        young = [:]
    }

    /// The fingerprint of a text; never 0.
    static func fingerprint(of text: String) -> UInt64 {
        var text = text
        let value = text.withUTF8 { bytes in unsafe Fingerprint(of: bytes.span).value }
        return value == 0 ? 1 : value
    }
}

/// Where a row stands among the rows of its case: by time, then by the source's order.
struct RowPlace: Equatable {
    var time: SentTime
    var order: SourceOrder?

    /// Whether it certainly comes before another.
    func isBefore(_ other: RowPlace) -> Bool {
        if time != other.time { return time < other.time }
        switch (order, other.order) {
        case (.integer(let left)?, .integer(let right)?): return left < right
        case (.text(let left)?, .text(let right)?):
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        default: return false
        }
    }

    /// Whether time says of it and another the contrary of what the source's order says.
    func contradicts(_ other: RowPlace) -> Bool {
        guard time != other.time, order != nil, other.order != nil else { return false }
        let atOneTime = (
            RowPlace(time: time, order: order), RowPlace(time: time, order: other.order)
        )
        return time < other.time
            ? atOneTime.1.isBefore(atOneTime.0) : atOneTime.0.isBefore(atOneTime.1)
    }
}
