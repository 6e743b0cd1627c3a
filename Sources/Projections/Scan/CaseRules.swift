import EventLog
import EventModel

/// What the rows of one case say beside each other, whatever a projection asks: which one opens it,
/// what repeats, and which are one update told in several rows.
///
/// `Schemas/EVENTS.md` says these rules; a plan has them for the types that its projections look for.
/// Types are the plan's numbers, sets of them 64 bits.
package struct CaseRules: Sendable {
    /// Types whose first event opens a case.
    package var openings: UInt64 = 0
    /// How long before its opening an event still counts as at it, in milliseconds.
    package var tolerance: Int64 = 0
    /// By type: the bits of selectors that look for something happening, which a repetition is not.
    package var finders = [UInt64](repeating: 0, count: 64)
    /// States that a case has.
    package var stateCount = 0
    /// What rows of each type set, those of one type together.
    package var settings: [StateSetting] = []
    package var settingsOfType = [RangeCode](repeating: RangeCode(), count: 64)
    /// Types that say states and that some projection looks for.
    package var telling: UInt64 = 0
    /// Types of which several rows may be one update.
    package var merging: UInt64 = 0
    /// Types of which several rows may be one update, not joined: where that could tell, `lacksRows`.
    package var watched: UInt64 = 0
    /// Of those that are joined, by type: where the states that its rows tell stand in the payload (as in
    /// `StateSetting`), and who made the update.
    package var places: [Int32] = []
    package var toldOfType = [RangeCode](repeating: RangeCode(), count: 64)
    package var actorsOfType = [RangeCode](repeating: RangeCode(), count: 64)

    package init() {}
}

/// A state that rows of a type set.
package struct StateSetting: BitwiseCopyable, Sendable {
    package enum Effect: UInt8, BitwiseCopyable, Sendable {
        /// Says what is so, and repeats where it was so.
        case tells
        /// Says what is so; whether it repeats is not asked.
        case sets
        /// Ends what another value was said of, where it changes what is so: a ticket that was assigned
        /// elsewhere can be escalated to the same team again.
        case ends
    }
    package var state: Int32
    /// Where its value stands: word in the row's payload × 2, plus 1 for an integer of two words.
    package var place: Int32
    package var effect: Effect
    /// Of what ends a state: the state that its value is of. It is set after what that ends.
    package var about: Int32
    /// Whether it is a name, of which "" (nobody) is like never said.
    package var isName: Bool
}

/// A plan's rules as the loops read them, and what they note of the case at hand.
///
/// Apart from `CaseRows`, which the searching loops lend all the time: the smaller that is, the better.
final class CaseRuleTables {
    let openings: UInt64
    let tolerance: Int64
    let telling: UInt64
    let merging: UInt64
    let watched: UInt64
    /// Types that set some state.
    let setting: UInt64
    let stateCount: Int
    let finders: Buffer<UInt64>
    let settings: Buffer<StateSetting>
    let settingsOfType: Buffer<RangeCode>
    let places: Buffer<Int32>
    let toldOfType: Buffer<RangeCode>
    let actorsOfType: Buffer<RangeCode>
    /// By type, of `merging`: its values' places in the payload; and by column, where it is.
    let columns: Buffer<PayloadColumn>
    let columnsOfType: Buffer<RangeCode>
    let wordsOfType: Buffer<Int32>
    let placeOfUse: Buffer<Int32>
    let masks: RowMasks
    /// What each state of the case is set to.
    let inForce: Buffer<Int64>
    /// The row of each type that others of one update join; -1 none.
    let leaders: Buffer<Int32>

    /// A value in a row's payload, and how it says that it is absent.
    struct PayloadColumn: BitwiseCopyable {
        /// As in `StateSetting`.
        var place: Int32
        var absent: Int64

        var word: UInt32 { UInt32(place >> 1) }
    }

    init(_ rules: CaseRules, _ tables: RowTables) {
        openings = rules.openings
        tolerance = rules.tolerance
        telling = rules.telling
        merging = rules.merging
        watched = rules.watched
        stateCount = rules.stateCount
        setting = rules.settingsOfType.indices.reduce(0) { set, type in
            rules.settingsOfType[type].count > 0 ? set | 1 << UInt64(type) : set
        }
        finders = Buffer(rules.finders)
        settings = Buffer(rules.settings)
        settingsOfType = Buffer(rules.settingsOfType)
        places = Buffer(rules.places)
        toldOfType = Buffer(rules.toldOfType)
        actorsOfType = Buffer(rules.actorsOfType)
        masks = RowMasks(tables)
        inForce = Buffer(repeating: .min, count: rules.stateCount)
        leaders = Buffer(repeating: -1, count: 64)
        var columns: [PayloadColumn] = []
        var words = [Int32](repeating: 0, count: 64)
        var ranges = [RangeCode](repeating: RangeCode(), count: 64)
        var places = [Int32](repeating: -1, count: tables.uses.count)
        for (type, program) in tables.programs.enumerated() {
            let start = columns.count
            var word: Int32 = 0
            for step in program.payload {
                let isWide = tables.uses[Int(step.use)].kind.width == 8
                let place = word * 2 + (isWide ? 1 : 0)
                columns.append(PayloadColumn(place: place, absent: step.absent))
                places[Int(step.use)] = place
                word += isWide ? 2 : 1
            }
            ranges[type] = RangeCode(start: Int32(start), count: Int32(columns.count - start))
            words[type] = word
        }
        self.columns = Buffer(columns)
        columnsOfType = Buffer(ranges)
        wordsOfType = Buffer(words)
        placeOfUse = Buffer(places)
    }

    /// Whether any rule asks anything of any row.
    var isActive: Bool { openings | telling | merging | watched != 0 }
}
