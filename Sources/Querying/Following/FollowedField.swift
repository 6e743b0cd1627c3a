import EventModel

/// A field of the cases that a dimension names, for one question: `agent.department`.
struct FollowedField {
    /// As it stands in answers: `agent.department`.
    let name: String
    /// The fact's own dimension that is followed.
    let dimension: String
    /// The field of the case.
    let field: String
    /// Every value it ever had; 0 is none.
    private(set) var texts = [""]
    /// Changes by the case's name, with places in `texts`, ascending by day.
    private(set) var changes: [String: [(day: Int32, value: UInt32)]] = [:]

    /// - Complexity: O(changes).
    init(dimension: String, field: String, history: [String: [ProfileChange]]) {
        name = dimension + "." + field
        self.dimension = dimension
        self.field = field
        var places = ["": UInt32(0)]
        for (name, list) in history {
            changes[name] = list.map { change in
                if let place = places[change.value] { return (change.day.number, place) }
                let place = UInt32(texts.count)
                places[change.value] = place
                texts.append(change.value)
                return (change.day.number, place)
            }
        }
    }

    /// The place of a value; nil where no case ever had it.
    func place(of text: String) -> UInt32? { texts.firstIndex(of: text).map { UInt32($0) } }
}

/// A followed field as one projection's rows ask for it: by the ids of its dimension.
struct FollowedColumn {
    /// The word of a row that names the case.
    let column: Int
    let field: FollowedField
    /// Where a case's changes begin and end in `days` and `values`, by id.
    private var direct: [Int32] = []
    private var sparse: [UInt32: Int32] = [:]
    private var starts: [Int32] = [0]
    private var days: [Int32] = []
    private var values: [UInt32] = []

    private static let directLimit: UInt32 = 1 << 20

    /// - Parameter ids: the words of the dimension that stand for a case's name.
    /// - Complexity: O(cases and their changes).
    init(
        _ field: FollowedField, column: Int, ids: (String) throws -> [UInt32]
    ) rethrows {
        self.field = field
        self.column = column
        for (name, changes) in field.changes {
            let ids = try ids(name)
            guard !ids.isEmpty else { continue }
            let place = Int32(starts.count - 1)
            for change in changes {
                days.append(change.day)
                values.append(change.value)
            }
            starts.append(Int32(days.count))
            for id in ids {
                guard id < FollowedColumn.directLimit else {
                    sparse[id] = place
                    continue
                }
                while direct.count <= Int(id) { direct.append(-1) }
                direct[Int(id)] = place
            }
        }
    }

    /// The value's place in force at the end of a day, for the case of an id; 0 where there is none.
    ///
    /// - Complexity: O(changes of the case), the latest first.
    func value(of id: UInt32, day: Int32) -> UInt32 {
        let place: Int32
        if id < FollowedColumn.directLimit {
            place = Int(id) < direct.count ? direct[Int(id)] : -1
        } else {
            place = sparse[id] ?? -1
        }
        guard place >= 0 else { return 0 }
        var at = starts[Int(place) + 1] - 1
        while at >= starts[Int(place)] {
            if days[Int(at)] <= day { return values[Int(at)] }
            at -= 1
        }
        return 0
    }
}

/// Rows pass whose followed value on their day is one of some.
struct FollowedFilter {
    var followed: FollowedColumn
    /// Places of values.
    var values: [UInt32]

    func passes(_ id: UInt32, day: Int32) -> Bool {
        values.contains(followed.value(of: id, day: day))
    }
}
