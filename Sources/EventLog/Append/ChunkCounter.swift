internal import Synchronization

/// Hands out pieces of work, each once.
final class ChunkCounter: Sendable {
    let count: Int
    private let given = Atomic<Int>(0)

    init(count: Int) { self.count = count }

    /// The next piece; nil when all are given out.
    func next() -> Int? {
        let chunk = given.add(1, ordering: .relaxed).oldValue
        return chunk < count ? chunk : nil
    }
}
