import Glibc

/// Waiting for another core's result.
enum Pause {
    /// Lets other threads run for about 50 µs.
    static func briefly() { usleep(50) }

    /// Lets another process finish what it is at.
    static func seconds(_ seconds: UInt32) { sleep(seconds) }
}
