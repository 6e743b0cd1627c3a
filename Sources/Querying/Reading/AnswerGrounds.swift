import Definitions
import EventLog
import EventModel
import Projections

extension QueryContext {
    /// Completes what an answer rests on: the digests of the definitions that it used, as the log has
    /// them, the versions of the event types that its projections read, and the rules of evaluation.
    ///
    /// - Complexity: O(changes of definitions) for each.
    static func groundsGiven(
        _ register: DefinitionRegister, _ library: DefinitionLibrary, _ types: EventTypes
    ) -> (_ basis: inout AnswerBasis, _ used: [(name: String, version: Int)]) throws -> Void {
        { basis, used in
            basis.evaluation = EvaluationVersion.current
            let calendars = basis.calendars.map {
                (name: "calendar/" + $0.name, version: $0.version)
            }
            for (path, version) in used + calendars {
                let (kind, name) = (path.prefix { $0 != "/" }, path.drop { $0 != "/" }.dropFirst())
                basis.digests[path] =
                    register.definition(String(kind), String(name), version)?.digest
                guard kind == "projection" else { continue }
                for (type, _) in try library.projection(String(name))?.reads ?? [] {
                    basis.eventTypes[type] = types[type]?.version
                }
            }
        }
    }
}
