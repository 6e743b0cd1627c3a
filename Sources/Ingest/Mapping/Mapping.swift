public import EventModel

/// How the rows of one kind of file become events: a mapping file, checked and compiled.
///
/// Made by `Mapping.read`, run by `MappedReader`. Names have become indices: a template's column is
/// a place in `columns`, which is bound to a file's header when the file is opened.
public struct Mapping: Sendable {
    /// What the file calls itself.
    public internal(set) var name = ""
    /// The version it states, from 1.
    public internal(set) var version = 1
    /// What it is called, by language.
    public internal(set) var titles: [Language: String] = [:]
    /// The `source` of the events.
    public internal(set) var source = ""
    /// Lines that mark a guess of a draft.
    var guesses: [Int] = []
    /// How the file is CSV.
    public internal(set) var format = CSVFormat()
    /// Which sheet of a workbook is meant; nil where the mapping says nothing of it.
    var sheet: SheetFormat?
    /// What the result depends on: the mapping file's text, then each lookup file's name and bytes.
    /// The digest of an import is that of the input and of these.
    public internal(set) var contents: [UInt8] = []

    /// The levels on which rows of documents stand; none where the mapping says nothing of them.
    var levels: [RowLevel] = []
    /// Columns that are read, by the names of the header, or by where they stand in documents.
    var columns: [String] = []
    /// Names of columns of which all that a file has are read.
    var repeatedColumns: [String] {
        events.compactMap { event in
            guard case .columns(let name) = event.each else { return nil }
            return name
        }
    }
    /// Columns that a file need not have.
    var optionalColumns: Set<String> = []
    /// Texts that stand for nothing.
    var missing: [String] = [""]
    /// `.` or `,`.
    var decimal = UInt8(ascii: ".")
    var lookups: [Lookup] = []
    var values: [ValueSpec] = []
    var times: [TimeSpec] = []
    /// The row's own time, in `times`.
    var rowTime = 0
    var subject = Template()
    /// The source's own order of a case's rows.
    var order: Template?
    /// Which way the rows of one case and instant stand, where that means something.
    var rowOrder: RowOrder?
    /// What rows of one update have in common; nil where each row is an update.
    var merge: [Template]?
    /// Which rows are read: those of which all hold, and of `skip` none.
    var keep: [[TestSpec]] = []
    var skip: [[TestSpec]] = []
    var events: [EventSpec] = []
    /// Values and times that are others for each text that an event is given for.
    var valuesOfEach: [Int] = []
    var timesOfEach: [Int] = []
    /// Whether anything asks for other rows of the case.
    var usesState = false
}

extension Mapping {
    /// The types of the events that a row may give.
    package var eventTypes: Set<String> { Set(events.map(\.type)) }

    /// Whether the order of the rows tells which of those of an instant comes first.
    package var numbersRows: Bool { rowOrder != nil }
}

/// Which row comes first of those that follow each other in a file.
enum RowOrder: String, Sendable, CaseIterable {
    case newestFirst = "newest-first"
    case oldestFirst = "oldest-first"
}

/// A text with columns and values put in: `ticket/{number}`.
struct Template: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal(String)
        case column(Int)
        case value(Int)
        case given(GivenText)
    }
    var parts: [Part] = []

    /// The text, when nothing is put in.
    var constant: String? {
        switch parts.count {
        case 0: return ""
        case 1: if case .literal(let text) = parts[0] { return text } else { return nil }
        default: return nil
        }
    }
}

/// What a row has beside its columns.
enum GivenText: String, Sendable, CaseIterable {
    /// The name of the file, without its folder.
    case file = "#file"
    /// The number of the row.
    case row = "#row"
    /// What an event is given for, of several in a row.
    case each = "#each"
}

/// A text made from a row: a template or a computation, then a part of it, then lookup.
struct ValueSpec: Sendable {
    /// For rejections: the value's own name, or the field it stands in.
    var name = ""
    /// The first of these that stands for something.
    var templates = [Template()]
    /// What it is reckoned from, in the place of templates.
    var computation: Computation?
    var steps: [TextStep] = []
    var lookup: Int?
    /// Stands in where there is nothing.
    var missing: Template?
}

/// A time made from a row.
struct TimeSpec: Sendable {
    enum Base: Sendable {
        /// The first of some texts that stands for something.
        case text([Template], [TimeFormat], TimeZoneRules)
        case time(Int)
    }
    enum Unit: String, Sendable, CaseIterable {
        case milliseconds, seconds, minutes, hours, days, months, clock
    }
    struct Step: Sendable {
        var sign: Int64
        var unit: Unit
        var amount: Template
    }
    var name = ""
    var base: Base
    /// For months and local dates.
    var zone: TimeZoneRules
    var steps: [Step] = []
}

/// One condition on a row.
struct TestSpec: Sendable {
    enum Expectation: Sendable {
        case among([Template])
        case noneOf([Template])
        case present(Bool)
    }
    var subject: Template
    var expectation: Expectation
    /// The lowest level that it is about.
    var level = 0
}

/// A field of an event.
struct FieldSpec: Sendable {
    enum Content: Sendable {
        case constant(FieldValue)
        case text(ValueSpec)
        case integer(ValueSpec, scale: Int)
        case boolean(ValueSpec)
        case day(time: Int)
    }
    var name: String
    var content: Content
    /// Whether the event is given where it says something.
    var isWatched = false
    /// Whether it tells rows of one update apart: it rests on more than what these have in common.
    var isOwn = true
    /// Columns that its text is made of, by name; none of a time's.
    var columns: [Int] = []
}

/// Several texts of a row, for each of which an event is given.
enum EachSpec: Sendable {
    /// Columns of one name, of which a file has as many as it needs.
    case columns(String)
    /// The pieces of a text.
    case pieces(Template, between: String)
}

/// One event a row may give.
struct EventSpec: Sendable {
    var type: String
    /// The level whose rows give it.
    var level = 0
    /// What it is given for, where it is given for each of several texts of a row.
    var each: EachSpec?
    /// Any of these, all conditions of one; empty: always.
    var when: [[TestSpec]] = []
    /// By condition, the columns that hold one of some fixed texts where it holds, by name: they tell
    /// what a row is about.
    var matched: [[Int]] = []
    var isFirstOnly = false
    /// Among those of the mapping that are: its number.
    var opening = 0
    var hasWatchedFields = false
    var time = 0
    var id: Template?
    /// Whether a digest of `id` stands for it, so that it names nobody in clear.
    var hasDigestID = false
    var countsRepeats = false
    /// By name.
    var fields: [FieldSpec] = []
}
