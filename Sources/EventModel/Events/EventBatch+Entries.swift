extension EventBatch {
    /// Forms the entry of a row, as the log records it: its canonical JSON with `recordedtime` and
    /// `sequence` put in their places.
    ///
    /// - Complexity: O(length).
    public func appendEntry(
        _ row: EventRow, recorded: Instant, sequence: UInt32, to entry: inout [UInt8]
    ) {
        let start = Int(row.canonical.offset)
        let first = start + Int(row.recordedTimeAt)
        let second = start + Int(row.sequenceAt)
        entry.append(contentsOf: bytes[start..<first])
        entry.append(contentsOf: "\"recordedtime\":\"".utf8)
        recorded.appendRFC3339(to: &entry)
        entry.append(contentsOf: "\",".utf8)
        entry.append(contentsOf: bytes[first..<second])
        entry.append(contentsOf: "\"sequence\":\(sequence),".utf8)
        entry.append(contentsOf: bytes[second..<row.canonical.indices.upperBound])
    }
}
