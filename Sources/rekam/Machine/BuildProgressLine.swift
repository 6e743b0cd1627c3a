import Projections
import Synchronization

/// Options of a build that uses all cores, shows how far it is, and stops on Ctrl-C.
enum BuildProgressLine {
    static func options(memoryBytes: Int = 384 << 20, threads: Int = Machine.cores) -> BuildOptions
    {
        let shared = Shared()
        return BuildOptions(
            threads: threads, memoryBudgetBytes: memoryBytes,
            shouldStop: { Interrupt.isAsked },
            progress: { progress in
                shared.line.withLock {
                    $0.show(
                        count: Int(progress.eventsDone),
                        share: progress.events == 0
                            ? nil : Int(progress.eventsDone * 1000 / progress.events))
                }
            })
    }

    private final class Shared: Sendable {
        let line = Mutex(Progress(of: "events"))
    }
}
