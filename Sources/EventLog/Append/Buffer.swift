/// A growing piece of raw memory that keeps its room between batches.
@safe final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Sendable because the appending code gives each worker its own part.
    private(set) var start: UnsafeMutablePointer<Element>
    private(set) var capacity = 0
    /// Elements in use.
    private(set) var count = 0

    init() { unsafe start = .allocate(capacity: 0) }

    deinit { unsafe start.deallocate() }

    /// Sets the number of elements; those kept stay, new ones are uninitialized.
    func resize(_ wanted: Int) {
        if wanted > capacity {
            let room = max(wanted, capacity + capacity / 2)
            let fresh = UnsafeMutablePointer<Element>.allocate(capacity: room)
            unsafe fresh.update(from: start, count: count)
            unsafe start.deallocate()
            unsafe start = fresh
            capacity = room
        }
        count = wanted
    }

    /// Sets the number of elements and gives all of them one value.
    func fill(_ wanted: Int, with value: Element) {
        count = 0
        resize(wanted)
        unsafe start.update(repeating: value, count: wanted)
    }

    /// Gives memory back when the buffer has grown beyond so many elements.
    func trim(above limit: Int) {
        guard capacity > limit else { return }
        unsafe start.deallocate()
        unsafe start = .allocate(capacity: 0)
        capacity = 0
        count = 0
    }

    /// One element.
    @inline(__always)
    subscript(place: Int) -> Element {
        get {
            precondition(place >= 0 && place < count, "place outside the buffer")
            return unsafe start[place]
        }
        set {
            precondition(place >= 0 && place < count, "place outside the buffer")
            unsafe start[place] = newValue
        }
    }

    /// Adds an element.
    @inline(__always)
    func append(_ element: Element) {
        if count == capacity { grow() }
        unsafe start[count] = element
        count &+= 1
    }

    private func grow() {
        let kept = count
        resize(max(64, capacity * 2))
        count = kept
    }

    /// Adds raw bytes; only for buffers of bytes.
    @unsafe func append(from source: UnsafePointer<Element>, count added: Int) {
        let old = count
        resize(old + added)
        unsafe (start + old).update(from: source, count: added)
    }

    /// Keeps those elements alone that a closure wants, in their order.
    func keep(_ isWanted: (Element) -> Bool) {
        var kept = 0
        for place in 0..<count where isWanted(unsafe start[place]) {
            unsafe start[kept] = start[place]
            kept &+= 1
        }
        count = kept
    }

    /// Lends the elements in use.
    func withSpan<Result>(_ body: (Span<Element>) throws -> Result) rethrows -> Result {
        try body(unsafe Span(_unsafeStart: start, count: count))
    }
}
