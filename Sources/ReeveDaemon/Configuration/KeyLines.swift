/// Which line of a TOML text a key stands on. The parser tells places only of syntax errors, so for the others the text is looked
/// through again: table headers and the beginnings of assignments, which is enough for a message.
struct KeyLines {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section: [String] = []
        var multiline: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let quote = multiline {
                if line.contains(quote) { multiline = nil }
                continue
            }
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.hasPrefix("[") {
                let inner = trimmed.drop { $0 == "[" }.prefix { $0 != "]" }
                section = Self.keys(inner)
                note(section, index + 1)
            } else if let equals = trimmed.firstIndex(of: "="), !trimmed.hasPrefix("#") {
                let key = section + Self.keys(trimmed[..<equals])
                note(key, index + 1)
                // The members of an inline table stand on the same line.
                for word in trimmed[equals...].split(whereSeparator: { " ,{}=".contains($0) }) {
                    note(key + [String(word)], index + 1)
                }
            }
            for quote in ["\"\"\"", "'''"] where Self.occurrences(of: quote, in: line) == 1 { multiline = quote }
        }
    }

    /// The line of a key, or of the nearest table around it.
    func line(_ path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path.joined(separator: "\u{0}")] { return line }
            path.removeLast()
        }
        return nil
    }

    private mutating func note(_ path: [String], _ line: Int) {
        let key = path.joined(separator: "\u{0}")
        if lines[key] == nil { lines[key] = line }
    }

    private static func keys(_ text: Substring) -> [String] {
        text.split(separator: ".").map { part in
            String(part.drop { " \t\"'".contains($0) }.reversed().drop { " \t\"'".contains($0) }.reversed())
        }
    }

    private static func occurrences(of needle: String, in line: Substring) -> Int {
        line.indices.count { line[$0...].hasPrefix(needle) }
    }
}
