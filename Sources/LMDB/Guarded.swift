package import Synchronization

/// A value that one thread at a time may use: `Mutex`, in a form that the thread sanitizer
/// understands.
///
/// `Mutex` locks inside a library that is not compiled for the sanitizer, which then takes whatever
/// two threads do in turn for a race, or, where such reports are suppressed, misses real ones. The
/// atomic beside it says the same order in code that it does see; without the sanitizer it costs a
/// load and a store of the line that the lock has just fetched.
package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let order = Atomic<UInt32>(0)

    /// A value to guard.
    package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Lends the value to a closure while no other thread has it.
    @inlinable package borrowing func withLock<Result: ~Copyable, Fault: Error>(
        _ body: (inout sending Value) throws(Fault) -> sending Result
    ) throws(Fault) -> sending Result {
        try mutex.withLock { value throws(Fault) -> sending Result in
            _ = order.load(ordering: .acquiring)
            defer { order.store(1, ordering: .releasing) }
            return try body(&value)
        }
    }
}
