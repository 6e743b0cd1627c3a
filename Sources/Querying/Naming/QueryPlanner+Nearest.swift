import EventModel

extension QueryPlanner {
    /// The known name nearest to a misspelt one; an abbreviation of first letters (`frt`) counts.
    func nearestName(_ name: String, _ known: [String]) -> String? {
        if let near = nearest(to: name, among: known) { return near }
        let letters = name.lowercased()
        if let initials = known.first(where: { Self.initials($0).hasPrefix(letters) }) {
            return initials
        }
        return known.first { candidate in
            letters.count >= 3 && candidate.split(separator: "_").contains { $0.hasPrefix(letters) }
        }
    }

    /// `frt` for `first_response_time`.
    private static func initials(_ name: String) -> String {
        String(name.split(separator: "_").compactMap(\.first))
    }
}
