/// Which columns of a sample are what.
struct DraftPlan {
    enum Kind { case tickets, calls, messages, answers, customers, fieldHistory }

    /// A column and its level.
    struct Found: Equatable {
        var level: Int
        var column: ColumnFacts
        static func == (left: Found, right: Found) -> Bool {
            left.level == right.level && left.column.reference == right.column.reference
        }
    }

    let sample: InputSample
    var kind = Kind.tickets
    /// The level whose rows tell of the case.
    var main = 0
    /// Whether several rows tell of one case, one after the other.
    var isLog = false

    var subject: Found?
    /// Others that might name the case.
    var otherSubjects: [ColumnFacts] = []
    var opened: Found?
    var updated: Found?
    var resolved: Found?
    var closed: Found?
    var answered: Found?
    /// A time of day beside a day.
    var openedClock: Found?
    var status: Found?
    var agent: Found?
    var team: Found?
    var customer: Found?
    var channel: Found?
    var priority: Found?
    var category: Found?
    var product: Found?
    var score: Found?
    var wait: Found?
    var talk: Found?
    var wasAnswered: Found?
    var wasResolved: Found?
    var churned: Found?
    var deleted: [Found] = []
    var fieldName: Found?
    var fieldValue: Found?
    /// Messages below the main level, or in its own rows.
    var messages: Messages?

    struct Messages {
        var level: Int
        var time: Found?
        var body: Found?
        var isPublic: Found?
        var isPrivate: Found?
        var isIncoming: Found?
        var author: Found?
        var id: Found?
    }

    private var taken: Set<String> = []

    init(_ sample: InputSample) {
        self.sample = sample
        findMainLevel()
        findFlags()
        findTimes()
        findSubject()
        findKinds()
        findMessages()
        decideKind()
    }

    /// References of columns that a draft reads.
    private(set) var used: Set<String> = []

    // MARK: Looking for columns

    /// Levels from the main one up.
    private var levels: [Int] {
        var found: [Int] = []
        var place: Int? = main
        while let present = place {
            found.append(present)
            place = sample.levels[present].parent
        }
        return found
    }

    /// Columns of the main level and those above it that hold something and are not taken.
    private func columns() -> [Found] {
        levels.flatMap { level in
            sample.levels[level].columns.filter { !$0.isEmpty && !taken.contains($0.reference) }
                .map { Found(level: level, column: $0) }
        }
    }

    private mutating func take(_ found: Found?) -> Found? {
        if let found { taken.insert(found.column.reference) }
        return found
    }

    /// The column whose name comes nearest: one that is a word as a whole before others.
    private func named(_ words: Set<String>, where holds: (ColumnFacts) -> Bool = { _ in true })
        -> Found?
    {
        let found = columns().filter { $0.column.name.has(words) && holds($0.column) }
        return found.min { left, right in rank(left, words) < rank(right, words) }
    }

    private func rank(_ found: Found, _ words: Set<String>) -> (Int, Int) {
        let name = found.column.name
        let isName = name.words.count == 1 ? 0 : words.contains(name.words.last ?? "") ? 1 : 2
        return (isName, levels.firstIndex(of: found.level) ?? 0)
    }

    private mutating func findMainLevel() {
        guard sample.levels.count > 1 else { return }
        func hasTime(_ level: Int) -> Bool {
            sample.levels[level].columns.contains {
                $0.times?.isTimeOfDay == false && !$0.name.has(ColumnWords.copying)
            }
        }
        guard !hasTime(0) else { return }
        let below = sample.levels.indices.filter { sample.levels[$0].parent == 0 && hasTime($0) }
        guard let steps = below.max(by: { sample.levels[$0].rows < sample.levels[$1].rows }) else {
            return
        }
        main = steps
        isLog = true
    }

    private mutating func findFlags() {
        for found in columns() {
            guard found.column.truth != nil else { continue }
            let name = found.column.name
            if name.has(["deleted", "spam", "dihapus"]) {
                deleted.append(found)
                taken.insert(found.column.reference)
            }
        }
        wasAnswered = take(named(["answered", "dijawab", "terjawab"]) { $0.truth != nil })
        wasResolved = take(named(["resolved", "solved", "selesai"]) { $0.truth != nil })
        churned = take(named(["churn", "churned"]) { $0.truth != nil })
    }

    private mutating func findTimes() {
        let clocks = columns().filter { $0.column.times?.isTimeOfDay == true }
        let times = columns().filter {
            $0.column.times?.isTimeOfDay == false
        }
        let own = times.filter { !$0.column.name.has(ColumnWords.copying) }
        func first(_ holds: (ColumnName) -> Bool) -> Found? {
            own.filter { holds($0.column.name) }
                .max { left, right in left.column.filled < right.column.filled }
                .flatMap { best in
                    // Of those that are as full, the first.
                    own.first { holds($0.column.name) && $0.column.filled == best.column.filled }
                }
        }
        func isAnswer(_ name: ColumnName) -> Bool {
            name.has(["first", "pertama"])
                && name.has(ColumnWords.replies.union(ColumnWords.answered))
        }
        func isDue(_ name: ColumnName) -> Bool {
            name.has(ColumnWords.due) && !name.has(ColumnWords.updated)
        }
        func isEnd(_ name: ColumnName) -> Bool {
            name.has(ColumnWords.resolved) || name.has(ColumnWords.closed)
                || name.has(ColumnWords.reopened)
        }
        answered = take(first { isAnswer($0) && !isDue($0) })
        resolved = take(
            first { $0.has(ColumnWords.resolved) && !isDue($0) && !isAnswer($0) })
        closed = take(first { $0.has(ColumnWords.closed) && !isDue($0) && !isAnswer($0) })
        func isOther(_ name: ColumnName) -> Bool { !isDue(name) && !isAnswer(name) && !isEnd(name) }
        updated = take(first { $0.has(ColumnWords.updated) && isOther($0) })
        opened = take(
            first { $0.has(ColumnWords.opened) && isOther($0) }
                ?? first {
                    $0.has(ColumnWords.created) && isOther($0) && !$0.has(ColumnWords.updated)
                }
                ?? own.first {
                    isOther($0.column.name) && !taken.contains($0.column.reference)
                })
        if opened == nil, updated == nil { opened = take(own.first ?? times.first) }
        if let day = opened, day.column.times?.isDay == true, clocks.count == 1 {
            openedClock = take(clocks[0])
        }
    }

    private mutating func findSubject() {
        let candidates = columns().filter { found in
            found.column.times == nil && found.column.truth == nil
                && found.column.filled * 10 >= found.column.values.count * 9
                && !found.column.counts.contains { $0.text.count > 80 }
        }
        func points(_ found: Found) -> Int {
            let name = found.column.name
            let isAbove = found.level != main ? 1 : 0
            if name.has(ColumnWords.cases), name.has(ColumnWords.numbers) {
                return name.words.count == 2 ? 8 : 4
            }
            if name.isOne(of: ColumnWords.wholeCases) { return 6 + isAbove }
            if name.isOne(of: ["id", "uuid"]) { return 5 + isAbove }
            if name.has(ColumnWords.customers), name.has(["id", "number", "no"]) { return 3 }
            if name.words.last == "id" || name.words.first == "id" { return 2 }
            return 0
        }
        let best = candidates.map(points).max() ?? 0
        guard best > 0 else { return }
        let found = candidates.filter { points($0) == best }
        subject = take(found[0])
        otherSubjects = found.dropFirst().map(\.column)
        let subject = found[0].column
        if subject.counts.count < subject.filled, found[0].level == main { isLog = true }
    }

    private mutating func findKinds() {
        func isText(_ column: ColumnFacts) -> Bool {
            column.times == nil && column.truth == nil && !column.isClock
        }
        func isKind(_ column: ColumnFacts) -> Bool {
            isText(column) && column.isKind && !column.hasPrivateTexts
        }
        fieldName = take(
            columns().first {
                isKind($0.column)
                    && ($0.column.name.isOne(of: [
                        "field", "field name", "fieldname", "property", "property name", "kolom",
                        "name", "attribute",
                    ]))
            })
        if fieldName != nil {
            fieldValue = take(
                columns().first {
                    $0.column.name.isOne(of: [
                        "value", "new value", "newvalue", "nilai", "nilai baru", "to", "new",
                    ])
                })
            if fieldValue == nil, let name = fieldName {
                taken.remove(name.column.reference)
                fieldName = nil
            }
        }
        score = take(
            named(ColumnWords.scores) { column in
                column.wholeNumbers.map { $0.allSatisfy { (-100...100).contains($0) } } ?? false
                    && isText(column) && !column.name.has(["id"])
            })
        wait = take(named(ColumnWords.waits) { $0.isNumber || $0.isClock })
        talk = take(named(ColumnWords.talks) { $0.isNumber || $0.isClock })
        status = take(
            named(ColumnWords.statuses, where: isKind) ?? named(ColumnWords.stages, where: isKind)
                ?? columns().first {
                    isLog && isKind($0.column) && $0.column.name.words == ["concept", "name"]
                        && $0.level == main
                })
        func isChannel(_ column: ColumnFacts) -> Bool {
            isKind(column) && !column.name.has(["id"])
                && (!column.hasPersonalTexts
                    || column.counts.contains { DraftGuess.channel($0.text) != nil })
        }
        channel = take(
            columns().first {
                isChannel($0.column) && $0.column.name.isOne(of: ["contact type", "jenis kontak"])
            } ?? named(ColumnWords.channels, where: isChannel))
        priority = take(
            named(["priority", "prioritas", "prio"], where: isKind)
                ?? named(ColumnWords.priorities, where: isKind))
        agent = take(
            named(ColumnWords.agents) {
                isText($0) && !$0.name.has(["first", "count", "time", "group", "team"])
            })
        team = take(
            named(ColumnWords.teams) {
                isText($0) && !$0.hasPrivateTexts && !$0.name.has(["count"])
            })
        customer = take(
            named(ColumnWords.customers) {
                isText($0) && !$0.name.has(["type", "email", "phone", "system"])
            })
        category = take(
            named(ColumnWords.categories) { isKind($0) && !$0.name.has(["content", "mime"]) })
        product = take(
            named(ColumnWords.products) {
                isText($0) && !$0.hasPrivateTexts && (isKind($0) || !$0.isNumber)
            })
    }

    private mutating func findMessages() {
        for level in sample.levels.indices
        where level == main || sample.levels[level].parent == main {
            let columns = sample.levels[level].columns.filter { !$0.isEmpty }
            func first(_ holds: (ColumnFacts) -> Bool) -> Found? {
                columns.first(where: holds).map { Found(level: level, column: $0) }
            }
            var found = Messages(level: level)
            found.body = first {
                $0.name.has(ColumnWords.bodies) && $0.times == nil && $0.truth == nil
            }
            found.isPublic = first {
                $0.name.isOne(of: ["public", "is public", "publik"]) && $0.truth != nil
            }
            found.isPrivate = first {
                $0.name.isOne(of: ["private", "is private", "internal", "privat", "is internal"])
                    && $0.truth != nil
            }
            found.isIncoming = first {
                $0.name.isOne(of: ["incoming", "inbound", "is incoming", "masuk"])
                    && $0.truth != nil
            }
            func isAuthor(_ column: ColumnFacts) -> Bool {
                column.name.has(ColumnWords.authors) && column.times == nil && column.truth == nil
                    && !column.name.has(["email", "to", "agent", "via"])
            }
            found.author = first(isAuthor)
            if found.author == nil, level != main {
                found.author = sample.levels[main].columns.first { !$0.isEmpty && isAuthor($0) }
                    .map { Found(level: main, column: $0) }
            }
            found.id = first { $0.name.isOne(of: ["id", "comment id", "message id"]) && $0.isFull }
            found.time = first {
                $0.times?.isTimeOfDay == false && $0.isFull && !$0.name.has(ColumnWords.copying)
                    && !$0.name.has(ColumnWords.updated)
            }
            let isMessage =
                found.body != nil
                && (found.isPublic != nil || found.isPrivate != nil || found.isIncoming != nil
                    || found.author != nil)
            guard isMessage, level != main || status == nil && priority == nil && fieldName == nil
            else { continue }
            messages = found
            if level == main { break }
        }
    }

    private mutating func decideKind() {
        let caseName = subject?.column.name
        let names = sample.levels[main].name
        if wait != nil || caseName?.has(["call", "panggilan"]) == true || names == "call" {
            kind = .calls
        } else if fieldValue != nil, !historyFields.isEmpty {
            kind = .fieldHistory
        } else if messages?.level == main {
            kind = .messages
        } else if churned != nil {
            kind = .customers
        } else if score != nil, status == nil, resolved == nil, closed == nil {
            kind = .answers
        }
        // An id alone is that of the message.
        if kind == .messages, let name = caseName, !name.has(ColumnWords.cases) {
            subject = nil
            isLog = true
        }
    }
}
