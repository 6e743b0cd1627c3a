/// Lines that are written later than they were made: late ones and repeats.
struct DelayedLines: Sendable {
    private var order = PendingQueue()
    private var lines: [[UInt8]] = []
    private var free: [Int32] = []

    var count: Int { order.count }

    /// When the next one is due; nil when there is none.
    var nextTime: Int64? { order.first.map(PendingQueue.time(of:)) }

    /// Keeps a copy of a line.
    mutating func add(_ line: ArraySlice<UInt8>, at time: Int64) {
        if let slot = free.popLast() {
            lines[Int(slot)] = Array(line)
            order.push(time: time, slot: Int(slot))
        } else if lines.count < PendingQueue.slotLimit {
            lines.append(Array(line))
            order.push(time: time, slot: lines.count - 1)
        } else {
            preconditionFailure("more delayed lines than slots")
        }
    }

    /// Takes the next one out.
    mutating func removeFirst() -> [UInt8] {
        let slot = PendingQueue.slot(of: order.removeFirst())
        free.append(Int32(slot))
        let line = lines[slot]
        lines[slot] = []
        return line
    }
}
