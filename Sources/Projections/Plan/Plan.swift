package import Definitions
public import EventModel

/// What a build needs to know besides the definitions.
public struct BuildContext: Sendable {
    /// The store's event types.
    public var types: EventTypes
    /// The store's time zone: which day an instant belongs to.
    public var zone: TimeZoneRules
    /// The calendars of business time.
    public var calendars: CalendarSet

    /// A context from its parts.
    public init(types: EventTypes, zone: TimeZoneRules, calendars: CalendarSet = CalendarSet()) {
        self.types = types
        self.zone = zone
        self.calendars = calendars
    }
}

/// Some projections compiled together, to be computed in one pass over the log.
package struct Plan: Sendable {
    package var definitions: [ProjectionDefinition]
    package var layouts: [CellLayout]
    package var context: BuildContext
    private let names: [String: UInt32]
    /// What is done with a row of each type.
    package var rows: RowTables
    var codes: CodeTables
    /// Per projection: where each binding's event, or number, is kept.
    var slots: [[String: Int32]]
    /// Kinds of case that some projection reads; a case's kind is its place here.
    package var kinds: [String]

    /// Compiles projections into as few passes as their selectors allow, in their order. What one
    /// pass makes of a case's events is the same for all in it, so they have one tolerance.
    ///
    /// - Parameter names: ids of `texts(in: definitions)` that the log has.
    /// - Throws: `ProjectionFault.definition`.
    package static func passes(
        _ definitions: [ProjectionDefinition], context: BuildContext, names: [String: UInt32]
    ) throws -> [Plan] {
        guard let tolerance = definitions.first?.toleranceMilliseconds else { return [] }
        let other = definitions.firstIndex { $0.toleranceMilliseconds != tolerance }
        if let other {
            return try passes(Array(definitions[..<other]), context: context, names: names)
                + passes(Array(definitions[other...]), context: context, names: names)
        }
        do {
            var builder = PlanBuilder(context: context, names: names, tolerance: tolerance)
            for definition in definitions { try builder.add(definition) }
            return [try builder.finish()]
        } catch is PassIsFull {
            guard definitions.count > 1 else {
                throw ProjectionFault.definition(
                    projection: definitions[0].name,
                    reason: "looks for more than 64 different things in events of one type")
            }
            let middle = definitions.count / 2
            return try passes(Array(definitions[..<middle]), context: context, names: names)
                + passes(Array(definitions[middle...]), context: context, names: names)
        }
    }

    init(
        definitions: [ProjectionDefinition], layouts: [CellLayout], context: BuildContext,
        names: [String: UInt32], rows: RowTables, codes: CodeTables, slots: [[String: Int32]],
        kinds: [String]
    ) {
        self.definitions = definitions
        self.layouts = layouts
        self.context = context
        self.names = names
        self.rows = rows
        self.codes = codes
        self.slots = slots
        self.kinds = kinds
    }

    /// The plan as a pass over the whole log follows it: where rows of a type only say what is so, it
    /// does not join those of one update, which would take all that they say along with every row.
    /// That can't be told from joining them, unless something else stands between two of them; such
    /// cases are given back (`CaseRows.lacksRows`), to be evaluated by the plan itself.
    func scanning() -> Plan {
        var builder = PlanBuilder(
            context: context, names: names, tolerance: codes.rules.tolerance, isScanning: true)
        do {
            for definition in definitions { try builder.add(definition) }
            return try builder.finish()
        } catch {
            preconditionFailure("it looks for no more than the plan does")
        }
    }

    /// The bits of rows that a projection looks at, by the plan's number of their type.
    func lookedBits(of projection: Int) -> [UInt64] {
        let start = Int(codes.projections[projection].lookedBits)
        return Array(codes.bits[start..<start + 64])
    }

    /// The number of a kind of case; nil where no projection reads it.
    package func kindNumber(ofSubject subject: String) -> UInt8? {
        let kind = subject.prefix { $0 != "/" }
        return kinds.firstIndex { $0 == kind }.map { UInt8($0) }
    }
}

extension Plan {
    /// The texts that definitions compare recorded names with, those of calendars included.
    package static func texts(
        in definitions: [ProjectionDefinition], context: BuildContext
    ) -> Set<String> {
        var texts: Set<String> = []
        if definitions.contains(where: \.isCalendarNamedByEvents) {
            for member in context.calendars.members { texts.formUnion(member.names) }
        }
        func add(_ scalars: [Scalar]) {
            for case .text(let text) in scalars { texts.insert(text) }
        }
        func add(_ test: FieldTest) {
            if case .among(let scalars, _) = test { add(scalars) }
        }
        func add(_ selector: Selector) {
            for (_, test) in selector.tests { add(test) }
        }
        func add(_ duration: Definitions.Duration) {
            if let except = duration.except { add(except.values) }
            if let only = duration.only { add(only.values) }
        }
        func add(_ conditions: [Condition]) {
            for condition in conditions {
                switch condition {
                case .field(_, let test), .latest(_, let test): add(test)
                case .duration(let duration, _, _), .within(let duration, _, _),
                    .beyond(let duration, _, _):
                    add(duration)
                case .any(let lists): for list in lists { add(list) }
                case .exists, .count: break
                }
            }
        }
        for definition in definitions {
            for binding in definition.bindings {
                switch binding.kind {
                case .first(let selector), .last(let selector), .count(let selector): add(selector)
                case .either: break
                }
            }
            switch definition.fact {
            case .each(let selector): add(selector)
            case .stock(_, let conditions): add(conditions)
            case .stay(let enter, let leave):
                add(enter)
                add(leave)
            case .one: break
            }
            add(definition.conditions)
            for (_, source) in definition.measures {
                switch source {
                case .duration(let duration): add(duration)
                case .flag(let conditions), .name(_, let conditions): add(conditions)
                case .number, .count, .money: break
                }
            }
        }
        return texts
    }
}
