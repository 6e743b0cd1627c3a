/// Why a text is no JSON, or none that Rekam reads.
public struct JSONFault: Error, Hashable, Sendable {
    /// What is wrong, as a clause after "the line ": `ends inside a string`.
    public var problem: String
    /// Offset of the fault in bytes.
    public var offset: Int

    /// A fault from its parts.
    package init(_ problem: String, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}
