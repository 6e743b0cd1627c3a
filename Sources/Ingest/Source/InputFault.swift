public import Compression

/// Why an input could not be opened or read: an operating error that names it and says what to do.
public struct InputFault: Error, Hashable, Sendable {
    /// What went wrong.
    public enum Cause: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// It is a folder.
        case folder
        /// This user may not read it.
        case permission
        /// It holds nothing at all.
        case empty
        /// The compressed data in it is damaged, cut off or too large to read.
        case compressed(CompressionFault)
        /// It is packed in a way that is not read here, such as `zip`.
        case packed(String)
        /// It is wholly something else than what is read: a clause with the remedy.
        case other(String)
        /// The system refused to open or read it, in its own words.
        case system(String)
    }

    /// The input as the user named it, or `standard input`.
    public var name: String
    /// What went wrong.
    public var cause: Cause

    /// A fault from its parts.
    public init(name: String, cause: Cause) {
        self.name = name
        self.cause = cause
    }
}

extension InputFault: CustomStringConvertible {
    /// A sentence that reads after `Error: `.
    public var description: String {
        switch cause {
        case .missing:
            "\(name): there is no such file. Check the spelling and the folder."
        case .folder:
            "\(name) is a folder. Name the files in it, for example \(name)/*."
        case .permission:
            "\(name) may not be read by this user. Ask its owner, or: chmod +r \(name)"
        case .empty:
            "\(name) is empty. Check that its export ran to the end."
        case .compressed(.truncated(let format, let count)):
            "\(name) \(CompressionFault.truncated(format: format, inputBytes: count)); "
                + "get it again and ingest the whole file: what was recorded so far is not recorded "
                + "twice."
        case .compressed(.outOfMemory(let format)):
            "\(name) \(CompressionFault.outOfMemory(format: format)). Decompress it first and ingest "
                + "the result."
        case .compressed(let fault):
            "\(name) \(fault). Get it again from where it came."
        case .packed(let format):
            "\(name) is packed as \(format); gzip and zstd are read, and plain text. Unpack it first."
        case .other(let problem):
            "\(name) \(problem)"
        case .system(let words):
            "\(name) can't be read: \(words). Check the disk or the network it comes from, and "
                + "ingest it again: what was recorded so far is not recorded twice."
        }
    }
}
