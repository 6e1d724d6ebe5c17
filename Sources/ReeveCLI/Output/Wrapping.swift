/// Texts in lines of a terminal's width.
enum Wrapping {
    /// Every line of `text` broken at spaces; what follows a break is indented. A word that is longer than a line is broken
    /// too, but for a path: somebody wants to copy that.
    static func wrap(_ text: String, _ width: Int, indent: Int = 2, keepsBrackets: Bool = false) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            wrapLine(String(line), width, indent, keepsBrackets)
        }.joined(separator: "\n")
    }

    /// What ArgumentParser says, of which it breaks everything but the usage line: `[--option <value>]` stays together there.
    static func wrapUsage(_ text: String, _ width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isUsage = line.hasPrefix("Usage: ") || line.hasPrefix("USAGE: ")
            return wrapLine(String(line), width, isUsage ? 7 : 2, isUsage)
        }.joined(separator: "\n")
    }

    private static func wrapLine(_ line: String, _ width: Int, _ indent: Int, _ keepsBrackets: Bool) -> String {
        guard Terminal.columns(line) > width else { return line }
        let margin = String(line.prefix { $0 == " " })
        let hanging = margin + String(repeating: " ", count: indent)
        var lines: [String] = []
        var current = margin
        var isEmpty = true
        let room = max(8, width - Terminal.columns(hanging))
        for word in words(line.dropFirst(margin.count), keepsBrackets).flatMap({ pieces($0, room) }) {
            if !isEmpty, Terminal.columns(current) + 1 + Terminal.columns(word) > width {
                lines.append(current)
                current = hanging
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [current]).joined(separator: "\n")
    }

    private static func pieces(_ word: String, _ room: Int) -> [String] {
        guard Terminal.columns(word) > room, !word.contains("/") else { return [word] }
        var pieces = [""]
        var used = 0
        for character in word {
            let width = Terminal.columns(character)
            if used + width > room {
                pieces.append("")
                used = 0
            }
            pieces[pieces.count - 1].append(character)
            used += width
        }
        return pieces
    }

    private static func words(_ line: Substring, _ keepsBrackets: Bool) -> [String] {
        var words: [String] = []
        var depth = 0
        var isOpen = false
        for character in line {
            if character == "[" { depth += 1 } else if character == "]" { depth = max(0, depth - 1) }
            if character == " ", !keepsBrackets || depth == 0 {
                isOpen = false
            } else if isOpen {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
                isOpen = true
            }
        }
        return words
    }
}
