import Definitions
import EventLog
import EventModel
import Projections

/// Runs the examples of definitions, in a folder of the machine's temporary one.
enum ExampleCheck {
    /// Runs all; says how many hold.
    ///
    /// - Throws: `Failure` with everything that differed.
    static func run(_ definitions: [ProjectionDefinition], _ context: BuildContext) throws -> Int {
        var held = 0
        var messages: [String] = []
        for definition in definitions where !definition.examples.isEmpty {
            let faults = try Machine.scratch(for: "example").use { folder in
                try ExampleRun(definition, context: context, folder: folder).faults()
            }
            messages += faults.map(\.description)
            held += definition.examples.count
        }
        guard messages.isEmpty else { throw Failure(.refused, messages: messages) }
        return held
    }
}
