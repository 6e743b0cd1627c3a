public import EventModel

/// A mapping drafted from what the first rows of an input hold: which column is what, as far as names and
/// texts tell, what is not told as questions.
///
///     let sample = try InputSample(InputSource(path: "tickets.csv"))
///     print(MappingDraft(sample, language: .english).yaml)
///
/// The same sample gives the same draft. Texts that may be personal stand in none.
public struct MappingDraft {
    let plan: DraftPlan
    let words: DraftWords
    var text = DraftText()
    var used: Set<String> = []
    /// Levels that the draft reads, in their order.
    var levels: [Int] = []
    /// The times that it reads: what each is called, its columns and what is said of it.
    var times: [DraftTime] = []

    /// The mapping file.
    public var yaml: String { text.lines.joined(separator: "\n") + "\n" }

    /// Drafts a mapping.
    public init(_ sample: InputSample, language: Language) {
        plan = DraftPlan(sample)
        words = DraftWords(language: language)
        levels = findLevels()
        times = DraftTime.times(of: plan, words)
        writeHead()
        writeLookups()
        writeTimes()
        writeCase()
        writeEvents()
        writeRest()
    }

    func findLevels() -> [Int] {
        guard plan.sample.shape == .documents || plan.sample.shape == .log else { return [] }
        var found: Set<Int> = [0, plan.main]
        if let messages = plan.messages { found.insert(messages.level) }
        return found.sorted()
    }

    // MARK: The beginning

    mutating func writeHead() {
        let sample = plan.sample
        let file = sample.name.split(separator: "/").last.map(String.init) ?? sample.name
        let rows = sample.levels[plan.main].rows
        for line in words.heading(DraftText.quoted(file), rows: rows) { text.line("# \(line)") }
        let stem = String(file.prefix { $0 != "." })
        let name = String(
            stem.map {
                $0.isASCII && ($0.isLetter || $0.isNumber) ? Character($0.lowercased()) : "-"
            })
        text.line("mapping: \(DraftText.quoted(name.isEmpty ? "draft" : name))")
        text.line("version: 1")
        text.ask("source: \(DraftText.quoted(name.isEmpty ? "draft" : name))", words.source)
        if !levels.isEmpty {
            text.line("rows:")
            for level in levels {
                let found = sample.levels[level]
                text.line("  \(found.name): \(DraftText.quoted(found.path))")
            }
        }
        switch sample.shape {
        case .sheet where sample.sheet != nil || sample.linesAbove > 0:
            let name = sample.sheet.map { "name: \(DraftText.quoted($0))" }
            let skip = sample.linesAbove > 0 ? "skip: \(sample.linesAbove)" : nil
            text.line("sheet: {\([name, skip].compactMap { $0 }.joined(separator: ", "))}")
        case .table where sample.linesAbove > 0:
            text.ask("csv: {skip: \(sample.linesAbove)}", words.linesAbove)
        default: break
        }
        writeFormat()
        let numbers = [plan.wait, plan.talk].compactMap { $0 }
        if numbers.contains(where: { $0.column.decimal == "," }) {
            text.line("numbers: {decimal: comma}")
        }
        if !sample.missing.isEmpty {
            let all = (sample.missing + [""]).map(DraftText.quoted).joined(separator: ", ")
            // Not behind the line: a "?" in it is none that must be answered.
            text.line("# ? \(words.missing)")
            text.line("missing: [\(all)]")
        }
    }

    mutating func writeFormat() {
        guard !times.isEmpty else { return }
        let hasOffsets = times.allSatisfy(\.hasOffset)
        if !hasOffsets { text.line("# ? \(words.withoutOffset)") }
        guard let common = DraftTime.common(times) else { return }
        if common.isTogether {
            let formats = common.formats.map(DraftText.quoted).joined(separator: ", ")
            text.line("time:")
            text.ask("  format: [\(formats)]", words.together)
        } else if common.formats.count > 1 {
            text.line("time:")
            text.ask("  format: \(DraftText.open)", words.formats(common.formats))
        } else if let format = common.formats.first, format != "iso" || common.other != nil {
            let line = "  format: \(DraftText.quoted(format))"
            text.line("time:")
            if let other = common.other {
                text.ask(line, words.formatByOther(other))
            } else {
                text.line(line)
            }
        }
    }

    // MARK: Tables of the values found

    mutating func writeLookups() {
        var tables: [(name: String, column: ColumnFacts, counts: [(text: String, rows: Int)])] = []
        if let status = plan.status {
            tables.append(("statuses", status.column, status.column.counts))
        }
        if let priority = plan.priority {
            tables.append(("priorities", priority.column, priority.column.counts))
        }
        if plan.kind == .fieldHistory {
            for (field, name) in plan.historyFields where field.isMapped {
                tables.append((field.table, plan.fieldValue!.column, plan.counts(of: name)))
            }
        }
        let readsStatus = plan.kind == .tickets && DraftTime.hasStatusTime(plan)
        tables.removeAll {
            $0.counts.isEmpty || $0.name == "statuses" && !readsStatus && plan.kind != .fieldHistory
                || $0.name == "priorities" && plan.kind != .tickets && plan.kind != .fieldHistory
        }
        let channel = plan.channel?.column
        guard !tables.isEmpty || channel != nil && writesChannel else { return }
        text.blank()
        text.line("lookups:")
        for (name, _, counts) in tables {
            text.line("  \(name):")
            let isStatus = name == "statuses"
            for (value, rows) in counts {
                let guess = isStatus ? DraftGuess.status(value) : DraftGuess.priority(value)
                let key = "    \(DraftText.quoted(value)): "
                if let guess {
                    let isSame = guess == value
                    text.line(key + guess, (isSame ? "" : "? ") + words.guess(rows))
                } else {
                    let all = isStatus ? DraftGuess.allStatuses : DraftGuess.allPriorities
                    text.ask(key + DraftText.open, words.word(rows, all))
                }
            }
        }
        guard let channel, writesChannel else { return }
        text.line("  channels:")
        text.line("    values:")
        for (value, rows) in channel.counts {
            let key = "      \(DraftText.quoted(value)): "
            // A number names no channel.
            if value.allSatisfy(\.isNumber) {
                text.ask(key + DraftText.open, words.channel(rows))
                continue
            }
            let guess = DraftGuess.channel(value) ?? value
            text.line(
                key + DraftText.quoted(guess), (guess == value ? "" : "? ") + words.guess(rows))
        }
        text.ask("    otherwise: keep", words.channelGuess)
    }

    var writesChannel: Bool { [.tickets, .calls].contains(plan.kind) }

    // MARK: Times, and the case

    mutating func writeTimes() {
        text.blank()
        text.line("times:")
        guard !times.isEmpty else { return text.ask("  stated: \(DraftText.open)", words.time) }
        let common = DraftTime.common(times)
        for time in times {
            for column in time.columns { used.insert(column.reference) }
            var line = "  \(time.name): "
            let isCommon = common != nil
            let from = time.from
            if isCommon || time.formats == ["iso"] {
                line += time.columns.count > 1 && time.isAlternative ? "{from: \(from)}" : from
                text.line(line, time.comment)
            } else if time.formats.count == 1 || time.isAlternative || time.isTogether {
                let formats = time.formats.map(DraftText.quoted).joined(separator: ", ")
                text.line(line + "{from: \(from), format: [\(formats)]}", time.comment)
            } else {
                text.ask(
                    line + "{from: \(from), format: \(DraftText.open)}", words.formats(time.formats)
                )
            }
        }
        for (name, after, length, unit) in lengths {
            text.ask(
                "  \(name): {after: \(after), plus: {\(unit.name): \(ref(length))}}",
                unit.isSaid
                    ? words.time(
                        name == "answered" ? "the wait" : "the talk",
                        name == "answered" ? "waktu tunggu" : "waktu bicara") : words.unit)
        }
    }

    /// Times of a call that are reckoned from lengths.
    var lengths: [(String, String, DraftPlan.Found, (name: String, isSaid: Bool))] {
        guard plan.kind == .calls, let first = times.first?.name else { return [] }
        var found: [(String, String, DraftPlan.Found, (name: String, isSaid: Bool))] = []
        if let wait = plan.wait { found.append(("answered", first, wait, unit(of: wait.column))) }
        if let talk = plan.talk {
            found.append(
                ("ended", plan.wait == nil ? first : "answered", talk, unit(of: talk.column)))
        }
        return found
    }

    func unit(of column: ColumnFacts) -> (name: String, isSaid: Bool) {
        if column.isClock { return ("clock", true) }
        let units: [(String, Set<String>)] = [
            ("seconds", ["second", "seconds", "detik", "sec", "secs", "s", "billsec"]),
            ("minutes", ["minute", "minutes", "menit", "min", "mins"]),
            ("milliseconds", ["ms", "milliseconds", "millis"]),
            ("hours", ["hour", "hours", "jam"]),
        ]
        for (unit, names) in units where column.name.has(names) { return (unit, true) }
        return ("seconds", false)
    }

    mutating func writeCase() {
        text.blank()
        let prefix =
            switch plan.kind {
            case .tickets, .messages, .fieldHistory: "ticket"
            case .calls: "call"
            case .customers: "customer"
            case .answers:
                plan.subject?.column.name.has(ColumnWords.cases) == true ? "ticket" : "customer"
            }
        if let subject = plan.subject {
            used.insert(subject.column.reference)
            let isPersonal = subject.column.hasPersonalTexts && prefix != "customer"
            let line = "case: \(DraftText.quoted("\(prefix)/{\(subject.column.reference)}"))"
            text.ask(
                line,
                isPersonal
                    ? words.personInSubject
                    : words.subject(prefix, plan.otherSubjects.map(\.reference)))
        } else {
            text.ask("case: \"\(prefix)/{?}\"", words.noSubject)
        }
        text.line("at: \(rowTime)")
        if plan.isLog, plan.kind != .fieldHistory {
            if plan.sample.shape == .log {
                text.ask("row-order: oldest-first", words.rowOrder)
            } else {
                text.line("# ? row-order: oldest-first  (\(words.rowOrder))")
            }
        }
        let skipped = plan.deleted.compactMap { found -> String? in
            guard let truth = found.column.truth else { return nil }
            used.insert(found.column.reference)
            return "{\(DraftText.key(found.column)): \(DraftText.quoted(truth.yes))}"
        }
        if !skipped.isEmpty {
            text.ask("skip: [\(skipped.joined(separator: ", "))]", words.skipped)
        }
    }

    /// The row's own time.
    var rowTime: String {
        guard !times.isEmpty else { return "stated" }
        for name in ["standing", "updated", "opened"]
        where times.contains(where: { $0.name == name }) {
            return name
        }
        return times[0].name
    }

    // MARK: What is left

    mutating func writeRest() {
        var lines: [String] = []
        for (place, level) in plan.sample.levels.enumerated() {
            if place > 0, !levels.contains(place) {
                lines.append("\(DraftText.printable(level.path)): \(words.level(level.rows))")
                continue
            }
            for column in level.columns where !used.contains(column.reference) {
                let facts = column.isEmpty ? words.empty : words.values(column)
                lines.append("{\(DraftText.printable(column.reference))}: \(facts)")
            }
            lines += level.lists.map { "{\(DraftText.printable($0))}: \(words.list)" }
        }
        guard !lines.isEmpty else { return }
        text.blank()
        text.line("# \(words.unread)")
        for line in lines { text.line("#   \(line)") }
    }
}
