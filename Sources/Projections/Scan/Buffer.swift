/// A growable array of plain values that the engine's loops read and write without reference
/// counting, exclusivity or uniqueness checks. Every access checks its bounds.
@safe
package struct Buffer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline
    var base: UnsafeMutablePointer<Element>
    /// Elements in use.
    @usableFromInline
    package private(set) var count: Int
    @usableFromInline
    var capacity: Int

    /// An empty buffer with room for some elements.
    package init(capacity: Int = 0) {
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(capacity, 4))
        count = 0
        self.capacity = Swift.max(capacity, 4)
    }

    /// A buffer of equal elements.
    package init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        unsafe base.initialize(repeating: element, count: count)
        self.count = count
    }

    /// A copy of an array's elements.
    package init(_ elements: [Element]) {
        self.init(capacity: elements.count)
        for element in elements { append(element) }
    }

    deinit { unsafe base.deallocate() }

    /// An element; traps outside the bounds.
    @inline(__always)
    package subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            return unsafe base[index]
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of bounds")
            unsafe base[index] = newValue
        }
    }

    /// Adds an element at the end. Amortized O(1).
    @inline(__always)
    package mutating func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        unsafe (base + count).initialize(to: element)
        count += 1
    }

    /// Adds a part of another buffer at the end.
    package mutating func append(_ other: borrowing Buffer<Element>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count, "out of bounds")
        if count + range.count > capacity { grow(to: count + range.count) }
        unsafe (base + count).initialize(from: other.base + range.lowerBound, count: range.count)
        count += range.count
    }

    /// Adds a span's elements at the end.
    package mutating func append(_ span: Span<Element>) {
        if count + span.count > capacity { grow(to: count + span.count) }
        unsafe span.withUnsafeBufferPointer { source in
            guard let address = source.baseAddress else { return }
            unsafe (base + count).initialize(from: address, count: source.count)
        }
        count += span.count
    }

    /// Forgets the elements from a place on, keeps the memory.
    @inline(__always)
    package mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "cannot truncate to more")
        count = newCount
    }

    /// Makes the buffer hold so many elements; new ones are `element`. Old ones keep their value.
    package mutating func resize(to newCount: Int, filling element: Element) {
        if newCount > capacity { grow(to: newCount) }
        if newCount > count {
            unsafe (base + count).initialize(repeating: element, count: newCount - count)
        }
        count = newCount
    }

    /// Makes the buffer hold so many elements; the caller writes each before it reads it.
    package mutating func resizeUninitialized(to newCount: Int) {
        if newCount > capacity {
            count = 0
            grow(to: newCount)
        }
        count = newCount
    }

    /// Sets every element.
    package mutating func fill(_ element: Element) {
        unsafe base.update(repeating: element, count: count)
    }

    /// Gives memory beyond so many elements back; the buffer becomes empty.
    package mutating func removeAll(keepingAtMost kept: Int) {
        count = 0
        guard capacity > Swift.max(kept, 4) else { return }
        unsafe base.deallocate()
        capacity = Swift.max(kept, 4)
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    }

    /// Lends a part of the elements.
    package func withSpan<R>(_ range: Range<Int>, _ body: (Span<Element>) throws -> R) rethrows -> R
    {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "out of bounds")
        let part = unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
        return try body(unsafe part.span)
    }

    /// The elements as an array.
    package func array(_ range: Range<Int>) -> [Element] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "out of bounds")
        return unsafe Array(
            UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    @inline(never)
    @usableFromInline
    mutating func grow(to needed: Int) {
        let newCapacity = Swift.max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        unsafe moved.moveInitialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = newCapacity
    }
}

// A buffer owns its memory alone, so it may move between threads with it.
extension Buffer: @unchecked Sendable where Element: Sendable {}
