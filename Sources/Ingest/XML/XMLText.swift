/// XML that is read piece by piece from a source.
final class XMLText {
    private var source: any ByteSource
    private let reader: XMLReader
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)
    private let fault: (XMLFault) -> any Error
    private(set) var isAtEnd = false

    /// - Parameter fault: what is thrown where the text is no XML.
    init(
        _ source: any ByteSource, _ handler: any XMLHandler,
        fault: @escaping (XMLFault) -> any Error
    ) {
        self.source = source
        self.fault = fault
        reader = XMLReader(handler)
    }

    var storedBytes: Int { source.storedBytes }

    /// Reads the next piece, if there is one, and tells the handler what is in it.
    func readOn() throws {
        guard !isAtEnd else { return }
        var room = chunk.mutableSpan
        let count = try source.read(into: &room)
        isAtEnd = count == 0
        let held = chunk
        do throws(XMLFault) {
            try reader.feed(held.span.extracting(0..<count), isLast: isAtEnd)
        } catch {
            throw fault(error)
        }
    }
}
