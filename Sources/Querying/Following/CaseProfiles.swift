package import EventModel

/// From a day on, a field of a case has a value.
package struct ProfileChange: Hashable, Sendable {
    /// The local day of the event that says so; it holds for that whole day.
    package var day: Day
    /// The value as text; "" is nobody, or none.
    package var value: String

    package init(day: Day, value: String) {
        self.day = day
        self.value = value
    }
}

/// What is known, day by day, of the cases that a dimension names: an agent's department and level.
///
/// Which fields there are follows from the event types that describe such cases (`x-profile`). What
/// is in force on a day is the last value set by the end of that day; before the first there is none.
package protocol CaseProfiles {
    /// The fields that can be followed.
    var fields: [String] { get }
    /// The field by which people know a case; nil where there is none.
    var nameField: String? { get }

    /// Every change of a field, by the case's name (its subject after the `/`): ascending by day, at
    /// most one a day.
    ///
    /// - Parameter count: as the log's first so many entries say it.
    func history(
        of field: String, upTo count: UInt32
    ) throws -> [String: [ProfileChange]]

    /// The name of the case that a text names exactly; nil where there is none.
    ///
    /// - Parameter count: among the log's first so many entries.
    func name(of text: String, upTo count: UInt32) throws -> String?
}

extension [ProfileChange] {
    /// The value in force at a day's end; nil before the first.
    package func value(on day: Day) -> String? { last { $0.day <= day }?.value }

    /// Changes in order of their events, of several on a day the last one kept.
    package init(inOrder changes: some Sequence<ProfileChange>) {
        self.init()
        for change in changes {
            if last?.day == change.day { removeLast() }
            append(change)
        }
    }
}
