import EventModel

extension PlanBuilder {
    /// Whether several rows of a type may be one update: it says more than one state.
    private func isMerging(_ schema: EventSchema) -> Bool {
        schema.columns.count { $0.isState } > 1
    }

    /// Has rows of a type say whether they repeat what was so, where it says states.
    ///
    /// - Returns: the types that say so, too, or end it; the type itself among them.
    mutating func tell(_ type: UInt16) -> [UInt16] {
        let schema = context.types.schemas[Int(type)]
        let states = schema.columns.filter(\.isState)
        guard !states.isEmpty else { return [] }
        telling.insert(type)
        var types: Set<UInt16> = [type]
        for state in states {
            let setters = setters(of: state.name, type)
            _ = field(state.name, of: setters)
            types.formUnion(setters)
            guard let place = PlanBuilder.place(of: state.name) else { continue }
            let enders = self.setters(of: place, type)
            _ = field(place, of: enders)
            types.formUnion(enders)
        }
        return types.sorted()
    }

    /// Has rows of a type that are one update be one, where several may be.
    ///
    /// - Parameter isTold: whether rows of the type are asked whether they repeat what was so.
    /// - Returns: whether several may be.
    mutating func join(_ type: UInt16, isTold: Bool) -> Bool {
        let schema = context.types.schemas[Int(type)]
        guard isMerging(schema) else { return false }
        if isScanning, !isTold {
            watched.insert(type)
            return true
        }
        merging.insert(type)
        for state in schema.columns where state.isState { _ = field(state.name, of: [type]) }
        for actor in actors(schema) { _ = field(actor, of: [type]) }
        return true
    }

    /// What rows of a case say beside each other, as its tables have it.
    func caseRules(_ numbers: [UInt16: Int]) -> CaseRules {
        var rules = CaseRules()
        func set(_ types: some Sequence<UInt16>) -> UInt64 {
            types.reduce(0) { set, type in numbers[type].map { set | 1 << UInt64($0) } ?? set }
        }
        rules.openings = set(openings)
        rules.tolerance = tolerance
        rules.telling = set(telling)
        rules.merging = set(merging)
        rules.watched = set(watched.subtracting(merging))
        for (place, key) in selectors.enumerated() where key.isFinder {
            for type in key.types {
                if let number = numbers[type] {
                    rules.finders[number] |= codes.selectors[place].bit
                }
            }
        }
        var settings = [[StateSetting]](repeating: [], count: 64)
        let states = states()
        for (index, state) in states.enumerated() {
            for (type, effect) in state.effects.sorted(by: { $0.key < $1.key }) {
                let name = effect == .ends ? PlanBuilder.place(of: state.field) ?? "" : state.field
                let about = states.firstIndex { $0.field == name && $0.effects[type] != nil }
                guard let number = numbers[type], let field = fieldPlaces[name] else { continue }
                let place = codes.payloadPlaces[Int(field) * 64 + number]
                guard place >= 0 else { continue }
                let schema = context.types.schemas[Int(type)]
                let column = schema.columnIndex(of: name).flatMap { schema.columns[$0].column }
                settings[number].append(
                    StateSetting(
                        state: Int32(index), place: place, effect: effect,
                        about: Int32(about ?? index), isName: column == .name))
            }
        }
        rules.stateCount = states.count
        for number in settings.indices {
            let (ending, others) = (
                settings[number].filter { $0.effect == .ends },
                settings[number].filter { $0.effect != .ends }
            )
            settings[number] = ending + others
            rules.settingsOfType[number] = RangeCode(
                start: Int32(rules.settings.count), count: Int32(settings[number].count))
            rules.settings += settings[number]
        }
        for type in merging.sorted() {
            guard let number = numbers[type] else { continue }
            let schema = context.types.schemas[Int(type)]
            rules.toldOfType[number] = places(
                of: schema.columns.filter(\.isState).map(\.name), number, in: &rules)
            rules.actorsOfType[number] = places(of: actors(schema), number, in: &rules)
        }
        return rules
    }

    /// Where the values of some fields stand in the payload of a type's rows.
    private func places(
        of names: [String], _ number: Int, in rules: inout CaseRules
    ) -> RangeCode {
        let start = rules.places.count
        for name in names {
            guard let field = fieldPlaces[name] else { continue }
            rules.places.append(codes.payloadPlaces[Int(field) * 64 + number])
        }
        return RangeCode(start: Int32(start), count: Int32(rules.places.count - start))
    }

    /// A state of a case, and what events of each type do to it.
    private struct State {
        var field: String
        var effects: [UInt16: StateSetting.Effect]
    }

    private func states() -> [State] {
        var states: [State] = []
        // Two types of one case that say the same state say it of each other.
        func add(_ field: String, _ effects: [UInt16: StateSetting.Effect], by setters: [UInt16]) {
            let known = states.firstIndex {
                $0.field == field && !Set($0.effects.keys).isDisjoint(with: setters)
            }
            if let known {
                states[known].effects.merge(effects) { $0 == .tells ? $0 : $1 }
            } else {
                states.append(State(field: field, effects: effects))
            }
        }
        for type in telling.sorted() {
            for column in context.types.schemas[Int(type)].columns where column.isState {
                let setters = setters(of: column.name, type)
                var effects: [UInt16: StateSetting.Effect] = [:]
                if let place = PlanBuilder.place(of: column.name) {
                    let enders = self.setters(of: place, type)
                    for ender in enders { effects[ender] = .ends }
                    add(place, enders.reduce(into: [:]) { $0[$1] = .sets }, by: enders)
                }
                for setter in setters { effects[setter] = .sets }
                effects[type] = .tells
                add(column.name, effects, by: setters)
            }
        }
        return states
    }

    /// The types that say what a field is in cases that a type's events are of.
    private func setters(of field: String, _ type: UInt16) -> [UInt16] {
        let kinds = context.types.schemas[Int(type)].subjectKinds
        let names = Set(context.types.types(setting: field, ofKinds: kinds).map(\.type))
        return context.types.schemas.indices.filter {
            $0 == Int(type) || names.contains(context.types.schemas[$0].type)
        }.map { UInt16($0) }
    }

    /// What a state is about that says where something went: `team` of `to_team`.
    private static func place(of state: String) -> String? {
        state.hasPrefix("to_") ? String(state.dropFirst(3)) : nil
    }

    /// The fields of who made an update.
    private func actors(_ schema: EventSchema) -> [String] {
        schema.columns.map(\.name).filter { $0 == "by" || $0 == "actor" }
    }

    /// The rank of an event by the code of a column.
    func codeRanks(_ schema: EventSchema, _ column: Int) -> [UInt8] {
        let field = schema.columns[column]
        let absent = value(schema.defaultValue(ofColumn: column), of: field)
        return (0..<256).map { code in
            let read = code == 0 ? Int(absent) : code
            return UInt8(
                read > 0 && read <= field.ranks.count ? field.ranks[read - 1] : schema.rank)
        }
    }
}
