// Histories with a row a field: `field_name, value`.
extension DraftPlan {
    struct HistoryField {
        var table: String
        var isMapped: Bool { table == "statuses" || table == "priorities" }
    }

    /// Names of fields in the history that are known, and what they say.
    var historyFields: [(HistoryField, String)] {
        guard let column = fieldName?.column else { return [] }
        return column.counts.sorted { $0.text < $1.text }.compactMap { text, _ in
            let name = ColumnName(text)
            let table: String? =
                name.has(ColumnWords.statuses) || name.has(["stage"])
                ? "statuses"
                : name.has(ColumnWords.priorities)
                    ? "priorities"
                    : name.has(["assignee", "assigned", "owner", "agent"])
                        ? "agent"
                        : name.has(["group", "team", "queue"]) ? "team" : nil
            return table.map { (HistoryField(table: $0), text) }
        }.reduce(into: []) { all, next in
            // One column a meaning.
            if !all.contains(where: { $0.0.table == next.0.table }) { all.append(next) }
        }
    }

    /// Values of one field of the history.
    func counts(of field: String) -> [(text: String, rows: Int)] {
        guard let name = fieldName?.column, let value = fieldValue?.column else {
            return []
        }
        var counted: [String: Int] = [:]
        for (name, value) in zip(name.values, value.values) where name == field {
            if let value { counted[value, default: 0] += 1 }
        }
        return counted.map { ($0.key, $0.value) }.sorted { ($1.rows, $0.text) < ($0.rows, $1.text) }
    }
}
