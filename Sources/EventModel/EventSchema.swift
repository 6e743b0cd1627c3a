/// How a field of `data` is kept in the columns.
public enum ColumnKind: UInt8, Sendable, CaseIterable {
    /// A string, as a dense id of the log's name table (UInt32; 0 absent, 1 the empty string).
    case name = 0
    /// One of a schema's `enum`, as its 1-based place there (UInt8; 0 absent).
    case enumeration = 1
    /// UInt8: 0 absent, 1 false, 2 true.
    case boolean = 2
    /// Int64; `Int64.min` absent.
    case integer = 3
    /// A date, as Int64 days since 1970-01-01; `Int64.min` absent.
    case day = 4
}

/// What a field of `data` may hold.
public enum FieldKind: Sendable, Hashable {
    /// Any string; lengths are in Unicode scalars, as JSON Schema counts them.
    case text(minimumLength: Int, maximumLength: Int)
    /// One of these strings, in the schema's order.
    case enumeration([String])
    /// true or false.
    case boolean
    /// A whole number within these bounds, themselves within ±(2^53−1).
    case integer(minimum: Int64, maximum: Int64)
    /// A date of the form `2025-07-14`.
    case day
}

/// How a field that tells of persons is kept: as a commitment in the entry, its text in the vault.
/// See `Schemas/STORE.md`, *Persons*.
public enum PersonalKind: String, Sendable, Hashable {
    /// What people and systems are called: one token for each text, the same in every event.
    case name
    /// What is said about somebody: a token of its own for every value.
    case text
}

/// What a field says of a survey's round (`x-round`). Answers of anonymous cases are kept apart and
/// put together by these fields alone: see `Schemas/LANGUAGE.md`, *A projection of respondents*.
public enum RoundRole: String, Sendable, Hashable {
    /// Which survey was sent or answered: rounds are those of one survey.
    case survey
    /// Which of its questions was answered.
    case question
    /// The scale's least and greatest answer; what lies off it is no answer.
    case least
    case greatest
    /// By what a round's figures may be asked, such as a team.
    case group
    /// For how many days after the invitation answers are taken.
    case days
    /// What was answered.
    case answer
}

/// One field of an event type's `data`.
public struct FieldSchema: Sendable, Hashable {
    /// The field's name in `data`.
    public var name: String
    /// What it may hold.
    public var kind: FieldKind
    /// Whether an event without it is refused.
    public var isRequired: Bool
    /// How it is kept in the columns; nil when it is only in the entry.
    public var column: ColumnKind?
    /// Fields that must stand beside it (JSON Schema `dependentRequired`).
    public var requires: [String]
    /// What people call it: the schema's `title`.
    public var title: String
    /// What it means, in a sentence: the schema's `description`.
    public var summary: String
    /// How it is kept where it tells of persons (`x-personal`); nil for one that stands in clear.
    public var personal: PersonalKind?
    /// Whether it says what is so from now on (`x-state`): saying it again changes nothing.
    public var isState = false
    /// Whether it holds the subject of another case (`x-subject`), which must not be a person's: it
    /// would stand in clear.
    public var isSubject = false
    /// For an enumeration the rank of an event with each word (`x-ranks`), in the order of the words;
    /// empty where the type's own rank counts.
    public var ranks: [Int] = []
    /// What it says of a survey's round (`x-round`); nil for all other fields.
    public var round: RoundRole?
    /// The field that says how much it may be at most (`x-scale`); nil for a field without one.
    public var scale: String?

    /// A field from its parts.
    public init(
        name: String, kind: FieldKind, isRequired: Bool, column: ColumnKind?,
        requires: [String] = [], title: String = "", summary: String = "",
        personal: PersonalKind? = nil
    ) {
        self.personal = personal
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.column = column
        self.requires = requires
        self.title = title
        self.summary = summary
    }
}

/// One event type: what `Schemas/events/<type>.json` says, compiled.
public struct EventSchema: Sendable, Hashable {
    /// For example `ticket.opened`.
    public var type: String
    /// The schema's version, from 1.
    public var version: Int
    /// The kinds of subject it may have: the part before `/` (`ticket`), or all of it (`company`).
    /// Empty: any kind but `log`.
    public var subjectKinds: [String]
    /// Those of `subjectKinds` that are a whole subject (`company`), without a name after a `/`.
    public var wholeSubjects: [String]
    /// Whether only the log itself may record it (`definition.registered` …).
    public var isLogsOwn: Bool
    /// The field by which people know the case, where events of this type describe the case itself
    /// (an agent's profile); nil for all others. What such a type sets can be asked through a
    /// dimension named like the kind of case: `agent.department`.
    public var profileName: String?
    /// Where its events stand among those of one instant in a case (`x-rank`), from 0 first to 99
    /// last; a field with `ranks` says it more exactly.
    public var rank = EventSchema.middleRank
    /// Whether its first event opens a case (`x-opens`): a later one says nothing, and what other
    /// events say right before the first counts as said with it.
    public var opensCase = false
    /// Whether its events take a whole case out of what it counted in (`x-undoes`), as a merge or a
    /// removal does: figures that were settled may move by them, and it is told that they did.
    public var undoesCase = false
    /// Whether its events tell what is to come (`x-plan`): they may lie after their recording.
    public var isPlan = false
    /// Whether the subjects of its kinds are persons by a mark of the schema (`x-personal` of
    /// `properties.subject`); `agent`, `customer` and `respondent` always are.
    public var hasPersonalSubjects = false
    /// The fields of `data`, sorted by name.
    public internal(set) var fields: [FieldSchema]
    /// What people call it: the schema's `title`.
    public var title: String
    /// What it says, in a sentence: the schema's `description`.
    public var summary: String

    /// The fields that are columns, in the order of their slots: those of the first version sorted
    /// by name, then those that each later version added; fields that a version gave up stay.
    public internal(set) var columns: [FieldSchema]
    /// How events of this version and all before it are read.
    public internal(set) var upcasting: Upcasting
    /// The versions before, oldest first.
    public internal(set) var earlier: [EventSchema] = []

    /// A schema from its parts; fields are sorted by name.
    public init(
        type: String, version: Int, subjectKinds: [String], wholeSubjects: [String] = [],
        isLogsOwn: Bool, profileName: String? = nil, fields: [FieldSchema], title: String = "",
        summary: String = "", upcasting: Upcasting = Upcasting()
    ) {
        self.type = type
        self.profileName = profileName
        self.upcasting = upcasting
        self.version = version
        self.subjectKinds = subjectKinds
        self.wholeSubjects = wholeSubjects
        self.isLogsOwn = isLogsOwn
        self.title = title
        self.summary = summary
        self.fields = fields.sorted { $0.name < $1.name }
        columns = self.fields.filter { $0.column != nil }
    }

    /// Whether its events can belong to a case of one of some kinds.
    public func occurs(in kinds: [String]) -> Bool {
        subjectKinds.isEmpty || subjectKinds.contains { kinds.contains($0) }
    }

    /// Whether its events ask for an answer, and give none.
    public var isInvitation: Bool {
        fields.contains { $0.round == .survey } && !fields.contains { $0.round == .answer }
    }

    /// Whether its events may tell what somebody answered who is not to be known.
    package var mayAnswer: Bool { !isInvitation && takesAnonymous }

    /// Whether its cases may be people who are not to be known.
    package var takesAnonymous: Bool {
        subjectKinds.isEmpty || !EventTypes.anonymousKinds.isDisjoint(with: subjectKinds)
    }

    /// The rank of a type that says none.
    public static let middleRank = 50

    /// The place of a field among `columns`, by its name or an earlier one; nil where it is none.
    ///
    /// - Complexity: O(fields).
    public func columnIndex(of field: String) -> Int? {
        let present = presentName(of: field)
        return columns.firstIndex { $0.name == present }
    }
}

/// The event types of a store: the shipped ones, then what it registered, each with a dense id.
///
/// A type's id is its place in `schemas` and never changes within a store.
public struct EventTypes: Sendable, Hashable {
    /// By type id.
    public private(set) var schemas: [EventSchema]
    private var idByType: [String: UInt16]
    /// Kinds of case that are persons: their names stand in entries as tokens.
    public let personalKinds: Set<String>

    /// Types in the order of their ids; traps on two schemas of one type.
    public init(_ schemas: [EventSchema]) {
        self.schemas = schemas
        idByType = Dictionary(
            uniqueKeysWithValues: schemas.enumerated().map { ($1.type, UInt16($0)) })
        personalKinds = schemas.reduce(into: EventTypes.persons) {
            if $1.hasPersonalSubjects { $0.formUnion($1.subjectKinds) }
        }
    }

    /// Kinds of case that are persons in every store.
    public static let persons: Set<String> = ["agent", "customer", "respondent"]

    /// Kinds of case whose answers are never shown one by one, in every store.
    public static let anonymousKinds: Set<String> = ["respondent"]

    /// Whether an event of this type tells what somebody answered who is not to be known: any event
    /// of an anonymous case, but for invitations.
    ///
    /// - Parameter subject: the event's.
    public func isAnswer(_ type: UInt16, ofCase subject: String) -> Bool {
        EventTypes.isAnonymous(subject)
            && (Int(type) >= schemas.count || !schemas[Int(type)].isInvitation)
    }

    /// Whether a case is somebody who is not to be known.
    public static func isAnonymous(_ subject: String) -> Bool {
        anonymousKinds.contains(String(subject.prefix { $0 != "/" }))
    }

    /// The types that say what a field is in cases of some kinds: those named after such a kind
    /// (`ticket.opened`), or where none has the field, all whose events such a case may have.
    ///
    /// - Complexity: O(types × fields).
    public func types(setting field: String, ofKinds kinds: [String]) -> [EventSchema] {
        let having = schemas.filter { schema in
            !schema.isLogsOwn && schema.columnIndex(of: field) != nil && schema.occurs(in: kinds)
        }
        let own = having.filter { schema in kinds.contains { schema.type.hasPrefix($0 + ".") } }
        return own.isEmpty ? having : own
    }

    /// A type's id; nil when there is no such type.
    public func id(of type: String) -> UInt16? { idByType[type] }

    /// A type's schema; nil when there is no such type.
    public subscript(type: String) -> EventSchema? { idByType[type].map { schemas[Int($0)] } }

    /// The types that describe cases of a kind (profiles), in the order of their ids.
    public func profileTypes(of kind: String) -> [EventSchema] {
        schemas.filter { $0.profileName != nil && $0.subjectKinds.contains(kind) }
    }

    /// The fields of a kind of case that its profiles set, in the order of the types, each once.
    public func profileFields(of kind: String) -> [FieldSchema] {
        var fields: [FieldSchema] = []
        for field in profileTypes(of: kind).flatMap(\.columns)
        where !fields.contains(where: { $0.name == field.name }) {
            fields.append(field)
        }
        return fields
    }
}
