/// Finds the names a person probably meant: for unknown methods, members and configuration keys.
package enum NearestName {
    /// The candidates within a third of the word's length (at least 2) of `word`, nearest first, at most `limit`.
    package static func of(_ word: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        let reach = max(2, word.count / 3)
        let needle = Array(word.utf8.prefix(96))
        return
            candidates
            .map { (name: $0, distance: distance(needle, Array($0.utf8.prefix(96)))) }
            .filter { $0.distance <= reach }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(limit)
            .map(\.name)
    }

    /// "did you mean a or b?", or nil when nothing is near.
    package static func hint(_ word: String, in candidates: some Sequence<String>) -> String? {
        let near = of(word, in: candidates)
        return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
    }

    /// Levenshtein distance in two rows; inputs are cut by the callers, so this stays cheap for hostile words.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        var current = previous
        for (i, x) in a.enumerated() {
            current[0] = i + 1
            for (j, y) in b.enumerated() {
                current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (x == y ? 0 : 1))
            }
            swap(&previous, &current)
        }
        return previous[b.count]
    }
}
