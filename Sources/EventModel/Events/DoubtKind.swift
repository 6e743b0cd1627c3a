/// What is doubtful about something that was accepted: it is recorded and counts, and is told, since
/// it may not be what was meant. The words are those of JSON and of `ingest.recorded`.
public enum DoubtKind: String, Sendable, CaseIterable {
    /// An id, subject or source looks like a phone number.
    case phone
    /// An id, subject or source looks like an e-mail address.
    case email
    /// A local time that the clock shows twice.
    case localTimeRepeated = "local_time_repeated"
    /// A local time that the clock never shows.
    case localTimeSkipped = "local_time_skipped"
    /// A date that two of the stated formats read differently.
    case twoDateFormats = "two_date_formats"
    /// A date without a time of day, taken for the first instant of its local day.
    case dateAlone = "date_alone"
    /// A row that has fewer fields than the header: the last ones are taken for empty.
    case shortRow = "short_row"
    /// A text of a row that was longer than the mapping keeps of it.
    case textCut = "text_cut"
    /// A column that a mapping reads, and no row of the input has: a path may be misspelt.
    case absentColumn = "absent_column"
    /// A row that stands elsewhere among its case's rows than its time says, where the mapping says
    /// that the rows, or a column, tell their order.
    case rowsOutOfOrder = "rows_out_of_order"
    /// A row that stands elsewhere among those of its instant than it, or another row, was recorded.
    case rowPlaces = "row_places"
    /// An answer outside the scale that stands beside it.
    case offScale = "off_scale"
    /// An event of a time after its recording, and no plan.
    case future
    /// Numbers of different length, compared as text, put a source's events of one instant in order.
    case sequenceWidths = "sequence_widths"
    /// A case without the event that opens cases of its kind.
    case noOpening = "no_opening"
    /// An event long before the opening of its case.
    case endBeforeStart = "end_before_start"
    /// Recording alone put two events of a case in order, and figures would differ in the other one.
    case tie
    /// An event a little before the opening of its case, which counts as at it.
    case moved
    /// Names that differ in letter case or blanks alone, or in what is not seen.
    case namesAlike = "names_alike"
    /// An event recorded long after it happened.
    case backdated

    /// Whether it is about what tells of persons and would stand in clear.
    public var isOfPersons: Bool { self == .phone || self == .email }

    /// Whether only an input can tell it, so that the log keeps what imports told: its events no longer
    /// show how the input's rows stood, or how their times were written.
    public var isOfInputs: Bool {
        switch self {
        case .phone, .email, .localTimeRepeated, .localTimeSkipped, .twoDateFormats, .dateAlone,
            .shortRow, .textCut, .absentColumn, .rowsOutOfOrder, .rowPlaces:
            true
        default: false
        }
    }

    /// How far the clocks of two systems may differ, in milliseconds: two minutes. An event that lies
    /// no further before its case's opening counts as at it, and one that is no further ahead of its
    /// recording is not doubtful.
    public static let clockTolerance: Int64 = 120_000

    /// An event recorded later after it happened, in milliseconds, is backdated: three days.
    public static let usualBackdating: Int64 = 3 * 86_400_000
}

/// Doubts of one kind: how many cases, and the first of them.
public struct DoubtfulCases: Hashable, Sendable {
    /// What is doubtful.
    public var kind: DoubtKind
    /// How many: cases of kinds that are about cases, events of the others, groups of names.
    public var count: Int
    /// The first cases by name, or names that are alike; at most `DoubtfulCases.shown`.
    public var first: [String]
    /// How many more may be: cases with ties that were not tried, for want of time.
    public var untried = 0
    /// The first line of an input that told it; nil where no line did.
    public var line: Int?

    /// How many are named.
    public static let shown = 3

    /// Doubts from their parts.
    public init(
        kind: DoubtKind, count: Int, first: [String], untried: Int = 0, line: Int? = nil
    ) {
        self.line = line
        self.kind = kind
        self.count = count
        self.first = first
        self.untried = untried
    }
}

/// Where events of a type keep an answer and the scale that it was given on: the places of the fields
/// among `EventSchema.columns`.
public struct AnswerScale: Sendable, Hashable {
    /// The answer.
    public var answer: Int
    /// The scale's lower end.
    public var least: Int
    /// The scale's upper end.
    public var greatest: Int
    /// What the lower end is where an event does not say it; nil where it is then unknown.
    public var usualLeast: Int64?
    /// What the upper end is where an event does not say it; nil where it is then unknown.
    public var usualGreatest: Int64?

    /// The scale by which an answer lies off it; nil for one that lies on it, or is not judged since
    /// an end is unknown. `Int64.min` stands for a value that an event does not have.
    public func leftBy(
        _ answer: Int64, least: Int64, greatest: Int64
    ) -> (least: Int64, greatest: Int64)? {
        let lowest = least == .min ? usualLeast : least
        let highest = greatest == .min ? usualGreatest : greatest
        guard answer != .min, let lowest, let highest, answer < lowest || answer > highest else {
            return nil
        }
        return (lowest, highest)
    }
}

extension EventSchema {
    /// Where its events keep an answer and its scale (`x-round`: `answer`, `least`, `greatest`); nil
    /// for types without one of them.
    public var answerScale: AnswerScale? {
        func place(_ role: RoundRole) -> Int? {
            columns.firstIndex { $0.round == role && $0.column == .integer }
        }
        func usual(_ index: Int) -> Int64? {
            guard case .integer(let number)? = upcasting.defaults[columns[index].name] else {
                return nil
            }
            return number
        }
        guard let answer = place(.answer), let least = place(.least),
            let greatest = place(.greatest)
        else { return nil }
        return AnswerScale(
            answer: answer, least: least, greatest: greatest, usualLeast: usual(least),
            usualGreatest: usual(greatest))
    }
}

extension OrderKey {
    /// How many digits the text is, where it is nothing but digits and at most eight of them; nil
    /// for all others.
    public var digits: Int? {
        guard kind == .text, value != 0 else { return nil }
        var rest = value
        var count = 0
        while rest != 0 {
            guard (0x30...0x39).contains(rest >> 56) else { return nil }
            rest <<= 8
            count += 1
        }
        return count
    }

    /// Whether it begins a longer text with eight digits.
    public var beginsWithDigits: Bool {
        kind == .prefix && OrderKey(kind: .text, value: value).digits == 8
    }

    /// A key as a column keeps it.
    package init(kind: Kind, columnValue value: UInt64) { self.init(kind: kind, value: value) }
}
