internal import EventModel

/// The names of a table's columns, and how its rows fit under them.
///
/// A name that stands twice is `name` and `name#2`, an empty one `#7`.
struct TableHeader {
    private(set) var names: [String] = []
    /// How many columns there are up to the last one that the file names.
    private var namedColumns = 0

    /// No columns: before the header was read.
    init() {}

    /// - Parameter texts: what stands in the header.
    init(_ texts: [String]) {
        var seen: [String: Int] = [:]
        names = texts.enumerated().map { index, text in
            let trimmed = text.trimmingBlanks
            guard !trimmed.isEmpty else { return "#\(index + 1)" }
            let count = seen[trimmed, default: 0] + 1
            seen[trimmed] = count
            return count == 1 ? trimmed : "\(trimmed)#\(count)"
        }
        namedColumns = (texts.lastIndex { !$0.trimmingBlanks.isEmpty } ?? -1) + 1
    }

    func place(of column: String) -> Int? { names.firstIndex(of: column) }

    /// Where the columns of one name stand.
    static func places(ofAll column: String, by place: (String) -> Int?) -> [Int] {
        var found: [Int] = []
        while let place = place(found.isEmpty ? column : "\(column)#\(found.count + 1)") {
            found.append(place)
        }
        return found
    }

    /// The name that a misspelt one was meant for, as a question; empty where none is near.
    func suggestion(for column: String) -> String {
        nearest(to: column, among: names).map { " Did you mean \($0)?" } ?? ""
    }

    /// Makes a row as long as the header: fields that were left out at its end are empty, and empty ones
    /// beyond the header's last are none.
    ///
    /// - Returns: the refusal of a row that has more fields.
    func fit(_ row: inout InputRow, hint: String = "") -> Rejection? {
        if row.count < names.count {
            if row.count < namedColumns { row.firstMissing = names[row.count] }
            row.ends += repeatElement(row.bytes.count, count: names.count - row.count)
        } else if row.count > names.count {
            guard row.isBlank(from: names.count) else {
                return Rejection(
                    kind: .unreadable, line: row.line, field: "",
                    problem: "the row has \(row.count) fields, and not all beyond the header's "
                        + "\(names.count) are empty\(hint)")
            }
            row.ends.removeLast(row.count - names.count)
        }
        return nil
    }
}
