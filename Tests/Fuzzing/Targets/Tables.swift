import Parquet

extension FuzzTarget {
    /// Files of columns.
    static let tables: [FuzzTarget] = [
        FuzzTarget(
            "parquet", cost: 2, seeds: { try [parquet(rows: 0), parquet(rows: 40)] },
            read: readParquet)
    ]

    private static let columns = [
        ParquetColumn("flag", .boolean, isOptional: true),
        ParquetColumn("count", .integer(bits: 64, isSigned: true)),
        ParquetColumn("price", .decimal(precision: 18, scale: 2), isOptional: true),
        ParquetColumn("sum", .decimal(precision: 38, scale: 6)),
        ParquetColumn("note", .text, isOptional: true), ParquetColumn("day", .date),
        ParquetColumn("at", .timestamp(.microseconds, isAdjustedToUTC: true)),
    ]

    private static func parquet(rows: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var sizes = ParquetWriter.Sizes()
        sizes.groupRows = 25
        sizes.pageRows = 10
        let writer = try ParquetWriter(
            columns, metadata: [("unit", "seconds")], createdBy: "fuzz", sizes: sizes
        ) { span in
            for index in span.indices { bytes.append(span[index]) }
        }
        for row in 0..<rows {
            try writer.append([
                row % 3 == 0 ? .null : .boolean(row % 2 == 0), .integer(Int128(row) << 40),
                row % 7 == 0 ? .null : .decimal(ParquetDecimal(Int128(-row * 125), scale: 2)),
                .decimal(ParquetDecimal(Int128(row) << 90, scale: 6)),
                row % 5 == 0 ? .null : .text("note \(row % 4)"), .integer(Int128(20_000 + row)),
                .integer(1_752_480_720_000_000 + Int128(row)),
            ])
        }
        try writer.finish()
        return bytes
    }

    /// Each column by itself, so that a fault in one hides none in others, and all together: as many rows, of
    /// values that are of their column's type.
    @Sendable private static func readParquet(_ input: [UInt8]) -> Bool {
        do {
            let reader = try ParquetReader(input)
            let places = Array(reader.columns.indices.prefix(40))
            var isSound = true
            for wanted in places.map({ [$0] }) + [places] {
                do {
                    let cursor = try reader.rows(of: wanted)
                    var count = 0
                    // A page of a few bytes may hold millions of equal values.
                    while count < 2000, try cursor.next() {
                        count += 1
                        for (value, place) in zip(cursor.values, wanted) {
                            check(value, reader.columns[place])
                        }
                    }
                    precondition(count == min(2000, reader.rowCount), "rows got lost")
                } catch let fault as ParquetFault {
                    precondition(!fault.description.isEmpty)
                    isSound = false
                }
            }
            return isSound
        } catch {
            precondition(error is ParquetFault, "refused by \(error)")
            return false
        }
    }

    private static func check(_ value: ParquetValue, _ column: ParquetColumn) {
        switch (value, column.type) {
        case (.null, _): precondition(column.isOptional, "a null where none can be")
        case (.boolean, .boolean), (.float, .float), (.double, .double), (.bytes, .text),
            (.bytes, .bytes), (.integer, .date), (.integer, .time), (.integer, .timestamp):
            break
        case (.bytes(let bytes), .uuid): precondition(bytes.count == 16)
        case (.integer(let number), .integer(_, let isSigned)):
            precondition(isSigned || number >= 0, "a number below nought")
        case (.decimal(let number), .decimal(_, let scale)):
            precondition(number.scale == scale && number.text().count <= 80)
        default: preconditionFailure("\(value) is none of \(column.type)")
        }
    }
}
