internal import Glibc

/// The right to write a store: one thread of one process at a time.
///
/// LMDB's own writer lock can only be waited for without end, so this one is taken first: within
/// the process a flag, between processes an advisory lock on the file `writer.lock`. Both are
/// polled, which a looping writer's pause after each commit makes fair enough.
final class WriterLock: Sendable {
    private let path: String
    private let descriptor: Int32
    private let holder = Guarded(Holder())

    /// Who has the lock in this process.
    private struct Holder {
        /// The thread; 0 for none.
        var thread: UInt = 0
        /// Whether it keeps the lock between its transactions.
        var isKept = false
        /// Whether it has one open.
        var isUsed = false
    }

    /// How long a waiter sleeps between two tries.
    private static let pollMicroseconds: UInt32 = 100

    init(path: String, permissions: UInt32) throws(LMDBError) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode_t(permissions))
        guard descriptor >= 0 else { throw LMDBError(path: path, call: "open", code: errno) }
    }

    deinit { close(descriptor) }

    /// Waits for the right to write; traps when this thread has it already.
    func acquire(waitingAtMost wait: Duration, path store: String) throws(LMDBError) {
        let thread = UInt(pthread_self())
        let isKept = holder.withLock { holder in
            precondition(
                holder.thread != thread || !holder.isUsed,
                "this thread has a write transaction open already")
            guard holder.thread == thread else { return false }
            holder.isUsed = true
            return true
        }
        if isKept { return }
        let start = ContinuousClock.now
        while true {
            let taken = holder.withLock { holder in
                guard holder.thread == 0 else { return false }
                holder = Holder(thread: thread, isUsed: true)
                return true
            }
            if taken {
                if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
                let code = errno
                holder.withLock { $0 = Holder() }
                guard code == EWOULDBLOCK || code == EINTR else {
                    throw LMDBError(path: path, call: "flock", code: code)
                }
            }
            guard ContinuousClock.now - start < wait else {
                throw LMDBError(.busy, path: store, call: "writer.lock", code: EBUSY)
            }
            usleep(WriterLock.pollMicroseconds)
        }
    }

    /// Gives the right back; where it is kept, only says that the transaction is over.
    func release() {
        let isKept = holder.withLock { holder in
            holder.isUsed = false
            return holder.isKept
        }
        if !isKept { letGo() }
    }

    /// Takes the right for several transactions of this thread, with nobody else's between them.
    func keep(waitingAtMost wait: Duration, path store: String) throws(LMDBError) {
        try acquire(waitingAtMost: wait, path: store)
        holder.withLock { holder in
            precondition(!holder.isKept, "this thread keeps the right to write already")
            holder.isKept = true
            holder.isUsed = false
        }
    }

    /// Whether this thread keeps the right.
    var isKeptHere: Bool {
        let thread = UInt(pthread_self())
        return holder.withLock { $0.isKept && $0.thread == thread }
    }

    /// Ends what `keep` began.
    func letGo() {
        flock(descriptor, LOCK_UN)
        holder.withLock { $0 = Holder() }
    }

    /// Lets other writers in between two transactions: LMDB's lock is unfair, and beside a writer
    /// that loops without a pause another one starves.
    static func pauseAfterCommit() { usleep(200) }
}
