import Definitions
import EventModel
import Ingest
import Shipped

/// The shipped event types.
let shippedTypes: EventTypes = {
    guard let types = try? EventTypes.shipped(texts: Shipped.texts(in: "events")) else {
        preconditionFailure("the shipped schemas are faulty")
    }
    return types
}()

extension FuzzTarget {
    /// What analysts write.
    static let definitions: [FuzzTarget] = [
        FuzzTarget(
            "definition", seeds: { bytes(Shipped.texts(in: "catalogue").map(\.text)) },
            read: { input in
                let reader = DefinitionReader(types: shippedTypes)
                do throws(DefinitionFaults) {
                    for definition in try reader.read(text(input), file: "fuzz.yaml") {
                        precondition(!definition.explanation.isEmpty)
                    }
                } catch {
                    precondition(!error.faults.isEmpty, "refused without a word")
                    for fault in error.faults { precondition(fault.line >= 1, "\(fault)") }
                }
            }),
        FuzzTarget(
            "formula",
            seeds: {
                bytes([
                    "count(p)", "100 * (count(p.a) - count(p.b)) / count(p)", "p90(p.m)",
                    "sum(p.m[x=1, y=2]) / distinct(p.m)", "-(1.5 + 2) * mean(p.m)", "((((1))))",
                ])
            },
            read: { input in
                // As it stands between quotes in a definition.
                let quoted = text(input).unicodeScalars.map { scalar in
                    scalar == "\\" || scalar == "\"" ? "\\\(scalar)" : "\(scalar)"
                }.joined()
                let document =
                    "kpi: k\nversion: 1\ntitle: T\ngroup: operational\nunit: count\nbetter: lower\n"
                    + "value: \"\(quoted)\"\n"
                _ = try? DefinitionReader(types: shippedTypes).read(document, file: "fuzz.yaml")
            }),
        FuzzTarget(
            "mapping", seeds: { bytes(Shipped.texts(in: "mappings").map(\.text)) },
            read: { input in
                let surroundings = MappingSurroundings(types: shippedTypes, storeZone: .utc)
                do throws(DefinitionFaults) {
                    _ = try Mapping.read(text(input), file: "fuzz.yaml", in: surroundings)
                } catch {
                    precondition(!error.faults.isEmpty, "refused without a word")
                }
            }),
    ]
}
