/// Why a Parquet file can't be read, as a clause that reads after the file's name.
package enum ParquetFault: Error, Hashable, Sendable {
    /// It does not begin or end as a Parquet file does.
    case notParquet
    /// It, or a column that is read, is encrypted.
    case encrypted
    /// What its end says of its columns and where they stand does not hold together: why.
    case damagedFooter(String)
    /// A page does not hold what it says: of which column, in which group of rows (from 1), and why.
    case damagedPage(column: String, rowGroup: Int, String)
    /// A column has a kind, an encoding or a compression that is not read, by its name in the format.
    case unsupported(column: String, String)
    /// Something is larger than what is read; the limit in bytes.
    case tooLarge(String, limit: Int)
}

extension ParquetFault: CustomStringConvertible {
    package var description: String {
        let again = "Get it again from where it came."
        switch self {
        case .notParquet:
            return
                "is no whole Parquet file: its list of columns, at its end, is not there. \(again)"
        case .encrypted: return "is encrypted. Write it without encryption."
        case .damagedFooter(let problem):
            return "is damaged: its list of columns, at its end, \(problem). \(again)"
        case .damagedPage(let column, let rowGroup, let problem):
            return
                "is damaged: column \"\(column)\" \(problem), in group of rows \(rowGroup). \(again)"
        case .unsupported(let column, let what):
            return "has a column \"\(column)\" that is \(what), which is not read."
        case .tooLarge(let what, let limit):
            return "holds \(what) larger than the \(limit >> 20) MiB that are read."
        }
    }
}
