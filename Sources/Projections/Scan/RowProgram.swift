package import EventModel

/// A column of a type that a plan reads.
package struct ColumnUse: Hashable, Sendable {
    /// The type's id in the log, and the field's place among its columns.
    package var type: UInt16
    package var column: Int
    package var kind: ColumnKind
}

/// How one column takes part in a row's mask: the bits that its value leaves standing.
package struct MaskStep: BitwiseCopyable, Sendable {
    package enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// An enumeration or boolean: a table of 256 masks, by code.
        case codes
        /// A name: masks for absent, nobody and any other name, then some names' own.
        case names
        /// An integer or day: checks, one after another.
        case integers
    }
    package var operation: Operation
    /// Which of the plan's columns.
    package var use: Int32
    /// First entry in the table, names or checks; and how many.
    package var start: Int32
    package var count: Int32
    /// For names.
    package var absent: UInt64 = 0
    package var nobody: UInt64 = 0
    package var other: UInt64 = 0
}

/// The mask of one name.
package struct NameMask: BitwiseCopyable, Sendable {
    package var name: UInt32
    package var mask: UInt64
}

/// One selector's test of an integer: clears `bit` unless the value passes.
package struct IntegerCheck: BitwiseCopyable, Sendable {
    package var bit: UInt64
    /// Passes within one of these bounds (or, negated, in none); absent as `absentPasses`.
    package var start: Int32
    package var count: Int32
    package var isNegated: Bool
    package var absentPasses: Bool
}

/// Bounds of an integer, both inclusive.
package struct Bounds: BitwiseCopyable, Hashable, Sendable {
    package var minimum: Int64
    package var maximum: Int64
}

/// A column whose value goes with the row: one word (a name or code) or two (an integer).
package struct PayloadStep: BitwiseCopyable, Sendable {
    package var use: Int32
    package var kind: UInt8
    /// What an event without a value reads as; the column's own mark of absence where nothing does.
    package var absent: Int64
}

/// What a plan does with a row of one type.
package struct TypeProgram: Sendable {
    package var type: UInt16
    /// Bits of selectors that hold unless a column says no.
    package var base: UInt64
    package var masks: [MaskStep]
    package var payload: [PayloadStep]
    /// Where its rows stand among those of one instant: see `EventSchema.rank`.
    package var rank: UInt8
    /// The column whose words have ranks of their own, -1 for none, and their start in `codeRanks`.
    package var rankUse: Int32 = -1
    package var ranksStart: Int32 = 0
}

/// A type that a plan does not read: where its rows stand all the same, since others wait for them.
package struct UnreadType: Sendable {
    package var type: UInt16
    package var rank: UInt8
    /// As in `TypeProgram`, the column's place among the type's own.
    package var rankColumn: Int = -1
    package var ranksStart: Int = 0
}

/// All programs of a plan as flat tables.
package struct RowTables: Sendable {
    package var programs: [TypeProgram] = []
    package var unread: [UnreadType] = []
    package var uses: [ColumnUse] = []
    package var codeMasks: [UInt64] = []
    package var nameMasks: [NameMask] = []
    package var integerChecks: [IntegerCheck] = []
    package var bounds: [Bounds] = []
    /// 256 ranks, by code, for each column that gives ranks.
    package var codeRanks: [UInt8] = []

    package init() {}
}
