import ReeveModel

/// A ticket's title and its text, out of the Markdown below the front matter.
///
/// The title is the first heading `# Feature|Fix|Spike|Investigation|Task: …`; else the first line below `## Summary`; else the first
/// line of text, at most 100 characters of it; else the first heading of any kind.
struct TicketSummary: Hashable {
    var title: String?
    /// Without the line that is the title if it was the first one: whoever gets both should not read it twice.
    var body: String

    /// - Parameter given: a title from elsewhere; the text is all body then.
    init(_ text: String, title given: String? = nil) {
        // CRLF is one Character in Swift, so lines are split by bytes.
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        let first = lines.firstIndex { !$0.trimmedOfBlanks.isEmpty }
        var titleLine: Int?
        if let given {
            title = given
        } else if let index = lines.firstIndex(where: { Self.named($0) != nil }), let name = Self.named(lines[index]) {
            title = Self.shown(name)
            titleLine = index
        } else if let index = Self.belowSummary(lines) {
            title = Self.shown(String(lines[index].trimmedOfBlanks.prefix(100)))
        } else if let index = lines.firstIndex(where: Self.isText) {
            let line = lines[index].trimmedOfBlanks
            title = Self.shown(String(line.prefix(100)))
            // A line that was cut stays in the text.
            if line.count <= 100, line.utf8.count <= 500 { titleLine = index }
        } else if let index = lines.firstIndex(where: { Self.heading($0) != nil }), let heading = Self.heading(lines[index]) {
            title = Self.shown(heading)
            titleLine = index
        }
        var rest = lines[...]
        if let titleLine, titleLine == first { rest = lines[(titleLine + 1)...] }
        while let line = rest.first, line.trimmedOfBlanks.isEmpty { rest.removeFirst() }
        while let line = rest.last, line.trimmedOfBlanks.isEmpty { rest.removeLast() }
        body = rest.joined(separator: "\n")
    }

    /// One line that does nothing but be seen, at most 500 bytes; nil when nothing is left.
    static func shown(_ text: String) -> String? {
        var title = InertText.clean(text).trimmedOfBlanks
        while title.utf8.count > 500 { title.removeLast() }
        return title.isEmpty ? nil : title
    }

    private static let words = ["Feature", "Fix", "Spike", "Investigation", "Task"]

    private static func named(_ line: String) -> String? {
        guard line.hasPrefix("# ") else { return nil }
        let heading = line.dropFirst(2).trimmedOfBlanks
        guard let colon = heading.firstIndex(of: ":"), words.contains(String(heading[..<colon])) else { return nil }
        return shown(String(heading[heading.index(after: colon)...]))
    }

    private static func belowSummary(_ lines: [String]) -> Int? {
        guard let heading = lines.firstIndex(where: { $0.trimmedOfBlanks == "## Summary" }) else { return nil }
        let below = lines[(heading + 1)...].firstIndex { !$0.trimmedOfBlanks.isEmpty }
        guard let below, isText(lines[below]) else { return nil }
        return below
    }

    private static func heading(_ line: String) -> String? {
        let hashes = line.prefix { $0 == "#" }.count
        guard (1...6).contains(hashes), line.dropFirst(hashes).first == " " else { return nil }
        return shown(String(line.dropFirst(hashes)))
    }

    /// No heading, no rule, no comment, no field of an old header.
    private static func isText(_ line: String) -> Bool {
        let content = line.trimmedOfBlanks
        guard !content.isEmpty, heading(content) == nil, !content.hasPrefix("<!--"), LegacyHeader.field(content) == nil else {
            return false
        }
        return shown(content) != nil
            && !content.allSatisfy { $0 == "-" || $0 == "=" || $0 == "*" || $0 == "#" || $0 == "`" || $0 == "~" }
    }
}
