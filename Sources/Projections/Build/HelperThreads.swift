import Dispatch

/// Cores that help while the caller does something else; the caller never depends on them.
final class HelperThreads: Sendable {
    private let group = DispatchGroup()

    init(count: Int, body: @escaping @Sendable () -> Void) {
        for _ in 0..<max(count, 0) {
            DispatchQueue.global(qos: .userInitiated).async(group: group) { body() }
        }
    }

    /// Waits until all have returned.
    func wait() { group.wait() }
}
