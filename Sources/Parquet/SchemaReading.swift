/// Reads the tree of a file's columns (`SchemaElement`s, depth first), as far as it is flat: each column
/// stands under the root.
struct SchemaReading {
    private(set) var columns: [ParquetColumn] = []
    /// How many columns hold values, those within lists and groups included.
    private(set) var leafCount = 0

    /// - Parameter count: how many elements follow.
    init(_ thrift: inout ThriftReader, count: Int) throws {
        guard count > 0 else { throw ThriftFault.damaged }
        /// Of each group that is open, how many elements are still to come.
        var open: [Int] = []
        for place in 0..<count {
            let element = try SchemaElement(&thrift)
            guard place > 0 else {
                open.append(element.childCount ?? 0)
                continue
            }
            while open.count > 1, open[open.count - 1] == 0 { open.removeLast() }
            guard open[open.count - 1] > 0 else { throw ThriftFault.damaged }
            open[open.count - 1] -= 1
            if open.count == 1 { columns.append(try element.column(leaf: leafCount)) }
            if element.physical == nil {
                open.append(element.childCount ?? 0)
            } else {
                leafCount += 1
            }
        }
        guard open.allSatisfy({ $0 == 0 }) else {
            throw ParquetFault.damagedFooter("lacks some columns")
        }
    }
}

/// What is said of the values of a column beside how they are stored (`LogicalType` and the older
/// `ConvertedType`).
private enum Annotation: Hashable {
    case text
    case list, map
    case decimal(scale: Int, precision: Int)
    case date
    case time(ParquetUnit, isAdjustedToUTC: Bool)
    case timestamp(ParquetUnit, isAdjustedToUTC: Bool)
    case integer(bits: Int, isSigned: Bool)
    case uuid
    /// A column of which no value is known.
    case unknown
    /// One that is not read, by its name.
    case other(String)
}

/// A column, or a group of columns.
private struct SchemaElement {
    private(set) var physical: Int?
    private(set) var childCount: Int?
    private var length = 0
    private var repetition = 0
    private var name = ""
    private var converted: Int?
    private var scale: Int?
    private var precision: Int?
    private var logical: Annotation?
    /// The number of a field that is not known: it may change what all others mean.
    private var unknown: Int?

    init(_ thrift: inout ThriftReader) throws {
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1: physical = try thrift.count(field)
            case 2: length = try thrift.count(field)
            case 3: repetition = try thrift.count(field)
            case 4: name = try thrift.text(field)
            case 5: childCount = try thrift.count(field)
            case 6: converted = try thrift.count(field)
            case 7: scale = try thrift.count(field)
            case 8: precision = try thrift.count(field)
            case 10:
                try thrift.structure(field)
                logical = try SchemaElement.logicalType(&thrift)
            default:
                // The ninth numbers columns, for those who rename them.
                if field.id != 9 { unknown = field.id }
                try thrift.skip(field)
            }
        }
        // Some writers say of a column with values that it has none below it.
        if childCount == 0 { childCount = nil }
        guard physical == nil || childCount == nil else { throw ThriftFault.damaged }
    }

    /// A union: one field, which says which it is.
    private static func logicalType(
        _ thrift: inout ThriftReader
    ) throws(ThriftFault) -> Annotation? {
        var found: Annotation?
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 5, 7, 8, 10:
                try thrift.structure(field)
                found = try parameters(&thrift, of: field.id)
                continue
            case 1, 4, 12: found = .text
            case 2: found = .map
            case 3, 19: found = .list
            case 6: found = .date
            case 11: found = .unknown
            case 14: found = .uuid
            case 13: found = .other("BSON")
            case 15: found = .other("a number of 16 bits (FLOAT16)")
            case 16: found = .other("a VARIANT")
            case 17: found = .other("GEOMETRY")
            case 18: found = .other("GEOGRAPHY")
            default: found = .other("of an unknown kind (logical type \(field.id))")
            }
            try thrift.skip(field)
        }
        return found
    }

    /// The fields of a decimal (5), time (7), timestamp (8) or integer (10).
    private static func parameters(
        _ thrift: inout ThriftReader, of type: Int
    ) throws(ThriftFault) -> Annotation {
        var numbers = [0, 0]
        var flag: Bool?
        var unit: ParquetUnit?
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch (type, field.id) {
            case (5, 1), (5, 2), (10, 1): numbers[field.id - 1] = try thrift.count(field)
            case (7, 1), (8, 1), (10, 2): flag = try thrift.boolean(field)
            case (7, 2), (8, 2):
                try thrift.structure(field)
                var inner = 0
                while let part = try thrift.field(after: &inner) {
                    let units: [ParquetUnit] = [.milliseconds, .microseconds, .nanoseconds]
                    guard (1...3).contains(part.id) else { throw .damaged }
                    unit = units[part.id - 1]
                    try thrift.skip(part)
                }
            default: try thrift.skip(field)
            }
        }
        switch (type, flag, unit) {
        case (5, _, _): return .decimal(scale: numbers[0], precision: numbers[1])
        case (7, let isAdjusted?, let unit?): return .time(unit, isAdjustedToUTC: isAdjusted)
        case (8, let isAdjusted?, let unit?): return .timestamp(unit, isAdjustedToUTC: isAdjusted)
        case (10, let isSigned?, _): return .integer(bits: numbers[0], isSigned: isSigned)
        default: throw .damaged
        }
    }

    /// What the older annotation says.
    private var convertedType: Annotation? {
        guard let converted else { return nil }
        switch converted {
        case 0, 4, 19: return .text
        case 1, 2: return .map
        case 3: return .list
        case 5: return .decimal(scale: scale ?? 0, precision: precision ?? 0)
        case 6: return .date
        case 7: return .time(.milliseconds, isAdjustedToUTC: true)
        case 8: return .time(.microseconds, isAdjustedToUTC: true)
        case 9: return .timestamp(.milliseconds, isAdjustedToUTC: true)
        case 10: return .timestamp(.microseconds, isAdjustedToUTC: true)
        case 11...14: return .integer(bits: 8 << (converted - 11), isSigned: false)
        case 15...18: return .integer(bits: 8 << (converted - 15), isSigned: true)
        case 20: return .other("BSON")
        case 21: return .other("a length of time (INTERVAL)")
        default: return .other("of an unknown kind (converted type \(converted))")
        }
    }

    /// What is said of the values, by both annotations where both are there.
    private func annotation() throws -> Annotation? {
        guard let logical else { return convertedType }
        guard let older = convertedType else { return logical }
        let agree =
            switch (logical, older) {
            // The older one can't say whether it is adjusted.
            case (.time(let unit, _), .time(let other, _)),
                (.timestamp(let unit, _), .timestamp(let other, _)):
                unit == other
            default: logical == older
            }
        guard agree else {
            throw ParquetFault.damagedFooter("says two things of column \"\(name)\"")
        }
        return logical
    }

    /// A column that stands under the root.
    func column(leaf: Int) throws -> ParquetColumn {
        var column = ParquetColumn(
            found: name, .unsupported(""), isOptional: repetition == 1, leaf: leaf)
        let annotation = try annotation()
        guard let number = physical else {
            let kind =
                switch annotation {
                case .list: "a list (LIST)"
                case .map: "a map (MAP)"
                case .other(let words): words
                default: repetition == 2 ? "a list of groups" : "a group of columns"
                }
            column.type = .unsupported(kind)
            return column
        }
        guard let physical = PhysicalType(rawValue: number) else {
            throw ParquetFault.damagedFooter("says of column \"\(name)\" what is no type")
        }
        column.physical = physical
        column.length = length
        if repetition > 1 {
            column.type = .unsupported("a list")
        } else if let unknown {
            column.type = .unsupported("of an unknown kind (field \(unknown))")
        } else if physical == .fixedLengthByteArray, !(1...1 << 20).contains(length) {
            throw ParquetFault.damagedFooter("says of column \"\(name)\" no length of its values")
        } else {
            column.type = type(physical, annotation)
        }
        return column
    }

    private func type(_ physical: PhysicalType, _ annotation: Annotation?) -> ParquetType {
        switch (physical, annotation) {
        case (.boolean, nil): return .boolean
        case (.int32, nil): return .integer(bits: 32, isSigned: true)
        case (.int64, nil): return .integer(bits: 64, isSigned: true)
        case (.int96, nil): return .timestamp(.nanoseconds, isAdjustedToUTC: false)
        case (.float, nil): return .float
        case (.double, nil): return .double
        case (.byteArray, nil), (.fixedLengthByteArray, nil): return .bytes
        case (.int32, .integer(let bits, let isSigned)) where [8, 16, 32].contains(bits):
            return .integer(bits: bits, isSigned: isSigned)
        case (.int64, .integer(64, let isSigned)):
            return .integer(bits: 64, isSigned: isSigned)
        case (.int32, .decimal(let scale, let precision)),
            (.int64, .decimal(let scale, let precision)),
            (.byteArray, .decimal(let scale, let precision)),
            (.fixedLengthByteArray, .decimal(let scale, let precision)):
            guard (1...ParquetType.mostDigits).contains(precision), scale <= precision else {
                return .unsupported("a number of \(precision) digits, \(scale) behind the point")
            }
            return .decimal(precision: precision, scale: scale)
        case (.int32, .date): return .date
        case (.int32, .time(.milliseconds, let isAdjusted)):
            return .time(.milliseconds, isAdjustedToUTC: isAdjusted)
        case (.int64, .time(let unit, let isAdjusted)) where unit != .milliseconds:
            return .time(unit, isAdjustedToUTC: isAdjusted)
        case (.int64, .timestamp(let unit, let isAdjusted)):
            return .timestamp(unit, isAdjustedToUTC: isAdjusted)
        case (.byteArray, .text): return .text
        case (.fixedLengthByteArray, .uuid) where length == 16: return .uuid
        case (_, .unknown): return type(physical, nil)
        case (_, .other(let words)?): return .unsupported(words)
        default: return .unsupported("\(physical.name) of a kind that it can't hold")
        }
    }
}
