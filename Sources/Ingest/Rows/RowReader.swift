public import EventModel

/// Gives the rows of an input one after the other, whatever they stand in: lines of CSV, or what a
/// mapping's paths find in JSON.
///
/// A row that can't be read costs that row alone.
protocol RowReader: AnyObject {
    /// The row last read.
    var row: InputRow { get }
    /// What a file of refused rows takes for the one last found, so that it can be read again.
    var rawRow: ArraySlice<UInt8> { get }
    /// What a file of refused rows begins with.
    var rawHeader: [UInt8] { get }
    /// Where a column of the mapping stands in each row; nil where the input has none of the name.
    func place(of column: String) -> Int?
    /// What is to be said where there is no such column; nil where an input need not have all.
    ///
    /// - Parameter mapping: the name of the mapping that reads it.
    func mismatch(lacking column: String, of mapping: String) -> String?
    /// Reads the next row.
    ///
    /// - Throws: what the source throws, and `InputFault` where no row can be read from here on.
    func next() throws -> RowItem
    /// Columns that no row had, though the mapping reads them, once all rows were read.
    var unseenColumns: [String] { get }
}

extension RowReader {
    /// Where the columns of one name stand, which a table may have several of.
    func places(ofAll column: String) -> [Int] {
        TableHeader.places(ofAll: column) { place(of: $0) }
    }
}

/// What a reader of rows found.
public enum RowItem: Sendable {
    /// A row.
    case row
    /// Something that is no row, but stands where one should.
    case rejected(Rejection)
    /// The end of the input.
    case end
}
