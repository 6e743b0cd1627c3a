import Definitions

// What definitions become: flat tables of plain values, so that evaluation neither counts
// references nor compares texts. `Int32` indices point into the other tables; -1 is none.

/// One binding to look up.
struct StepCode: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable { case first, last, count, either }
    var kind: Kind
    var slot: Int32
    var selector: Int32 = -1
    var residuals = RangeCode()
    /// Slots that bound the window.
    var after: Int32 = -1
    var before: Int32 = -1
    var includesStart = false
    var includesEnd = false
    var isStartOptional = false
    /// Milliseconds; -1 unlimited.
    var within: Int64 = -1
    /// For `either`: its slots in `alternatives`.
    var alternatives = RangeCode()
}

/// A part of a table.
package struct RangeCode: BitwiseCopyable, Sendable {
    package var start: Int32 = 0
    package var count: Int32 = 0

    var indices: Range<Int> { Int(start)..<Int(start + count) }
}

/// A test of a candidate's field against another event's field.
struct ResidualCode: BitwiseCopyable, Sendable {
    var field: Int32
    var otherSlot: Int32
    var otherField: Int32
    var isNegated: Bool
}

/// One source of a dimension's or measure's value; the first that has one is taken.
struct ValueCode: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        case field, latest, constant, hour, weekday, subject
    }
    var kind: Kind
    var slot: Int32 = -1
    var selector: Int32 = -1
    var field: Int32 = -1
    var constant: Int64 = 0
    /// Whether it is a name, of which "" (nobody) counts as no value.
    var isName = false
}

struct ConditionCode: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        case exists, field, fieldSame, latest, latestSame, count, duration, within, beyond, any
    }
    var kind: Kind
    var isNegated = false
    var slot: Int32 = -1
    /// `field`: holds for the event when it passes. `latest`: finds it; `passing` says it passes.
    var selector: Int32 = -1
    var passing: Int32 = -1
    /// Whether `latest` holds when the field was never set.
    var absentPasses = false
    var field: Int32 = -1
    var otherSlot: Int32 = -1
    var otherField: Int32 = -1
    var minimum: Int64 = .min
    var maximum: Int64 = .max
    var duration: Int32 = -1
    var unit: Int64 = 1
    /// `any`: its lists in `alternatives`.
    var alternatives = RangeCode()
}

struct DurationCode: BitwiseCopyable, Sendable {
    var from: Int32
    var to: Int32
    /// Whose business time counts; -1 the wall clock.
    var calendar: Int32 = -1
    /// Where an event names the calendar: its slot and field.
    var namingSlot: Int32 = -1
    var namingField: Int32 = -1
    /// The states left out, or (`isOnly`) those that alone count. Where an event names the calendar:
    /// the track of the wall clock, those of the calendars following.
    var track: Int32 = -1
    var isOnly = false
}

/// A running total of the time that a case spent in some states.
struct TrackCode: BitwiseCopyable, Hashable, Sendable {
    var selector: Int32
    var paused: Int32
    /// Whose business time; -1 the wall clock.
    var calendar: Int32
}

/// A name under which events speak of a calendar.
struct CalendarName: BitwiseCopyable, Sendable {
    /// The name's id in the log.
    var name: UInt32
    var calendar: Int32
}

struct DimensionCode: BitwiseCopyable, Sendable {
    enum Form: UInt8, BitwiseCopyable, Sendable {
        /// Names and codes go into the key as they are (nobody as absent).
        case name, code
        /// Integers are biased by 2^31.
        case integer
    }
    var values: RangeCode
    var form: Form
    /// For codes: the words of the list; a greater code is none of its type's.
    var words: UInt32 = .max
}

struct MeasureCode: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable { case duration, number, count, flag, value }
    var kind: Kind
    var slot: Int32 = -1
    var field: Int32 = -1
    var duration: Int32 = -1
    /// `flag`, and a `value` with conditions; -1: none.
    var list: Int32 = -1
    var values = RangeCode()
}

/// How facts are cut into parts.
struct SplitCode: BitwiseCopyable, Sendable {
    /// Slots of the events that bound it, or that hold the days.
    var from: Int32
    var to: Int32
    /// Fields of the first and the last day; -1 where time is cut.
    var fromField: Int32 = -1
    var toField: Int32 = -1
    var byHour = false

    /// How many days before its event's a fact may begin.
    var within: Int64 = .max

    var isDays: Bool { fromField >= 0 }
}

/// Which facts are one.
struct RoundsCode: BitwiseCopyable, Sendable {
    /// A field of the fact; -1: all facts of a case belong together.
    var field: Int32 = -1
    /// Slot of the invitation, -1 none, and its field with a number of days, -1 none.
    var invitation: Int32 = -1
    var days: Int32 = -1
    /// Slot of the round's last event.
    var last: Int32
    /// Milliseconds.
    var within: Int64
}

struct ProjectionCode: BitwiseCopyable, Sendable {
    enum Rule: UInt8, BitwiseCopyable, Sendable { case one, each, stock }
    var rule: Rule
    /// Kinds of case it reads, as a set of the plan's kind numbers.
    var kinds: UInt64
    var slotCount: Int32
    /// `one`: the fact's binding; `stock`: where it begins.
    var factSlot: Int32 = -1
    /// `one`: case steps up to and with the fact's binding.
    var factReady: Int32 = 0
    var selector: Int32 = -1
    var residuals = RangeCode()
    var caseSteps = RangeCode()
    var factSteps = RangeCode()
    var conditions: Int32
    var whileList: Int32 = -1
    /// A stock of stays: what enters and what leaves; -1 in others.
    var enter: Int32 = -1
    var leave: Int32 = -1
    /// Place among the rounds; -1: each fact is one by itself.
    var rounds: Int32 = -1
    /// Place among the splits; -1: facts stay whole.
    var split: Int32 = -1
    var dimensions = RangeCode()
    var measures = RangeCode()
    /// Whether a fact of `each` that looks at no row past some place says that no earlier one does.
    var settles = false
    /// Bits, one word per type of the plan, of the rows that it or the rules it needs look at; and of
    /// those that it looks at itself.
    var bits: Int32 = 0
    var lookedBits: Int32 = 0
    var words: Int32
}

/// All code of a plan.
struct CodeTables: Sendable {
    var selectors: [SelectorCode] = []
    var steps: [StepCode] = []
    var alternatives: [Int32] = []
    var residuals: [ResidualCode] = []
    var values: [ValueCode] = []
    var conditions: [ConditionCode] = []
    var lists: [RangeCode] = []
    var durations: [DurationCode] = []
    var tracks: [TrackCode] = []
    var dimensions: [DimensionCode] = []
    var measures: [MeasureCode] = []
    var projections: [ProjectionCode] = []
    var splits: [SplitCode] = []
    var rounds: [RoundsCode] = []
    /// Ascending by name.
    var calendarNames: [CalendarName] = []
    /// Per field and type (field × 64 + type): word in the row's payload × 2, plus 1 when it is
    /// an integer of two words; -1 where the type has no such column.
    var payloadPlaces: [Int32] = []
    /// See `ProjectionCode.bits`: 64 words each.
    var bits: [UInt64] = []
    /// What rows of a case say beside each other.
    var rules = CaseRules()

    var usesBusinessTime: Bool { durations.contains { $0.calendar >= 0 } }
}
