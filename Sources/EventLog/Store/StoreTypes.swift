public import EventModel
import LMDB

/// The event types of an open store: those it was made with, and what its log registered since.
///
/// The log's state counts registrations, so that every transaction knows whether it has to look.
final class StoreTypes: Sendable {
    /// The types of one state of the log.
    struct State {
        /// Registrations that they hold.
        var count: UInt32
        var types: EventTypes
        var layout: TypeLayout
    }

    /// The types the store was made with.
    let base: EventTypes
    private let tables: LogTables
    private let newest: Guarded<State>

    init(base: EventTypes, tables: LogTables) {
        self.base = base
        self.tables = tables
        newest = Guarded(State(count: 0, types: base, layout: TypeLayout(base)))
    }

    /// The newest types that any transaction of this process has seen.
    var current: EventTypes { newest.withLock { $0.types } }

    /// The types as a transaction sees them.
    func state(
        of log: LogState, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> State {
        let known = newest.withLock { $0 }
        if known.count == log.schemaCount { return known }
        let register = try DefinitionRegister(
            tables: tables, upTo: log.entryCount, in: transaction)
        let types = base.registering(register)
        let state = State(count: log.schemaCount, types: types, layout: TypeLayout(types))
        newest.withLock { if $0.count < state.count { $0 = state } }
        return state
    }
}

extension EventTypes {
    /// These types with the types and versions that a register's first entries added, in their
    /// order. One that does not fit what is there adds nothing: `LogStore.register` lets none in.
    public func registering(_ register: DefinitionRegister) -> EventTypes {
        var types = self
        for change in register.changes
        where change.kind == "event_schema" && change.action == .registered {
            guard let schema = try? EventSchema(jsonSchema: change.body) else { continue }
            try? types.register(schema)
        }
        return types
    }
}
