internal import Dispatch

/// Runs a piece of work on other threads beside the caller's own.
struct Crew: Sendable {
    /// Threads, the caller's included.
    let threads: Int
    private let queue = DispatchQueue(label: "rekam.append", attributes: .concurrent)

    init(threads: Int) { self.threads = max(1, threads) }

    /// Runs `work` on every other thread, numbered from 1, while the caller does `own`; returns when
    /// all are done.
    func run<Result>(
        _ work: @escaping @Sendable (Int) -> Void, while own: () throws -> Result
    ) rethrows -> Result {
        let group = DispatchGroup()
        for number in 1..<threads { queue.async(group: group) { work(number) } }
        defer { group.wait() }
        return try own()
    }
}
