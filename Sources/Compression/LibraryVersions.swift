internal import CZlib
internal import CZstd

/// The versions of the libraries that compress, as they say themselves.
public enum LibraryVersions {
    /// libzstd: `1.5.5`.
    public static var zstd: String { unsafe String(cString: ZSTD_versionString()) }
    /// zlib: `1.3`.
    public static var zlib: String { unsafe String(cString: zlibVersion()) }
}
