/// The candidate a misspelt word most likely meant; nil when none is close.
///
/// Close is an edit distance (insertions, deletions, substitutions and swaps of neighbours, without
/// regard to case) of at most a third of the longer word, at least 1; words of which one begins
/// the other count as close too, and so do the initials of a name of several words (`frt`). Of
/// several, the first in distance, then in length, then in the given order.
///
/// - Complexity: O(candidates × length²).
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars.prefix(100))
    guard !letters.isEmpty else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in candidates where candidate != word {
        let other = Array(candidate.lowercased().unicodeScalars.prefix(100))
        let longest = max(letters.count, other.count)
        let shortest = min(letters.count, other.count)
        let isPrefix = shortest >= 3 && letters.prefix(shortest) == other.prefix(shortest)
        let isInitials = letters.count >= 2 && initials(of: other) == letters
        let limit = isPrefix ? longest : max(1, longest / 3)
        let found = isInitials ? 0 : editDistance(letters, other)
        guard found <= limit else { continue }
        if let best, (best.distance, best.word.utf8.count) <= (found, candidate.utf8.count) {
            continue
        }
        best = (found, candidate)
    }
    return best?.word
}

/// The first letters of a name's words: `first_response_time` → `frt`.
private func initials(of word: [Unicode.Scalar]) -> [Unicode.Scalar] {
    word.split { $0 == "_" || $0 == "-" || $0 == " " }.compactMap(\.first)
}

/// Optimal string alignment distance.
///
/// Source: Boytsov, *Indexing Methods for Approximate Dictionary Searching* (2011), 2.1.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = last[column] + (letter == other ? 0 : 1)
            cost = min(cost, last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
