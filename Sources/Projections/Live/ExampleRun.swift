public import Definitions
import EventLog
import EventModel
import Vault

/// What an example of a definition did not come to.
public struct ExampleFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file and line of the example, or of the event or fact in it.
    public var file: String
    /// 1-based.
    public var line: Int
    /// What differed.
    public var problem: String

    /// `second-reply.yaml:31: …`.
    public var description: String { "\(file):\(line): \(problem)" }
}

/// Runs a definition's examples as a store would: their events are recorded in a log of their own,
/// which goes away with the folder it lies in, and the facts are those of the engine.
public struct ExampleRun {
    private let definition: ProjectionDefinition
    private let context: BuildContext
    private let folder: String

    /// A run.
    ///
    /// - Parameters:
    ///   - context: the zone and calendar of the store the definition is for, and its event types.
    ///   - folder: one that is not there yet, or empty; the caller deletes it.
    public init(_ definition: ProjectionDefinition, context: BuildContext, folder: String) {
        self.definition = definition
        self.context = context
        self.folder = folder
    }

    /// Runs all of them.
    ///
    /// - Returns: everything that differed; empty where all examples hold.
    public func faults() throws -> [ExampleFault] {
        guard !definition.examples.isEmpty else { return [] }
        let log = try LogStore.create(
            at: folder, origin: "example", types: context.types,
            seed: Array(repeating: 0, count: 32), salts: .counting(), threads: 1)
        var faults: [ExampleFault] = []
        for (place, example) in definition.examples.enumerated() {
            do throws(ExampleFault) {
                try record(example, place, in: log)
            } catch {
                faults.append(error)
            }
        }
        guard faults.isEmpty else { return faults }
        let store = try ProjectionStore(log: log)
        for (place, example) in definition.examples.enumerated() {
            let (found, layout) = try facts(ofExample: place, store, log)
            faults += try compare(example, found, layout, log)
        }
        return faults
    }

    private func subject(_ place: Int) -> String {
        "\(definition.subjectKinds[0])/example-\(place + 1)"
    }

    // MARK: Events

    private func record(
        _ example: ProjectionExample, _ place: Int, in log: LogStore
    ) throws(ExampleFault) {
        // Monday 6 January 2025, 09:00.
        var local: Int64 = 1_736_154_000_000
        var time = context.zone.instant(ofLocalMilliseconds: local)
        var drafts: [EventDraft] = []
        for (number, event) in example.events.enumerated() {
            switch event.moment {
            case .after(let milliseconds):
                time = Instant(milliseconds: time.milliseconds + milliseconds)
            case .local(let milliseconds):
                local = milliseconds
                time = context.zone.instant(ofLocalMilliseconds: local)
            }
            var draft = EventDraft(
                id: "\(place + 1)/\(number + 1)", source: "example", type: event.type,
                subject: subject(place), time: time)
            if let voids = event.voids {
                draft.fields = [
                    .init("source", .text("example")), .init("id", .text("\(place + 1)/\(voids)")),
                    .init("reason", .text("example")),
                ]
            }
            for (name, value) in event.fields { draft.set(name, FieldValue(value)) }
            drafts.append(draft)
        }
        for (draft, event) in zip(drafts, example.events) {
            do {
                try log.appendOwn([draft], recorded: draft.time)
            } catch {
                throw ExampleFault(
                    file: example.file, line: event.line, problem: "the event is refused: \(error)")
            }
        }
    }

    // MARK: Facts

    private func facts(
        ofExample place: Int, _ store: ProjectionStore, _ log: LogStore
    ) throws -> (facts: [Fact], layout: CellLayout) {
        let (id, count) = try log.read { view in
            (try view.caseID(subject(place)), view.entryCount)
        }
        let (facts, cells) = try store.facts(
            ofCases: id.map { [$0] } ?? [], definition, context: context, upTo: count)
        return (facts, cells.layout)
    }

    private func compare(
        _ example: ProjectionExample, _ facts: [Fact], _ layout: CellLayout, _ log: LogStore
    ) throws -> [ExampleFault] {
        let found = try log.read { view in
            try facts.map { try values(of: $0, layout, in: view) }
        }
        let title = example.title.isEmpty ? "the example" : "example \"\(example.title)\""
        var rest = found
        var missing: [ProjectionExample.ExpectedFact] = []
        for expected in example.facts {
            if let place = rest.firstIndex(where: { holds(expected, $0) }) {
                rest.remove(at: place)
            } else {
                missing.append(expected)
            }
        }
        var faults: [ExampleFault] = []
        for (place, expected) in missing.enumerated() {
            // The fact that comes nearest says what differed.
            guard place < rest.count else {
                let seen = found.isEmpty ? "no fact came out" : "only \(found.count) came out"
                faults.append(
                    ExampleFault(
                        file: example.file, line: expected.line,
                        problem: "\(title) expects a fact \(text(expected.values)); \(seen)"))
                continue
            }
            let actual = rest[place]
            let differences = expected.values.sorted { $0.key < $1.key }.filter {
                actual[$0.key] != $0.value
            }.map { name, value in
                "\(name) is \(word(actual[name] ?? .absent, name, layout)), expected "
                    + word(value, name, layout)
            }
            faults.append(
                ExampleFault(
                    file: example.file, line: expected.line,
                    problem: "\(title): \(differences.joined(separator: "; "))"))
        }
        for extra in rest.dropFirst(missing.count) {
            faults.append(
                ExampleFault(
                    file: example.file, line: example.line,
                    problem: "\(title) expects \(example.facts.count) facts, \(found.count) came "
                        + "out; one more: \(text(extra))"))
        }
        return faults
    }

    private typealias Value = ProjectionExample.ExpectedFact.Value

    private func holds(_ expected: ProjectionExample.ExpectedFact, _ found: [String: Value]) -> Bool
    {
        expected.values.allSatisfy { found[$0.key] == $0.value }
    }

    private func values(
        of fact: Fact, _ layout: CellLayout, in view: borrowing LogView
    ) throws -> [String: Value] {
        var values: [String: Value] = [
            "day": .text(CellLayout.day(fact.row.span, 0).description),
            "count": .number(layout.multiplicity(fact)),
        ]
        let texts = try CellTexts(layout, of: definition).texts(of: fact, in: view)
        for (index, dimension) in layout.dimensions.enumerated() {
            values[dimension.name] = texts[index].map { .text($0) } ?? .absent
        }
        for (index, measure) in layout.measures.enumerated() {
            guard let value = layout.value(ofMeasure: index, fact) else {
                values[measure.name] = .absent
                continue
            }
            if case .value = measure.kind {
                let text = texts[layout.dimensions.count + index]
                values[measure.name] = text.map { .text($0) } ?? .absent
            } else {
                values[measure.name] = .number(value)
            }
        }
        return values
    }

    private func text(_ values: [String: Value]) -> String {
        "{"
            + values.sorted { $0.key < $1.key }.map {
                "\($0.key): \(word($0.value, $0.key, nil))"
            }.joined(separator: ", ") + "}"
    }

    private func word(_ value: Value, _ name: String, _ layout: CellLayout?) -> String {
        switch value {
        case .absent: return "absent"
        case .text(let text): return text
        case .number(let number):
            let measure = definition.measures.first { $0.name == name }?.source
            if case .duration? = measure { return DurationText.text(number) }
            if case .flag? = measure { return "true" }
            return String(number)
        }
    }
}

extension FieldValue {
    /// A constant of a definition as a field's value.
    init(_ scalar: Scalar) {
        switch scalar {
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        case .boolean(let value): self = .boolean(value)
        }
    }
}
