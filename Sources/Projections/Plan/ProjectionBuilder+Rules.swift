import Definitions
import EventModel

extension ProjectionBuilder {
    /// Has the plan keep the rows by which events mean something beside each other: what opens its
    /// cases, and what says the states that events it looks for may repeat.
    ///
    /// A projection's own, whatever else is in its pass: its facts don't depend on others.
    mutating func addRules() {
        for (id, schema) in plan.context.types.schemas.enumerated()
        where schema.opensCase
            && schema.subjectKinds.contains(where: definition.subjectKinds.contains)
        {
            plan.openings.insert(UInt16(id))
            keep([UInt16(id)])
        }
        var telling: Set<UInt16> = []
        for type in finderTypes.sorted() { telling.formUnion(plan.tell(type)) }
        keep(telling.sorted())
        // What is so is read from updates as well: all that it looks at are joined.
        let read = Set(looked.union(ruled).flatMap { plan.selectors[Int($0)].types })
        for type in read.sorted() where plan.join(type, isTold: telling.contains(type)) {
            keep([type])
        }
    }

    private mutating func keep(_ types: [UInt16]) {
        for type in types { ruled.insert(plan.selector(SelectorKey(types: [type], checks: []))) }
    }
}
