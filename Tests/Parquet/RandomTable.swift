import Parquet

/// Numbers that follow from a seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// A table of random columns and values, of every type that is written.
struct RandomTable {
    var columns: [ParquetColumn] = []
    var rows: [[ParquetValue]] = []

    static let types: [ParquetType] = [
        .boolean, .integer(bits: 64, isSigned: true), .text, .date,
        .decimal(precision: 1, scale: 0), .decimal(precision: 18, scale: 6),
        .decimal(precision: 19, scale: 19), .decimal(precision: 38, scale: 10),
        .timestamp(.milliseconds, isAdjustedToUTC: true),
        .timestamp(.microseconds, isAdjustedToUTC: true),
        .timestamp(.microseconds, isAdjustedToUTC: false),
        .timestamp(.nanoseconds, isAdjustedToUTC: false),
    ]

    /// - Parameters:
    ///   - rowCount: how many rows.
    ///   - types: one column of each; nil for some of any.
    init(seed: Int, rowCount: Int, types: [ParquetType]? = nil) {
        var random = SeededNumbers(seed)
        let types =
            types
            ?? (0..<Int.random(in: 1...6, using: &random)).map { _ in
                RandomTable.types.randomElement(using: &random)!
            }
        var habits: [(distinct: Int, nulls: Double)] = []
        for (place, type) in types.enumerated() {
            let isOptional = Bool.random(using: &random)
            columns.append(ParquetColumn("c\(place) é", type, isOptional: isOptional))
            habits.append(
                (
                    [1, 2, 40, Int.max].randomElement(using: &random)!,
                    isOptional ? [0, 0.02, 0.5, 0.98, 1].randomElement(using: &random)! : -1
                ))
        }
        for row in 0..<rowCount {
            rows.append(
                columns.indices.map { place in
                    if Double.random(in: 0..<1, using: &random) < habits[place].nulls {
                        return .null
                    }
                    // One of a few values, of which runs come.
                    let distinct = habits[place].distinct
                    guard distinct < Int.max,
                        !Int.random(in: 0..<20, using: &random).isMultiple(of: 20)
                    else { return RandomTable.value(columns[place].type, &random) }
                    var own = SeededNumbers(place * 1000 + row / 30 % distinct)
                    return RandomTable.value(columns[place].type, &own)
                })
        }
    }

    private static func value(
        _ type: ParquetType, _ random: inout SeededNumbers
    ) -> ParquetValue {
        switch type {
        case .boolean: return .boolean(Bool.random(using: &random))
        case .date: return .integer(Int128(Int32.random(in: -700_000...2_900_000, using: &random)))
        case .decimal(let precision, let scale):
            var digits = Int128(0)
            for _ in 0..<Int.random(in: 1...precision, using: &random) {
                digits = digits * 10 + Int128(Int.random(in: 0...9, using: &random))
            }
            return .decimal(
                ParquetDecimal(Bool.random(using: &random) ? digits : -digits, scale: scale))
        case .text:
            let length = [0, 1, 7, 30, 200].randomElement(using: &random)!
            let letters = Array("abcXYZ 0189,\"\n\u{0}éÜ日😀")
            return .text(
                String((0..<length).map { _ in letters.randomElement(using: &random)! }))
        case .timestamp(let unit, _) where unit != .nanoseconds:
            // Of the years 1 to 9999.
            let seconds = Int.random(in: -62_135_596_800..<253_402_300_800, using: &random)
            let part = Int.random(in: 0..<unit.perSecond, using: &random)
            return .integer(Int128(seconds * unit.perSecond + part))
        default:
            let wide = Int64.random(in: -.max ... .max, using: &random)
            return .integer(Int128(wide >> Int64.random(in: 0...60, using: &random)))
        }
    }

    /// The file of the table.
    func file(_ sizes: ParquetWriter.Sizes = .init()) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try ParquetWriter(
            columns, metadata: [("unit", "seconds"), ("empty", "")],
            createdBy: "rekam version 1.0.0", sizes: sizes
        ) { span in
            for index in span.indices { bytes.append(span[index]) }
        }
        for row in rows { try writer.append(row) }
        try writer.finish()
        return bytes
    }
}

/// All rows of a file, of some columns or all.
func rows(_ file: [UInt8], of columns: [Int]? = nil) throws -> [[ParquetValue]] {
    let reader = try ParquetReader(file)
    let cursor = try reader.rows(of: columns ?? Array(reader.columns.indices))
    var rows: [[ParquetValue]] = []
    while try cursor.next() { rows.append(cursor.values) }
    return rows
}
