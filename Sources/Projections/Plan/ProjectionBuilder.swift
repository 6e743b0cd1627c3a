import Definitions
import EventModel

/// Compiles one projection into a plan's tables.
struct ProjectionBuilder {
    let definition: ProjectionDefinition
    var plan: PlanBuilder
    /// Selectors it looks at, and those that only its rules do.
    var looked: Set<Int32> = []
    var ruled: Set<Int32> = []
    /// Types among whose events it looks for something happening.
    var finderTypes: Set<UInt16> = []
    private var bindings: [String: Binding] = [:]
    /// Slots of bindings whose step is written; `fact` is slot 0.
    private var slots: [String: Int32] = [:]
    private var visiting: Set<String> = []
    var slotCount: Int32 = 1
    private var caseSteps: [StepCode] = []
    private var factSteps: [StepCode] = []
    /// Bindings that depend on the fact.
    private var factDependent: Set<String> = []
    private var isFactReady = false

    init(_ definition: ProjectionDefinition, in plan: PlanBuilder) {
        self.definition = definition
        self.plan = plan
        for binding in definition.bindings { bindings[binding.name] = binding }
    }

    func fault(_ reason: String) -> ProjectionFault {
        .definition(projection: definition.name, reason: reason)
    }

    mutating func build() throws {
        var code = ProjectionCode(rule: .one, kinds: 0, slotCount: 0, conditions: -1, words: 0)
        for kind in definition.subjectKinds {
            code.kinds |= 1 << UInt64(try plan.kindNumber(kind))
        }
        guard code.kinds != 0 else { throw fault("names no kind of case") }
        switch definition.fact {
        case .one(let name):
            code.factSlot = try slot(name)
            code.factReady = Int32(caseSteps.count)
            isFactReady = true
        case .each(let selector):
            code.rule = .each
            code.selector = try self.selector(selector)
            code.residuals = try residuals(selector)
            isFactReady = true
        case .stock(let from, let conditions):
            code.rule = .stock
            code.factSlot = try slot(from)
            code.whileList = try list(conditions)
            try checkConditionsOfStock()
        case .stay(let enter, let leave):
            code.rule = .stock
            code.enter = try self.selector(enter)
            code.leave = try self.selector(leave)
            try checkConditionsOfStock()
        }
        code.conditions = try list(definition.conditions)
        if let rounds = definition.rounds { code.rounds = try compile(rounds) }
        if let split = definition.split { code.split = try compile(split) }
        let (dimensions, dimensionCodes) = try compileDimensions()
        let (measures, measureCodes) = try compileMeasures()
        code.dimensions = append(dimensionCodes, to: \.dimensions)
        code.measures = append(measureCodes, to: \.measures)
        code.caseSteps = append(caseSteps, to: \.steps)
        code.factSteps = append(factSteps, to: \.steps)
        code.slotCount = slotCount
        code.settles = code.rule == .each && code.rounds < 0 && settles
        let layout = CellLayout(
            dimensions: dimensions, measures: measures, isStock: code.rule == .stock)
        code.words = Int32(layout.words)
        addRules()
        plan.codes.projections.append(code)
        plan.slots.append(slots)
        plan.layouts.append(layout)
    }

    /// Whether each binding of a fact either ends at another event, or is the first of its kind
    /// after an event that comes no earlier for a later fact.
    private var settles: Bool {
        var ascending = Set(caseSteps.map(\.slot)).union([0])
        for step in factSteps where step.before < 0 && step.kind != .either {
            guard step.kind == .first, step.residuals.count == 0, !step.isStartOptional,
                ascending.contains(step.after)
            else { return false }
            if step.within < 0 { ascending.insert(step.slot) }
        }
        return true
    }

    private func checkConditionsOfStock() throws {
        guard !definition.conditions.contains(where: { $0.readsLatest }) else {
            throw fault("\"when\" is about the whole case; put \"latest\" under \"while\"")
        }
    }

    mutating func append<Code>(
        _ codes: [Code], to table: WritableKeyPath<CodeTables, [Code]>
    ) -> RangeCode {
        let start = plan.codes[keyPath: table].count
        plan.codes[keyPath: table] += codes
        return RangeCode(start: Int32(start), count: Int32(codes.count))
    }

    // MARK: Bindings

    /// The slot of a binding's event, its step written when it is asked for first.
    mutating func slot(_ name: String) throws -> Int32 {
        if name == "fact" {
            if definition.fact.isStock {
                throw fault("a stock has no single fact event that \"fact\" could name")
            }
            guard isFactReady else { throw fault("what makes the fact depends on the fact itself") }
            return 0
        }
        if let slot = slots[name] { return slot }
        guard let binding = bindings[name] else { throw fault("there is no binding \"\(name)\"") }
        guard visiting.insert(name).inserted else {
            throw fault("the binding \"\(name)\" depends on itself")
        }
        var step = StepCode(kind: .first, slot: slotCount)
        slotCount += 1
        var dependsOnFact = false
        switch binding.kind {
        case .first(let selector), .last(let selector), .count(let selector):
            if case .last = binding.kind { step.kind = .last }
            if case .count = binding.kind { step.kind = .count }
            step.after = try eventSlot(binding.window.after, &dependsOnFact)
            step.before = try eventSlot(binding.window.before, &dependsOnFact)
            for (_, test) in selector.tests {
                guard case .same(let other, _) = test else { continue }
                _ = try eventSlot(other.binding, &dependsOnFact)
            }
            step.selector = try self.selector(selector)
            step.residuals = try residuals(selector)
        case .either(let names):
            step.kind = .either
            let slots = try names.map { try eventSlot($0, &dependsOnFact) }
            step.alternatives = append(slots, to: \.alternatives)
        }
        step.includesStart = binding.window.includesStart
        step.includesEnd = binding.window.includesEnd
        step.isStartOptional = binding.isStartOptional
        step.within = binding.window.withinMilliseconds ?? -1
        if dependsOnFact {
            factDependent.insert(name)
            factSteps.append(step)
        } else {
            caseSteps.append(step)
        }
        slots[name] = step.slot
        visiting.remove(name)
        return step.slot
    }

    /// A slot for an event that no step finds.
    mutating func addSlot(of name: String) throws -> Int32 {
        guard slots[name] == nil, bindings[name] == nil else {
            throw fault("\"\(name)\" is the last event of a round, and something else")
        }
        slots[name] = slotCount
        factDependent.insert(name)
        slotCount += 1
        return slotCount - 1
    }

    private mutating func eventSlot(_ name: String?, _ dependsOnFact: inout Bool) throws -> Int32 {
        guard let name else { return -1 }
        if case .count = bindings[name]?.kind {
            throw fault("\"\(name)\" counts; it has no event to look from")
        }
        let slot = try self.slot(name)
        if case .each = definition.fact, name == "fact" { dependsOnFact = true }
        if factDependent.contains(name) { dependsOnFact = true }
        return slot
    }

    /// The slot of a binding that has an event.
    mutating func eventSlot(_ name: String) throws -> Int32 {
        var dependsOnFact = false
        return try eventSlot(name, &dependsOnFact)
    }

    /// Whether a binding counts.
    func counts(_ name: String) -> Bool {
        if case .count = bindings[name]?.kind { return true }
        return false
    }

    /// The types an event of a binding may have.
    func types(of name: String) throws -> [UInt16] {
        if name == "fact" || (name == Rounds.last && definition.rounds != nil) {
            switch definition.fact {
            case .one(let binding): return try types(of: binding)
            case .each(let selector): return try ids(selector.types)
            case .stock, .stay:
                throw fault("a stock has no single fact event that \"fact\" could name")
            }
        }
        guard let binding = bindings[name] else { throw fault("there is no binding \"\(name)\"") }
        switch binding.kind {
        case .first(let selector), .last(let selector), .count(let selector):
            return try ids(selector.types)
        case .either(let names):
            return Array(Set(try names.flatMap { try types(of: $0) })).sorted()
        }
    }

    func ids(_ types: [String]) throws -> [UInt16] {
        Array(
            Set(
                try types.map { type in
                    guard type != "event.voided" else {
                        throw fault("event.voided takes events out; no projection sees it")
                    }
                    guard let id = plan.context.types.id(of: type) else {
                        throw fault("there is no event type \"\(type)\"")
                    }
                    return id
                })
        ).sorted()
    }
}

extension Condition {
    /// Whether it asks for a value in force at the fact.
    var readsLatest: Bool {
        switch self {
        case .latest: true
        case .any(let lists): lists.contains { $0.contains { $0.readsLatest } }
        default: false
        }
    }
}
