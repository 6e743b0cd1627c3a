internal import CZlib

/// zlib's inflate over consecutive gzip members; zeros after the last one (tape padding) are
/// skipped, as gzip itself does.
@safe final class GzipStream: StreamDecoder {
    private let stream: UnsafeMutablePointer<z_stream>
    private var place = Place.beforeFirst
    /// Thrown by the next step: what came out before the fault is handed out first.
    private var fault: CompressionFault?

    private enum Place {
        case beforeFirst
        case inMember
        case betweenMembers
        case padding
    }

    /// Whether the last byte taken ended a member, or none was taken yet.
    var isBetweenUnits: Bool { place != .inMember }

    init() throws(CompressionFault) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 window bits, plus 16 for a gzip wrapper. The macro inflateInit2 passes these two last.
        let status = unsafe inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory(format: .gzip)
        }
    }

    deinit {
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func decompress(
        _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>, position: Int
    ) throws(CompressionFault) -> StreamDecompressor.Step {
        if let fault { throw fault }
        var skipped = 0
        if place == .betweenMembers || place == .padding {
            while skipped < input.count, input[skipped] == 0 { skipped += 1 }
            if skipped > 0 { place = .padding }
            guard skipped < input.count else { return .init(consumed: skipped, produced: 0) }
            guard place == .betweenMembers, input[0] == 0x1F else {
                throw .damaged(
                    format: .gzip, inputBytes: position + skipped,
                    detail: "what follows is no further gzip member")
            }
            _ = unsafe inflateReset(stream)
        }
        if place != .inMember, input.isEmpty { return .init(consumed: 0, produced: 0) }
        place = .inMember
        var step = StreamDecompressor.Step(consumed: 0, produced: 0)
        let status = inflateOnce(input, into: &output, &step)
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: place = .betweenMembers
        case Z_MEM_ERROR: throw .outOfMemory(format: .gzip)
        default:
            let damage = CompressionFault.damaged(
                format: .gzip, inputBytes: position + step.consumed, detail: message(status))
            guard step.produced > 0 else { throw damage }
            fault = damage
        }
        return step
    }

    private func inflateOnce(
        _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>,
        _ step: inout StreamDecompressor.Step
    ) -> Int32 {
        // zlib counts in 32 bits; what is left over is offered again in the next step.
        let offered = min(input.count, 1 << 30)
        let room = min(output.count, 1 << 30)
        let status = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target -> Int32 in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(offered)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                let status = unsafe inflate(stream, Z_NO_FLUSH)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
                return status
            }
        }
        step.consumed = unsafe offered - Int(stream.pointee.avail_in)
        step.produced = unsafe room - Int(stream.pointee.avail_out)
        return status
    }

    private func message(_ status: Int32) -> String {
        guard let text = unsafe stream.pointee.msg else { return "zlib status \(status)" }
        return unsafe String(cString: text)
    }
}
