/// Why a projection cannot be built, or why a build ended.
public enum ProjectionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The definition asks for something that cannot be computed.
    case definition(projection: String, reason: String)
    /// An event's values lead beyond what a cell can hold.
    case event(projection: String, sequence: UInt32, reason: String)
    /// A stored run does not hold together.
    case damaged(what: String)
    /// A registry entry cannot have been written by this program.
    case damagedRegistry
    /// There is no such version, or it is not in the state that the call needs.
    case registry(reason: String)
    /// Another process has begun the same build since.
    case overtaken(projection: String)
    /// Facts asked for one by one take more memory than was given.
    case tooManyFacts(memoryBytes: Int)
    /// The build was asked to stop; what it committed stays and a later build goes on from there.
    case interrupted

    /// A sentence for people, to stand after `Error: `.
    public var description: String {
        switch self {
        case .definition(let projection, let reason): "projection \(projection): \(reason)"
        case .event(let projection, let sequence, let reason):
            "projection \(projection), entry \(sequence): \(reason). "
                + "The live projection is as it was."
        case .damaged(let what):
            "\(what) is damaged. Make it anew from the entries: rekam projection rebuild --all"
        case .damagedRegistry:
            "the list of the projections is damaged. Restore a backup beside the store, or carry its "
                + "entries over: rekam migrate OLD NEW"
        case .registry(let reason): reason
        case .overtaken(let projection):
            "\(projection) is being built by another process. Wait for it, and try again."
        case .tooManyFacts(let memoryBytes):
            "there are more facts than \(memoryBytes >> 20) MiB of memory hold. Ask for a shorter "
                + "--period, for one agent or team, or give more: --memory 2G."
        case .interrupted: "the build was interrupted; the next one goes on from there"
        }
    }
}

/// More selectors than one pass can carry; the projections are built in several passes.
struct PassIsFull: Error {}
