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
        // A process that starts others may leave signals blocked for them.
        var heard = sigset_t()
        unsafe sigemptyset(&heard)
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&heard, number) }
        unsafe _ = pthread_sigmask(SIG_UNBLOCK, &heard, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interrupt.asked.exchange(true, ordering: .relaxed) { _exit(128 + number) }
            }
        }
    }
}
