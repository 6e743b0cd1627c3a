/// A time that a drafted mapping reads.
struct DraftTime {
    var name: String
    var columns: [ColumnFacts]
    /// Whether the first of its columns that holds something is meant, not all of them together.
    var isAlternative = false
    /// Formats that read it; several where it is open which one is meant.
    var formats: [String]
    /// Whether each of its texts is of one of the formats, so that all of them are meant.
    var isTogether = false
    /// A format that fits this column alone, and no other.
    var other: String?
    var hasOffset: Bool
    var comment: String?

    /// What the mapping has for it: one text, or a list of which the first counts.
    var from: String {
        if isAlternative {
            return "[" + columns.map(DraftText.column).joined(separator: ", ") + "]"
        }
        return DraftText.quoted(columns.map { "{\($0.reference)}" }.joined(separator: " "))
    }

    /// Whether it can be told since when a status stands.
    static func hasStatusTime(_ plan: DraftPlan) -> Bool {
        plan.isLog || plan.updated != nil || plan.resolved != nil || plan.closed != nil
    }

    static func times(of plan: DraftPlan, _ words: DraftWords) -> [DraftTime] {
        var found: [DraftTime] = []
        func add(
            _ name: String, _ column: DraftPlan.Found?, _ english: String, _ indonesian: String
        ) {
            guard let column, let times = column.column.times else { return }
            let isCopied = column.column.name.has(ColumnWords.copying)
            found.append(
                DraftTime(
                    name: name, columns: [column.column], formats: times.formats,
                    isTogether: times.isTogether,
                    hasOffset: times.hasOffset,
                    comment: "? "
                        + (isCopied ? words.copyingTime : words.time(english, indonesian))))
        }
        add("opened", plan.opened, "when it began", "saat mulai")
        if let clock = plan.openedClock, !found.isEmpty {
            found[0].columns.append(clock.column)
            let hasSeconds = clock.column.counts.contains {
                $0.text.split(separator: ":").count == 3
            }
            found[0].formats = found[0].formats.map { format in
                format == "iso" ? format : format + (hasSeconds ? " H:mm:ss" : " H:mm")
            }
        }
        if plan.kind != .calls, plan.kind != .answers {
            add("updated", plan.updated, "when a row's state was so", "saat keadaan baris berlaku")
        } else if plan.opened == nil {
            add("opened", plan.updated, "when it began", "saat mulai")
        }
        let isSingle = plan.kind == .tickets && !plan.isLog
        if isSingle {
            add("answered", plan.answered, "the first answer", "jawaban pertama")
            add("resolved", plan.resolved, "the resolution", "penyelesaian")
            add("closed", plan.closed, "the closing", "penutupan")
        }
        if let messages = plan.messages, messages.level != plan.main, plan.kind == .tickets {
            add("said", messages.time, "when it was written", "saat ditulis")
        }
        if plan.kind == .messages, found.isEmpty {
            add("opened", plan.messages?.time, "when it was written", "saat ditulis")
        }
        narrow(&found)
        let isUpdatedSure = plan.updated?.column.isFull == true
        if isSingle, plan.status != nil, hasStatusTime(plan), !isUpdatedSure {
            let order = ["updated", "closed", "resolved", "opened"]
            let present = order.compactMap { name in found.first { $0.name == name } }
            var formats: [String] = []
            for format in present.flatMap(\.formats) where !formats.contains(format) {
                formats.append(format)
            }
            if present.count > 1 {
                found.append(
                    DraftTime(
                        name: "standing", columns: present.flatMap(\.columns), isAlternative: true,
                        formats: formats, hasOffset: present.allSatisfy(\.hasOffset),
                        comment: "? " + words.standing))
            }
        }
        let rowTimes = ["standing", "updated", "opened"]
        let row = rowTimes.compactMap { name in found.firstIndex { $0.name == name } }.first
        if let row, !found[row].isAlternative,
            let column = found[row].columns.first, !column.isFull
        {
            found[row].comment =
                "? " + words.notAlwaysThere(column.values.count - column.filled)
        }
        return found
    }

    /// A format that other columns of the file rule out is not meant.
    private static func narrow(_ times: inout [DraftTime]) {
        let sure = Set(times.filter { $0.formats.count == 1 }.flatMap(\.formats))
        for place in times.indices where times[place].formats.count > 1 && !times[place].isTogether
        {
            guard let format = times[place].formats.first(where: { sure.contains($0) }) else {
                continue
            }
            times[place].other = times[place].formats.first { $0 != format }
            times[place].formats = [format]
        }
    }

    /// What all of them are read by; nil where they differ.
    static func common(
        _ times: [DraftTime]
    ) -> (formats: [String], other: String?, isTogether: Bool)? {
        guard let first = times.first,
            times.allSatisfy({
                $0.formats == first.formats
                    && ($0.isAlternative || $0.isTogether == first.isTogether)
            })
        else { return nil }
        return (first.formats, times.lazy.compactMap(\.other).first, first.isTogether)
    }
}
