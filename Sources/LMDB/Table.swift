/// One named table of an environment: sorted keys, each with one value.
///
/// A table belongs to the environment that opened it; using it with another's transaction traps.
public struct Table: Sendable, Hashable {
    /// The table's name, unique in its environment.
    public let name: String
    let handle: UInt32
    let environmentIdentity: UInt64
}

/// The size of a table, in pages of 4,096 bytes and entries.
public struct TableStatistics: Sendable, Hashable {
    /// Steps from the root to a leaf.
    public let depth: Int
    /// Pages that lead to others.
    public let branchPages: Int
    /// Pages that hold entries.
    public let leafPages: Int
    /// Pages of values too long for a leaf.
    public let overflowPages: Int
    /// Entries.
    public let entries: Int

    /// All pages together, in bytes. A damaged file may count pages it cannot have: the number is
    /// then as meaningless as they are, but it is one.
    public var bytes: Int { (branchPages &+ leafPages &+ overflowPages) &* 4096 }
}
