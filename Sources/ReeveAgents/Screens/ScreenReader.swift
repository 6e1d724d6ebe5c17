package import ReeveModel

/// Applies the rules of a kind to the text of a screen.
package enum ScreenReader {
    /// Lines from the bottom that are ever looked at.
    private static let mostLines = 80

    /// Nil: no rule of this kind matches; that says nothing.
    package static func read(_ text: String, kind: String) -> ScreenGuess? {
        guard let rules = ScreenRules.all[kind] else { return nil }
        let lines = Array(
            text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(Line.init).filter { !$0.text.isEmpty }
                .suffix(mostLines))
        for rule in rules {
            guard let state = ThreadState(rawValue: rule.state), let matched = match(rule, lines) else { continue }
            return ScreenGuess(
                state: state, detail: rule.detail, rule: "screen: \(rule.name)", matched: ThreadText.match(matched))
        }
        return nil
    }

    private struct Line {
        /// As it stands, without blanks at its end and the frame around it.
        var raw: String
        /// Without blanks at both ends.
        var text: String

        private static let frame: Set<Character> = ["│", "┃", "╭", "╮", "╰", "╯", "║"]

        init(_ line: Substring) {
            let isFramed = line.contains { Self.frame.contains($0) }
            raw = String(line.filter { !Self.frame.contains($0) })
            text = ThreadText.trimmed(raw)
            // What stands in a frame begins in the frame's first column.
            if isFramed { raw = text }
        }

        var isRule: Bool { text.count >= 8 && text.allSatisfy { $0 == "─" || $0 == "━" } }
    }

    private static func match(_ rule: ScreenRule, _ lines: [Line]) -> String? {
        guard let region = region(rule.region, lines) else { return nil }
        var matched = ""
        for test in rule.tests {
            guard let text = match(test, region) else { return nil }
            matched = text
        }
        return matched
    }

    private static func region(_ region: ScreenRule.Region, _ lines: [Line]) -> [Line]? {
        switch region {
        case .bottom(let count): return Array(lines.suffix(count))
        case .above(let marks, let count):
            guard let last = lines.lastIndex(where: { line in marks.contains { line.text.hasPrefix($0) } }) else {
                return Array(lines.suffix(count))
            }
            guard !isOption(lines[last].text, marks) else { return nil }
            return Array(lines[..<last].suffix(count))
        }
    }

    private static func match(_ test: ScreenRule.Test, _ lines: [Line]) -> String? {
        switch test {
        case .contains(let words):
            let text = lines.flatMap { $0.text.split(whereSeparator: \.isWhitespace) }.joined(separator: " ")
            return words.first { text.contains($0) }
        case .line(let starts, let holds):
            return lines.last { line in line.raw.first.map(starts.contains) == true && line.raw.contains(holds) }?.text
        case .last(let marks, let mark, let kind):
            guard let line = lines.last(where: { line in marks.contains { line.text.hasPrefix($0) } }), line.text.hasPrefix(mark),
                isOption(line.text, [mark]) == (kind == .option)
            else { return nil }
            return line.text
        case .lastLine(let words): return lines.last.flatMap { $0.text.contains(words) ? $0.text : nil }
        case .lastLineStarts(let words): return lines.last.flatMap { $0.text.hasPrefix(words) ? $0.text : nil }
        case .boxed(let mark):
            guard let last = lines.lastIndex(where: { $0.text.hasPrefix(mark) }), last > 0, lines[last - 1].isRule else {
                return nil
            }
            return lines[last].text
        }
    }

    /// `❯ 1. Yes`: a number and a point after the mark.
    private static func isOption(_ text: String, _ marks: [String]) -> Bool {
        guard let mark = marks.first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(mark.count).drop { $0.isWhitespace }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && digits.count <= 2 && rest.dropFirst(digits.count).first == "."
    }
}
