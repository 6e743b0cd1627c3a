internal import Glibc

/// The right to write a store: one thread of one process at a time.
///
/// LMDB's own writer lock can only be waited for without end, so this one is taken first: within
/// the process a flag, between processes an advisory lock on the file `writer.lock`. Both are
/// polled, which a looping writer's pause after each commit makes fair enough.
final class WriterLock: Sendable {
    private let path: String
    private let descriptor: Int32
    private let holder = Guarded<UInt>(0)

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
        let start = ContinuousClock.now
        while true {
            let taken = holder.withLock { holder in
                precondition(holder != thread, "this thread has a write transaction open already")
                guard holder == 0 else { return false }
                holder = thread
                return true
            }
            if taken {
                if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
                let code = errno
                holder.withLock { $0 = 0 }
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

    /// Gives the right back.
    func release() {
        flock(descriptor, LOCK_UN)
        holder.withLock { $0 = 0 }
    }

    /// Lets other writers in between two transactions: LMDB's lock is unfair, and beside a writer
    /// that loops without a pause another one starves.
    static func pauseAfterCommit() { usleep(200) }
}
