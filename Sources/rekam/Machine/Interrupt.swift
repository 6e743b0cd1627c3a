import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Ctrl-C (and `kill`): the first one asks the work to stop where nothing is lost, a second one
/// ends the process.
enum Interrupt {
    private static let asked = Atomic<Bool>(false)

    /// Whether somebody asked to stop.
    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// Begins to listen.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interrupt.asked.exchange(true, ordering: .relaxed) { _exit(128 + number) }
            }
        }
    }
}
