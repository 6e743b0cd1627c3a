#if canImport(Glibc)
    import Glibc
#endif

/// What is settled before anything else is done.
enum ProcessStart {
    static func prepare() {
        keepStandardDescriptors()
        // A reader that stops early (`rekam log show | head`) is no fault of ours: see Output.
        signal(SIGPIPE, SIG_IGN)
        // A limit on the size of files is a failing write like any other.
        signal(SIGXFSZ, SIG_IGN)
        // A mask may keep others out of what we make, never ourselves.
        umask(umask(0o077) & 0o077)
        speakOfCrashes()
    }

    /// Takes the places of standard input, output and error where they are closed: else the first
    /// file opened, such as the store's, would take them, and be written to as output. Reading from
    /// the one and writing to the others fails.
    private static func keepStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
            unsafe _ = open("/dev/null", mode)
        }
    }

    /// A trap says nothing by itself: of a store that somebody damaged, more than that is owed.
    private static func speakOfCrashes() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { number in
            let text: StaticString = """
                Error: rekam came upon something that it can neither read nor refuse, and stopped. If \
                "rekam verify" does not hold, the store is damaged: keep it as it is, and restore a \
                backup beside it. If it holds, this is a fault of rekam: please report it. What was \
                acknowledged is recorded.

                """
            unsafe _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            signal(number, SIG_DFL)
        }
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE] {
            unsafe _ = sigaction(number, &action, nil)
        }
    }
}
