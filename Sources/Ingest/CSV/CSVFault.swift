public import EventModel

/// Why a file can't be read as CSV at all.
public enum CSVFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing but blank lines.
    case noHeader
    /// The header line can't be read.
    case header(Rejection)

    /// A clause that reads after the file's name.
    public var description: String {
        switch self {
        case .noHeader: "has no header line: only blank lines"
        case .header(let rejection): "has no readable header: \(rejection.problem)"
        }
    }
}

extension String {
    /// The text without blanks and tabs around it.
    var trimmingBlanks: String {
        let bytes = utf8
        guard let start = bytes.firstIndex(where: { $0 != 32 && $0 != 9 }),
            let end = bytes.lastIndex(where: { $0 != 32 && $0 != 9 })
        else { return "" }
        return String(self[start...end])
    }
}
