/// Reads a Parquet file of flat columns (parquet-format, with parquet.thrift and Encodings.md).
///
///     let reader = try ParquetReader(source)
///     let rows = try reader.rows(of: reader.columns.indices.filter { … })
///     while try rows.next() { use(rows.values) }
///
/// Read are the encodings PLAIN, RLE, BIT_PACKED, PLAIN_DICTIONARY and RLE_DICTIONARY, pages of both
/// versions, not packed or by SNAPPY, GZIP or ZSTD. What else there is, nested columns and encrypted
/// files, is refused by name where a column that has it is asked for.
///
/// Whatever the bytes say, reading them ends with rows or a `ParquetFault`, in memory that the limits
/// bound: a list of columns of 64 MiB, pages of 256 MiB each and 384 MiB together.
package final class ParquetReader {
    /// The columns under the root, nested ones included, in the order of the file.
    package var columns: [ParquetColumn] { footer.columns }
    /// How many rows there are.
    package var rowCount: Int { footer.rowCount }
    /// What its writer added, in the order of the file.
    package var metadata: [(key: String, value: String)] { footer.metadata }

    private let source: any ParquetSource
    private let footer: FileFooter

    /// Opens a file.
    ///
    /// - Throws: `ParquetFault`, and what the source throws.
    /// - Complexity: O(columns · groups of rows).
    package init(_ source: any ParquetSource) throws {
        self.source = source
        footer = try FileFooter(of: source)
    }

    /// The rows from the first on, with the values of some columns.
    ///
    /// - Parameter columns: places in `columns`.
    /// - Throws: `unsupported` where one of them is not read.
    package func rows(of columns: [Int]) throws -> ParquetRowCursor {
        let wanted = columns.map { self.columns[$0] }
        for column in wanted {
            if case .unsupported(let words) = column.type {
                throw ParquetFault.unsupported(column: column.name, words)
            }
        }
        return ParquetRowCursor(source, footer, wanted)
    }
}

/// Gives the rows of a file one after the other.
package final class ParquetRowCursor {
    /// What the row last read has in each column that was asked for, in that order.
    package private(set) var values: [ParquetValue]

    private let source: any ParquetSource
    private let footer: FileFooter
    private let columns: [ParquetColumn]
    private let room = PageRoom()
    private var cursors: [ColumnCursor] = []
    private var nextGroup = 0
    private var rowsLeft = 0

    fileprivate init(
        _ source: any ParquetSource, _ footer: FileFooter, _ columns: [ParquetColumn]
    ) {
        self.source = source
        self.footer = footer
        self.columns = columns
        values = Array(repeating: .null, count: columns.count)
    }

    /// Reads the next row; false at the end, from then on always.
    ///
    /// - Throws: `ParquetFault` where no row can be read from here on, and what the source throws.
    /// - Complexity: O(columns).
    package func next() throws -> Bool {
        do {
            while rowsLeft == 0 {
                guard nextGroup < footer.rowGroups.count else { return false }
                try beginGroup()
            }
            rowsLeft -= 1
            for place in values.indices { values[place] = try cursors[place].next() }
            return true
        } catch {
            // Columns would not stand beside each other any more.
            rowsLeft = 0
            nextGroup = footer.rowGroups.count
            throw error
        }
    }

    private func beginGroup() throws {
        for cursor in cursors { cursor.close() }
        let group = try footer.rowGroup(nextGroup)
        nextGroup += 1
        guard group.rowCount > 0 else { return }
        cursors = try columns.map {
            try ColumnCursor(
                $0, group.chunks[$0.leaf], rowCount: group.rowCount, rowGroup: nextGroup,
                of: source, room: room)
        }
        rowsLeft = group.rowCount
    }
}
