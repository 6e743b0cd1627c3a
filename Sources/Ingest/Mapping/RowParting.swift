internal import EventModel

/// What one row of an update says by itself.
enum RowSaying {
    /// Events, and which of the mapping's each is.
    case events([EventDraft], [Int])
    /// Nothing, since it is refused; what it might have said.
    case refused([PossibleEvent])

    /// Whether it says the same as another row: something, and nothing else.
    fileprivate func isSame(as other: RowSaying) -> Bool {
        guard case .events(let drafts, _) = self, case .events(let others, _) = other else {
            return false
        }
        return !drafts.isEmpty && drafts.count == others.count
            && zip(drafts, others).allSatisfy { $0.isSame(as: $1) }
    }
}

/// An event that a refused row might have given.
struct PossibleEvent {
    var type: String
    /// When; nil where that can't be read.
    var time: SentTime?
    /// Its own fields that the row has something for.
    var fields: Set<String>
}

/// Parts rows that have an update's key into those that are one: whose events are merged, or could be
/// were it not for what is wrong with one of them.
struct RowParting {
    /// The rows' places, those together that stand and fall together; by the first of each.
    private(set) var parts: [[Int]] = []

    private var leaders: [Int]
    private let events: [EventSpec]

    init(_ rows: [RowSaying], _ events: [EventSpec]) {
        self.events = events
        leaders = Array(rows.indices)
        let groups = Self.groups(of: rows)
        // The same row twice, as where exports that overlap were joined.
        for row in rows.indices {
            if let twin = rows[..<row].firstIndex(where: { $0.isSame(as: rows[row]) }) {
                join(twin, row)
            }
        }
        // What several rows give alike, such as their case's opening, makes them no update.
        for group in groups where distinct(group).count > 1 && isOneUpdate(group) {
            for said in group.dropFirst() { join(group[0].row, said.row) }
        }
        for (row, saying) in rows.enumerated() {
            guard case .refused(let possible) = saying else { continue }
            for group in groups where couldMerge(possible, with: group) {
                for said in group { join(row, said.row) }
            }
        }
        for row in rows.indices {
            let leader = leader(of: row)
            if leader == row {
                parts.append([row])
            } else if let part = parts.firstIndex(where: { $0[0] == leader }) {
                parts[part].append(row)
            }
        }
    }

    private typealias Said = (draft: EventDraft, event: Int, row: Int)

    /// Events of one type and time, those of all rows together.
    private static func groups(of rows: [RowSaying]) -> [[Said]] {
        var groups: [[Said]] = []
        for (row, saying) in rows.enumerated() {
            guard case .events(let drafts, let events) = saying else { continue }
            for (draft, event) in zip(drafts, events) {
                let said = (draft, event, row)
                if let group = groups.firstIndex(where: { $0[0].draft.isOfOneKind(with: draft) }) {
                    groups[group].append(said)
                } else {
                    groups.append([said])
                }
            }
        }
        return groups
    }

    /// The events of a group, each once.
    private func distinct(_ group: [Said]) -> [Said] {
        group.indices.filter { place in
            !group[..<place].contains { $0.draft.isSame(as: group[place].draft) }
        }.map { group[$0] }
    }

    private func isOneUpdate(_ group: [Said]) -> Bool {
        let distinct = distinct(group)
        return distinct.count == 1
            || RowEvents.isOneUpdate(
                distinct.map(\.draft), distinct.map { ($0.event, $0.row) }, events)
    }

    private func couldMerge(_ possible: [PossibleEvent], with group: [Said]) -> Bool {
        guard isOneUpdate(group) else { return false }
        let draft = group[0].draft
        let time = SentTime(draft.time, nanoseconds: draft.nanoseconds)
        let own = group.reduce(into: Set<String>()) { names, said in
            let ownNames = events[said.event].fields.filter(\.isOwn).map(\.name)
            names.formUnion(Set(ownNames).intersection(said.draft.fields.map(\.name)))
        }
        return possible.contains { event in
            event.type == draft.type && event.time.map { $0 == time } ?? true
                && !event.fields.isEmpty && event.fields.isDisjoint(with: own)
        }
    }

    private func leader(of row: Int) -> Int {
        var row = row
        while leaders[row] != row { row = leaders[row] }
        return row
    }

    private mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (leader(of: left), leader(of: right))
        leaders[max(left, right)] = min(left, right)
    }
}

extension RowEvents {
    /// What the row at hand might have given, were it not refused.
    mutating func possible(of events: [EventSpec]) -> [PossibleEvent] {
        var found: [PossibleEvent] = []
        for event in events {
            // A condition that can't be read might hold.
            guard (try? holds(event)) ?? true else { continue }
            var fields: Set<String> = []
            for field in event.fields where field.isOwn {
                do throws(Rejection) {
                    if try evaluator.value(of: field) != nil { fields.insert(field.name) }
                } catch {
                    fields.insert(field.name)
                }
            }
            found.append(
                PossibleEvent(
                    type: event.type, time: evaluator.peek(event.time), fields: fields))
        }
        return found
    }
}
