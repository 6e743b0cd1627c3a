/// The event schemas, definitions and mappings that come with Rekam: the files of `Schemas/`,
/// carried inside the binary so that it needs nothing beside it.
public enum Shipped {
    /// A file below `Schemas/`, by its path there (`events/ticket.opened.json`).
    ///
    /// - Complexity: O(number of files).
    public static func text(of path: String) -> String? {
        contents.first { $0.path == path }?.text
    }

    /// The paths below one folder of `Schemas/`, sorted by name.
    public static func paths(in folder: String) -> [String] {
        contents.map(\.path).filter { $0.hasPrefix(folder + "/") }.sorted()
    }

    /// The files below one folder of `Schemas/`, sorted by path.
    public static func texts(in folder: String) -> [(path: String, text: String)] {
        contents.filter { $0.path.hasPrefix(folder + "/") }.sorted { $0.path < $1.path }
    }
}
