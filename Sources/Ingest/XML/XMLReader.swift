internal import CExpat
internal import EventModel

/// What is in the elements of an XML text, as `XMLReader` comes upon it.
protocol XMLHandler: AnyObject {
    func begin(_ name: String, _ attributes: [String: String], line: Int)
    func end(_ name: String)
    /// Text within an element, in as many pieces as it comes.
    func text(_ bytes: Span<UInt8>)
}

/// Why a text is no XML, or none that is read.
struct XMLFault: Error {
    var problem: String
    var line: Int
}

/// Reads XML piece by piece, by expat. Nothing outside the text is fetched, and a text that declares entities
/// is refused: no export needs them, and a few lines of them stand for gigabytes.
@safe final class XMLReader {
    private let parser: XML_Parser
    private let handler: any XMLHandler
    private var problem: String?

    init(_ handler: any XMLHandler) {
        self.handler = handler
        // Expat fails here for want of memory alone.
        unsafe parser = XML_ParserCreate(nil)!
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(
            parser,
            { data, name, attributes in
                guard let data = unsafe data, let name = unsafe name else { return }
                let reader = unsafe Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue()
                var found: [String: String] = [:]
                var place = 0
                while let attributes = unsafe attributes, let key = unsafe attributes[place],
                    let value = unsafe attributes[place + 1]
                {
                    unsafe found[String(cString: key)] = String(cString: value)
                    place += 2
                }
                reader.handler.begin(unsafe String(cString: name), found, line: reader.line)
            },
            { data, name in
                guard let data = unsafe data, let name = unsafe name else { return }
                let reader = unsafe Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue()
                reader.handler.end(unsafe String(cString: name))
            })
        unsafe XML_SetCharacterDataHandler(parser) { data, text, count in
            guard let data = unsafe data, let text = unsafe text else { return }
            let reader = unsafe Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue()
            unsafe text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
                unsafe reader.handler.text(
                    UnsafeBufferPointer(start: $0, count: Int(count)).span)
            }
        }
        unsafe XML_SetEntityDeclHandler(parser) { data, _, _, _, _, _, _, _, _ in
            guard let data = unsafe data else { return }
            let reader = unsafe Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue()
            reader.problem = "declares entities, which no export needs: they are not read"
            _ = unsafe XML_StopParser(reader.parser, XML_Bool(0))
        }
    }

    deinit { unsafe XML_ParserFree(parser) }

    /// The line that reading has come to, from 1.
    var line: Int { Int(unsafe XML_GetCurrentLineNumber(parser)) }

    /// Reads on.
    func feed(_ bytes: Span<UInt8>, isLast: Bool) throws(XMLFault) {
        let status = unsafe bytes.withUnsafeBytes {
            unsafe XML_Parse(
                parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count),
                isLast ? 1 : 0)
        }
        guard status != XML_STATUS_OK else { return }
        let words = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map {
            unsafe String(cString: $0)
        }
        throw XMLFault(problem: problem ?? "is no XML: \(words ?? "it can't be read")", line: line)
    }
}
