import EventModel

/// A text in the languages of Rekam's users.
public struct LocalizedText: Hashable, Sendable {
    /// English.
    public var english: String
    /// Indonesian; falls back to English when a definition gives none.
    public var indonesian: String

    /// A text in both languages.
    public init(english: String, indonesian: String? = nil) {
        self.english = english
        self.indonesian = indonesian ?? english
    }
}

/// A constant in a definition.
public enum Scalar: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
}

/// A field of the event that a binding names: `answer.actor`.
public struct FieldReference: Hashable, Sendable {
    /// A binding's name; `fact` is the event the fact is about.
    public var binding: String
    /// A field of its `data` that every one of the binding's types has as a column.
    public var field: String

    /// A reference from its parts.
    public init(binding: String, field: String) {
        self.binding = binding
        self.field = field
    }
}

/// What a field's value must be. An absent value satisfies only `absent` and a negated `among`.
public enum FieldTest: Hashable, Sendable {
    /// One of these (`status: [resolved, closed]`), or none of them (`origin: {not: agent}`).
    case among([Scalar], negated: Bool)
    /// Within these bounds, both inclusive.
    case range(minimum: Int64?, maximum: Int64?)
    /// There is a value, or there is none.
    case present
    case absent
    /// Equal to (or, negated, different from) the value of another field.
    case same(FieldReference, negated: Bool)
}

/// Which events a binding looks for: any of these types for which every test holds.
public struct Selector: Hashable, Sendable {
    /// Event types.
    public var types: [String]
    /// Tests on columns, all of which must hold; sorted by field.
    public var tests: [(field: String, test: FieldTest)]

    /// A selector from its parts.
    public init(types: [String], tests: [(field: String, test: FieldTest)]) {
        self.types = types
        self.tests = tests.sorted { $0.field < $1.field }
    }

    /// Whether all parts are equal.
    public static func == (left: Selector, right: Selector) -> Bool {
        left.types == right.types && left.tests.elementsEqual(right.tests, by: ==)
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(types)
        for (field, test) in tests {
            hasher.combine(field)
            hasher.combine(test)
        }
    }
}

/// Where in its case a binding looks, in the order of its events: see `Schemas/EVENTS.md`.
public struct Window: Hashable, Sendable {
    /// Strictly after this binding's event (or at it, when `includesStart`); nil: from the start.
    public var after: String?
    /// Whether the event at the start itself may be found.
    public var includesStart: Bool
    /// Strictly before this binding's event (or at it, when `includesEnd`); nil: to the end.
    public var before: String?
    /// Whether the event at the end itself may be found.
    public var includesEnd: Bool
    /// At most this many milliseconds after `after` (or before `before`, where only that is given).
    public var withinMilliseconds: Int64?

    /// A window from its parts.
    public init(
        after: String? = nil, includesStart: Bool = false, before: String? = nil,
        includesEnd: Bool = false, withinMilliseconds: Int64? = nil
    ) {
        self.after = after
        self.includesStart = includesStart
        self.before = before
        self.includesEnd = includesEnd
        self.withinMilliseconds = withinMilliseconds
    }
}

/// A named event, or a named number of events, of a case.
///
/// `next: X` is written as `first` after the fact, `previous: X` as `last` before it. A window whose
/// `after` or `before` names a binding without an event is empty: nothing is found, the count is 0.
/// With `optional after`, a missing `after` opens the window instead (`since the last reopening`).
public struct Binding: Hashable, Sendable {
    /// What it finds.
    public enum Kind: Hashable, Sendable {
        /// The first or the last matching event of the window.
        case first(Selector)
        case last(Selector)
        /// The number of matching events in the window.
        case count(Selector)
        /// The event of the first of these bindings (none of them counting) that has one; its
        /// window is not looked at.
        case either([String])
    }

    /// Its name in the definition.
    public var name: String
    /// What it finds.
    public var kind: Kind
    /// Where it looks.
    public var window: Window
    /// Whether a missing `after` event opens the window instead of emptying it (`since:`).
    public var isStartOptional: Bool

    /// A binding from its parts.
    public init(name: String, kind: Kind, window: Window, isStartOptional: Bool = false) {
        self.name = name
        self.kind = kind
        self.window = window
        self.isStartOptional = isStartOptional
    }
}

/// A condition on the bindings of a fact.
public enum Condition: Hashable, Sendable {
    /// The binding has an event, or (negated) has none.
    case exists(String, negated: Bool)
    /// A field of a binding's event passes a test; false where the binding has no event.
    case field(FieldReference, FieldTest)
    /// The value in force at the fact passes a test (`latest status: [open]`).
    case latest(String, FieldTest)
    /// A counting binding lies within these bounds.
    case count(String, minimum: Int64?, maximum: Int64?)
    /// A duration lies within these bounds, in milliseconds.
    case duration(Duration, minimum: Int64?, maximum: Int64?)
    /// A duration is at most an integer field × so many milliseconds (a target in milliseconds,
    /// 1; an acceptance window in days, 86,400,000); false where either has no value. A product
    /// past 64 bits is longer than any duration.
    case within(Duration, FieldReference, millisecondsPerUnit: Int64)
    /// A duration is longer than an integer field × so many milliseconds; false where either has
    /// no value.
    case beyond(Duration, FieldReference, millisecondsPerUnit: Int64)
    /// At least one of several lists holds; a list holds when all its conditions do.
    case any([[Condition]])
}

/// Whose business time a duration counts.
public enum CalendarChoice: Hashable, Sendable {
    /// The calendar of this name.
    case named(String)
    /// The calendar that a field of a binding's event names (or calls by an alias). Where there is no
    /// value the wall clock counts; where no calendar has that name, the store's does.
    case field(FieldReference)
}

/// Elapsed time between two bindings' events, in milliseconds.
public struct Duration: Hashable, Sendable {
    /// Which time counts.
    public enum Clock: String, Hashable, Sendable {
        case wall
        case business
    }

    /// The binding where it starts; no value where either has no event, or where the end's time
    /// lies before the start's.
    public var from: String
    /// The binding where it ends.
    public var to: String
    /// Wall clock or business time.
    public var clock: Clock
    /// Whose business time; nil: the store's calendar.
    public var calendar: CalendarChoice?
    /// States whose time does not count: while the latest `field` is one of `values`.
    public var except: (field: String, values: [Scalar])?
    /// States whose time alone counts; never beside `except`.
    public var only: (field: String, values: [Scalar])?

    /// A duration from its parts.
    public init(
        from: String, to: String, clock: Clock, calendar: CalendarChoice? = nil,
        except: (field: String, values: [Scalar])? = nil,
        only: (field: String, values: [Scalar])? = nil
    ) {
        precondition(except == nil || only == nil, "some states are left out, or some are kept")
        self.from = from
        self.to = to
        self.clock = clock
        self.calendar = calendar
        self.except = except
        self.only = only
    }

    /// Whether all parts are equal.
    public static func == (left: Duration, right: Duration) -> Bool {
        left.from == right.from && left.to == right.to && left.clock == right.clock
            && left.calendar == right.calendar && left.except?.field == right.except?.field
            && left.except?.values == right.except?.values && left.only?.field == right.only?.field
            && left.only?.values == right.only?.values
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(from)
        hasher.combine(to)
        hasher.combine(clock)
        hasher.combine(calendar)
        hasher.combine(except?.field)
        hasher.combine(except?.values)
        hasher.combine(only?.field)
        hasher.combine(only?.values)
    }
}

/// Where a dimension's value comes from. An absent value is shown as "–" and kept as 0.
public indirect enum DimensionSource: Hashable, Sendable {
    /// A field of a binding's event.
    case field(FieldReference)
    /// The field's value in force at the fact (`latest team`), or at another binding's event
    /// (`latest team at escalation`): that of the last event of the case, at or before it, which
    /// has the field.
    case latest(String, at: String)
    /// The first of these that has a value (`answer.team or latest team`).
    case firstOf([DimensionSource])
    /// Always this text.
    case constant(String)
    /// Local hour of the fact, 0–23; weekday of the fact, 1 Monday to 7 Sunday.
    case hour
    case weekday
    /// The fact's case itself: the subject's text after its kind (`ticket/T-1` → `T-1`).
    case subject
}

/// A measured value of a fact.
public enum MeasureSource: Hashable, Sendable {
    /// Elapsed milliseconds.
    case duration(Duration)
    /// An integer column of a binding's event.
    case number(FieldReference)
    /// What a counting binding counted.
    case count(String)
    /// 1 when all conditions hold, else no value, so that `count(p.flag)` counts them.
    case flag([Condition])
    /// A name, for `distinct`; no value where the conditions do not hold.
    case name(DimensionSource, when: [Condition])
    /// An integer column that is an amount of money in minor units; its currency is the value of
    /// the dimension of this name, so that amounts of different currencies are never added.
    case money(FieldReference, currency: String)
}

/// What makes a fact.
public enum FactRule: Hashable, Sendable {
    /// At most one fact a case: when this binding has an event. It is then called `fact` too.
    case one(String)
    /// One fact for each matching event; the event is called `fact`.
    case each(Selector)
    /// A stock, kept as flows: from `opened` (a binding) on, the case is in stock while `condition`
    /// holds for the values in force; each time that, or a dimension, changes, the case leaves its
    /// old cell (−1) and enters its new one (+1) on that event's day. Dimensions may only be
    /// `latest`, `constant`, or fields of bindings that do not depend on the fact.
    case stock(from: String, while: [Condition])
    /// A stock, kept as flows likewise: in stock from an event that `enter` selects until one that
    /// `leave` selects, as often as that happens. An event that both select enters.
    case stay(enter: Selector, leave: Selector)

    /// Whether the facts are flows of a stock.
    public var isStock: Bool {
        switch self {
        case .stock, .stay: true
        case .one, .each: false
        }
    }
}

/// Which facts of `FactRule.each` belong to one asking and are one fact.
///
/// The facts that the projection's conditions accept are taken in order. One belongs to the round of
/// the one before it with the same value of `field` while it has the same invitation and the round
/// lasts; else it begins another. The round's first event is `fact`, on whose day it lies, its last
/// one so far is `last`.
public struct Rounds: Hashable, Sendable {
    /// The name of a round's last event.
    public static let last = "last"

    /// Only events with one value of this field of theirs belong together; nil: all of a case.
    public var field: String?
    /// The binding of the invitation: with another one, another round begins; nil: there are none.
    public var invitation: String?
    /// A whole number of the invitation: for so many days after it answers are taken, later ones
    /// make no fact.
    public var days: FieldReference?
    /// How long a round lasts from its first event on where no invitation says its days, in
    /// milliseconds.
    public var withinMilliseconds: Int64

    /// Rounds from their parts.
    public init(
        field: String?, invitation: String?, days: FieldReference?, withinMilliseconds: Int64
    ) {
        self.field = field
        self.invitation = invitation
        self.days = days
        self.withinMilliseconds = withinMilliseconds
    }
}

/// How a fact that lasts is cut into parts, each of which lies on its own day.
///
/// A part has its share of every length of time and of every number, so that all parts together
/// have the whole; flags and names hold in each. A fact without a beginning or an end, or whose end
/// comes first, stays whole, on the day of its event.
public enum Split: Hashable, Sendable {
    /// Time from one binding's event to another's, cut at local midnights, or at full hours of the
    /// local clock. Numbers are shared in proportion to time.
    case time(from: String, to: String, byHour: Bool)
    /// Days from one field's to another's, both included; numbers are shared evenly. A fact whose
    /// first day lies more than so many days before its event's stays whole; nil: none does.
    case days(from: FieldReference, to: FieldReference, withinDays: Int?)
}

/// A projection: facts of cases, with dimensions and measures. What a definition file says, checked
/// against the event schemas, with every name resolved and every default written out.
public struct ProjectionDefinition: Hashable, Sendable {
    /// Unique name, `first_response`.
    public var name: String
    /// From 1; a changed body is a new version.
    public var version: Int
    /// Title for people.
    public var title: LocalizedText
    /// What its facts are, in a sentence.
    public var description: LocalizedText
    /// Kinds of case it reads (`ticket`), as in a subject before its `/`.
    public var subjectKinds: [String]
    /// How long before its case opens an event still counts as at the opening, in milliseconds.
    public var toleranceMilliseconds: Int64
    /// In an order in which each uses only earlier ones and `fact`.
    public var bindings: [Binding]
    /// What makes a fact.
    public var fact: FactRule
    /// Which facts are one, where they are answers to one asking; nil: each is one by itself.
    public var rounds: Rounds?
    /// How its facts are cut into parts; nil: each lies on its event's day.
    public var split: Split?
    /// What must hold for a fact to count (`when:`).
    public var conditions: [Condition]
    /// Which event types set the value in force of each field that a `latest` (or a duration's
    /// `except`, or a stock's `while`) reads; sorted by field, types in the order of `EventTypes`.
    /// Written `latest: {team: [ticket.assigned]}`; by default the types of the case's own kind
    /// (`ticket.…` for `of: ticket`) that have the field, else all types that have it. So neither
    /// a survey's nor a cost's `agent` changes who a ticket is assigned to.
    public var latestTypes: [(field: String, types: [String])]
    /// What facts can be asked by, in the definition's order.
    public var dimensions: [(name: String, source: DimensionSource)]
    /// What is measured, in the definition's order.
    public var measures: [(name: String, source: MeasureSource)]
    /// Event types that take a whole case out of what it counted in (`x-undoes`): what they alone
    /// may change is settled, for a merge or a removal is named where it moves a figure.
    public var undoingTypes: Set<String> = []
    /// Cases with the facts that must come out: run by `projection check` and `add`.
    public var examples: [ProjectionExample]

    /// Two minutes: clocks of two systems differ by less.
    public static let usualToleranceMilliseconds = DoubtKind.clockTolerance

    /// A projection from its parts.
    public init(
        name: String, version: Int, title: LocalizedText,
        description: LocalizedText = LocalizedText(english: ""), subjectKinds: [String],
        toleranceMilliseconds: Int64 = ProjectionDefinition.usualToleranceMilliseconds,
        bindings: [Binding], fact: FactRule, rounds: Rounds? = nil, split: Split? = nil,
        conditions: [Condition] = [],
        latestTypes: [(field: String, types: [String])] = [],
        dimensions: [(name: String, source: DimensionSource)],
        measures: [(name: String, source: MeasureSource)], examples: [ProjectionExample] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.subjectKinds = subjectKinds
        self.toleranceMilliseconds = toleranceMilliseconds
        self.bindings = bindings
        self.fact = fact
        self.rounds = rounds
        self.split = split
        self.conditions = conditions
        self.latestTypes = latestTypes.sorted { $0.field < $1.field }
        self.dimensions = dimensions
        self.measures = measures
        self.examples = examples
    }

    /// Whether all parts are equal.
    public static func == (left: ProjectionDefinition, right: ProjectionDefinition) -> Bool {
        left.name == right.name && left.version == right.version && left.title == right.title
            && left.description == right.description && left.subjectKinds == right.subjectKinds
            && left.toleranceMilliseconds == right.toleranceMilliseconds
            && left.bindings == right.bindings && left.fact == right.fact
            && left.rounds == right.rounds && left.split == right.split
            && left.conditions == right.conditions
            && left.latestTypes.elementsEqual(right.latestTypes, by: ==)
            && left.dimensions.elementsEqual(right.dimensions, by: ==)
            && left.measures.elementsEqual(right.measures, by: ==)
            && left.examples == right.examples
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
    }
}
