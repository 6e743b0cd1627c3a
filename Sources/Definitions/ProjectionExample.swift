/// An example in a definition: a case's events, and the facts that must come out.
public struct ProjectionExample: Hashable, Sendable {
    /// When an event of an example happens.
    public enum Moment: Hashable, Sendable {
        /// So long after the event before it (the first: after Monday 6 January 2025, 09:00).
        case after(milliseconds: Int64)
        /// A local time of the store's zone, as milliseconds since 1970-01-01T00:00.
        case local(milliseconds: Int64)
    }

    /// One event.
    public struct Event: Hashable, Sendable {
        /// Its type; `event.voided` takes an earlier event of the example back.
        public var type: String
        /// Its fields.
        public var fields: [(name: String, value: Scalar)]
        /// When it happens.
        public var moment: Moment
        /// For a void: the place of the event it takes back, from 1.
        public var voids: Int?
        /// Where it stands in the file.
        public var line: Int

        /// Whether all parts but the place in the file are equal.
        public static func == (left: Event, right: Event) -> Bool {
            left.type == right.type && left.moment == right.moment && left.voids == right.voids
                && left.fields.elementsEqual(right.fields, by: ==)
        }

        /// Hashes what tells most values apart.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            hasher.combine(moment)
        }
    }

    /// What a fact must hold; what is not named may be anything.
    public struct ExpectedFact: Hashable, Sendable {
        /// A value that is expected.
        public enum Value: Hashable, Sendable {
            case absent
            /// A dimension's text, or a name.
            case text(String)
            /// A number, or a length of time in milliseconds; 1 for a flag that holds.
            case number(Int64)
        }
        /// By dimension, measure, `day` or `count`.
        public var values: [String: Value]
        /// Where it stands in the file.
        public var line: Int

        /// Whether the values are equal.
        public static func == (left: ExpectedFact, right: ExpectedFact) -> Bool {
            left.values == right.values
        }

        /// Hashes the values.
        public func hash(into hasher: inout Hasher) { hasher.combine(values) }
    }

    /// What it shows, in a few words.
    public var title: String
    /// In the order they are recorded.
    public var events: [Event]
    /// All facts of the case, in any order.
    public var facts: [ExpectedFact]
    /// Where it stands: the file as the user named it, and the line.
    public var file: String
    /// 1-based.
    public var line: Int

    /// Whether it says the same, wherever it stands.
    public static func == (left: ProjectionExample, right: ProjectionExample) -> Bool {
        left.title == right.title && left.events == right.events && left.facts == right.facts
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(title)
        hasher.combine(events)
    }
}
