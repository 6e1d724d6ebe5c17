/// The options and operands of a command, as `getopt` reads them.
struct CommandOptions {
    /// Of single letters, each for itself: `-es` is e and s.
    private(set) var letters: Set<Character> = []
    /// With their dashes, without values. A word of one dash and several letters is in here as a whole too, for programs whose options
    /// look like that (`-batch`, `-version`).
    private(set) var longs: Set<String> = []
    private(set) var operands: [String] = []
    private var values: [String: String] = [:]

    /// - Parameters:
    ///   - valueLetters: options of one letter that take the rest of their word or the next one.
    ///   - valueLongs: long ones that take the next word, if they have no `=`.
    ///   - stopsAtOperand: what is behind the first operand is for somebody else.
    init(
        _ arguments: some Collection<String>, valueLetters: String = "", valueLongs: Set<String> = [],
        stopsAtOperand: Bool = false
    ) {
        var iterator = arguments.makeIterator()
        while let word = iterator.next() {
            if word == "--" {
                while let rest = iterator.next() { operands.append(rest) }
            } else if word.hasPrefix("--") {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                longs.insert(name)
                if parts.count > 1 {
                    values[name] = String(parts[1])
                } else if valueLongs.contains(name), let value = iterator.next() {
                    values[name] = value
                }
            } else if word.hasPrefix("-"), word.utf8.count > 1 {
                if word.utf8.count > 2 { longs.insert(word) }
                if valueLongs.contains(word) {
                    if let value = iterator.next() { values[word] = value }
                    continue
                }
                var rest = word.dropFirst()
                while let letter = rest.popFirst() {
                    letters.insert(letter)
                    guard valueLetters.contains(letter) else { continue }
                    if let value = rest.isEmpty ? iterator.next() : String(rest) { values[String(letter)] = value }
                    break
                }
            } else {
                operands.append(word)
                if stopsAtOperand {
                    while let rest = iterator.next() { operands.append(rest) }
                }
            }
        }
    }

    /// Whether any of these letters is there.
    func has(_ any: String) -> Bool { any.contains { letters.contains($0) } }
    func value(_ option: String) -> String? { values[option] }
    func hasLong(_ any: [String]) -> Bool { any.contains { longs.contains($0) } }
}
