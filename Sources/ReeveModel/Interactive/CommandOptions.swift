/// The options and operands of a command, as `getopt` reads them.
struct CommandOptions {
    /// With their dashes, without values. Letters are each for itself: `-es` is `-e` and `-s`, unless the program has a word
    /// `-es`.
    private(set) var present: Set<String> = []
    private(set) var operands: [String] = []
    private var given: [String: [String]] = [:]

    init(_ arguments: some Collection<String>, _ syntax: OptionSyntax) {
        var iterator = arguments.makeIterator()
        func take(_ option: String, _ rest: String?) {
            present.insert(option)
            if let value = rest ?? (syntax.takesValue(option) ? iterator.next() : nil) {
                given[option, default: []].append(value)
            }
            if rest == nil, let count = syntax.counts[option] { for _ in 1..<count { _ = iterator.next() } }
            if syntax.last.contains(option) { while let rest = iterator.next() { operands.append(rest) } }
        }
        while let word = iterator.next() {
            if word == "--" {
                while let rest = iterator.next() { operands.append(rest) }
            } else if word.hasPrefix("-"), word.utf8.count > 1 {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                if word.hasPrefix("--") || name.utf8.count > 2 && (syntax.oneDash || syntax.words.contains(name)) {
                    let value = parts.count > 1 ? String(parts[1]) : nil
                    // Programs in Go take `--tty=false`.
                    if value != "false" || syntax.takesValue(name) { take(name, value) }
                    continue
                }
                var rest = word.dropFirst()
                while let letter = rest.popFirst() {
                    let option = "-\(letter)"
                    if syntax.takesRest(option, rest) {
                        take(option, rest.isEmpty ? nil : String(rest))
                        break
                    }
                    present.insert(option)
                }
            } else {
                operands.append(word)
                if operands.count == syntax.stopsAfter || operands.count == 1 && syntax.stopsAt.contains(word) {
                    while let rest = iterator.next() { operands.append(rest) }
                }
            }
        }
    }

    func has(_ option: String) -> Bool { present.contains(option) }
    func values(_ option: String) -> [String] { given[option] ?? [] }
    /// The last that is given counts.
    func value(_ option: String) -> String? { given[option]?.last }
}
