import Projections
import Rendering

/// Options of a build that uses all cores, shows how far it is, and stops on Ctrl-C.
enum BuildProgressLine {
    static func options(
        memoryBytes: Int = 256 << 20, threads: Int = Machine.cores
    ) -> BuildOptions {
        let line = ProgressLine(.events)
        return BuildOptions(
            threads: threads, memoryBudgetBytes: memoryBytes,
            shouldStop: { Interrupt.isAsked },
            progress: { progress in
                line.show(
                    count: Int(progress.eventsDone),
                    share: progress.events == 0
                        ? nil : Int(progress.eventsDone * 1000 / progress.events))
            })
    }
}
