import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering
import Synchronization

/// The first facts of a stream, collected from its threads.
final class KeptFacts: Sendable {
    private let wanted: Int
    private let kept = Mutex<[Fact]>([])

    init(_ wanted: Int) { self.wanted = wanted }

    var facts: [Fact] { kept.withLock { $0 } }

    /// Takes what is missing; false once that is all.
    func add(_ facts: [Fact]) -> Bool {
        kept.withLock { kept in
            kept += facts.prefix(wanted - kept.count)
            return kept.count < wanted
        }
    }
}

/// Facts in words people read: local times, lengths of time as they say them.
struct FactTexts {
    private let definition: ProjectionDefinition
    private let layout: CellLayout
    private let texts: CellTexts
    private let zone: TimeZoneRules
    private let words: TrialWords

    init(
        _ definition: ProjectionDefinition, _ layout: CellLayout, _ zone: TimeZoneRules,
        _ words: TrialWords
    ) {
        self.definition = definition
        self.layout = layout
        texts = CellTexts(layout, of: definition)
        self.zone = zone
        self.words = words
    }

    var titles: [(title: String, isNumber: Bool)] {
        [(words.caseTitle, false), (words.time, false)] + layout.dimensions.map { ($0.name, false) }
            + layout.measures.map { ($0.name, true) }
    }

    func cells(_ fact: Fact, in view: borrowing LogView) throws -> [String] {
        let segment = try view.segment(containing: fact.sequence)
        let time = Instant(milliseconds: segment.times[Int(fact.sequence - segment.first)])
        return [try view.subject(ofCase: fact.caseID), TimeText.minute(time, zone)]
            + (try values(fact, in: view).map { $0 ?? "–" })
    }

    /// Dimensions, then measures; nil where absent.
    func values(_ fact: Fact, in view: borrowing LogView) throws -> [String?] {
        var texts = try texts.texts(of: fact, in: view).map { $0?.printableValue }
        for index in layout.measures.indices {
            guard let value = layout.value(ofMeasure: index, fact) else { continue }
            let place = layout.dimensions.count + index
            switch layout.measures[index].kind {
            case .duration: texts[place] = NumberText.duration(Fraction(value), words.language)
            case .flag: texts[place] = words.yes
            default: break
            }
        }
        return texts
    }

    /// `agent Budi, channel email, wait 28m`; what is absent is left out.
    func line(_ fact: Fact, in view: borrowing LogView) throws -> String {
        let names = layout.dimensions.map(\.name) + layout.measures.map(\.name)
        let parts = zip(names, try values(fact, in: view)).compactMap { name, value in
            value.map { $0 == words.yes ? name : "\(name) \($0)" }
        }
        let sign = layout.multiplicity(fact) < 0 ? words.leaves : ""
        return sign + (parts.isEmpty ? words.nothingElse : parts.joined(separator: ", "))
    }
}

/// One case, played event by event.
struct CasePlay {
    private let trial: Trial
    private let subject: String
    private let isJSON: Bool
    /// Whether events that change nothing are told one by one.
    private let isWhole: Bool
    /// What programs read is English.
    private let words: TrialWords

    /// A case with more events than this is read by nobody.
    private static let mostEvents = 5000

    init(
        _ trial: Trial, subject: String, isJSON: Bool, isWhole: Bool, _ language: Language
    ) {
        self.trial = trial
        self.subject = subject
        self.isJSON = isJSON
        self.isWhole = isWhole
        words = TrialWords(isJSON ? .english : language)
    }

    func print() throws {
        let log = trial.log
        let (id, count) = try log.read { view -> (UInt32, UInt32) in
            guard let id = try view.caseID(subject) else {
                throw Failure(
                    .usage,
                    "no entry has the subject \"\(subject.printable)\". Subjects look like "
                        + "ticket/T-1.")
            }
            let length = try view.caseHistory(id).count
            guard length <= Self.mostEvents else {
                throw Failure(
                    .usage,
                    "\(subject.printable) has \(NumberText.grouped(length)) events; a case is played "
                        + "up to \(NumberText.grouped(Self.mostEvents)).")
            }
            return (id, view.entryCount)
        }
        let (layout, steps) = try trial.projections.steps(
            ofCase: id, trial.definition, context: trial.context, upTo: count)
        let texts = FactTexts(trial.definition, layout, trial.context.zone, words)
        if isJSON {
            for step in steps { Output.write((try json(step, texts).canonical ?? []) + [0x0A]) }
            return
        }
        Output.line(
            words.played(
                subject.printable, events: steps.count,
                "\(trial.definition.name)@\(trial.definition.version)"))
        Output.line()
        try log.read { view in
            let width = steps.map { $0.type.count }.max() ?? 0
            var quiet: [CaseStep] = []
            for step in steps + [nil] {
                if let step, isQuiet(step), !isWhole {
                    quiet.append(step)
                    continue
                }
                // A few are told one by one, many in a line.
                if quiet.count > Self.quietAlone {
                    Output.line("  " + words.quiet(quiet.count))
                } else {
                    for step in quiet { try print(step, texts, width, view) }
                }
                quiet = []
                if let step { try print(step, texts, width, view) }
            }
        }
    }

    private static let quietAlone = 3

    private func isQuiet(_ step: CaseStep) -> Bool {
        !step.isVoided && step.changes.isEmpty && step.appeared.isEmpty && step.gone.isEmpty
    }

    private func print(
        _ step: CaseStep, _ texts: FactTexts, _ width: Int, _ view: borrowing LogView
    ) throws {
        var lines = changes(step)
        for fact in step.gone { lines.append(words.gone(try texts.line(fact, in: view))) }
        for fact in step.appeared { lines.append(words.appeared(try texts.line(fact, in: view))) }
        let what =
            step.isVoided
            ? words.voided
            : !step.isLookedAt
                ? words.notLookedAt : lines.isEmpty ? words.changesNothing : lines[0]
        let head =
            TimeText.minute(step.time, trial.context.zone) + "  "
            + words.entry(step.sequence, width: 9) + "  " + TextWidth.padded(step.type, to: width)
            + "  "
        Output.line(head + what.printable)
        for line in lines.dropFirst() {
            Output.line(String(repeating: " ", count: TextWidth.of(head)) + line.printable)
        }
    }

    private func changes(_ step: CaseStep) -> [String] {
        step.changes.map { name, value, counts in
            guard let value else { return words.noneAnyMore(name) }
            if counts { return "\(name) = \(value)" }
            return value == Int64(step.sequence)
                ? words.thisEvent(name) : "\(name) = \(words.entry(UInt32(clamping: value)))"
        }
    }

    private func json(_ step: CaseStep, _ texts: FactTexts) throws -> JSONValue {
        let (appeared, gone) = try trial.log.read { view in
            (try list(step.appeared, texts, view), try list(step.gone, texts, view))
        }
        let changes = step.changes.map { name, value, _ in
            JSONMember(key: name, value: value.map { .number(String($0)) } ?? .null)
        }
        return .object([
            JSONMember(key: "sequence", value: .number(String(step.sequence))),
            JSONMember(key: "type", value: .string(step.type)),
            JSONMember(key: "time", value: .string(step.time.rfc3339)),
            JSONMember(key: "voided", value: .boolean(step.isVoided)),
            JSONMember(key: "looked_at", value: .boolean(step.isLookedAt)),
            JSONMember(key: "changes", value: .object(changes)),
            JSONMember(key: "appeared", value: .array(appeared)),
            JSONMember(key: "gone", value: .array(gone)),
        ])
    }

    private func list(
        _ facts: [Fact], _ texts: FactTexts, _ view: borrowing LogView
    ) throws -> [JSONValue] {
        var list: [JSONValue] = []
        for fact in facts { list.append(.string(try texts.line(fact, in: view))) }
        return list
    }
}
