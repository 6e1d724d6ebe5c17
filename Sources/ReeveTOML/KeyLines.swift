/// Which line of a TOML text a key stands on, and where an escape stands for NUL. The parser tells neither: it has places for syntax
/// errors only, and hands strings over as C strings, which end at a NUL. So the text is looked through again, after it has been
/// found to be right.
///
/// In a path the place in a list is a part of its own: `["steps", "0", "name"]`.
package struct KeyLines: Sendable {
    private var lines: [[String]: Int] = [:]
    /// The first line of each text of several lines that has its lines one by one, as they are in the file.
    private var texts: [[String]: Int] = [:]
    /// How many tables of each `[[list]]` there have been.
    private var elements: [[String]: Int] = [:]
    /// The line of the first `\u0000` in a string.
    private(set) var firstNUL: Int?
    /// The first line of the string that was read last, if it has several and none of them is folded into the next.
    private var textLine: Int?

    private var rest: Substring.UnicodeScalarView
    private var current = 1

    /// - Parameter text: what the parser has accepted.
    init(_ text: String) {
        rest = Substring(text).unicodeScalars
        var section: [String] = []
        while true {
            skipBlanks(newlines: true)
            guard let first = rest.first else { break }
            if first == "[" {
                let begin = rest
                while rest.first == "[" { take() }
                section = place(named: key(), isElement: begin.starts(with: "[[".unicodeScalars))
                note(section)
                while rest.first == "]" { take() }
            } else {
                assignment(in: section)
            }
            skipLine()
        }
    }

    /// The line of a key, or of the nearest table around it.
    package func line(_ path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            path.removeLast()
        }
        return nil
    }

    /// The first line of what is in a text of several lines; nil when its lines are not those of the file.
    package func textLine(_ path: [String]) -> Int? { texts[path] }

    /// A header's name with the places in lists: a further `[[steps]]` is the next one, `[steps.visual]` belongs to the latest.
    private mutating func place(named name: [String], isElement: Bool) -> [String] {
        var path: [String] = []
        for (index, part) in name.enumerated() {
            path.append(part)
            if isElement, index == name.count - 1 { elements[path, default: 0] += 1 }
            if let count = elements[path] { path.append(String(count - 1)) }
        }
        return path
    }

    private mutating func note(_ path: [String]) {
        for count in path.indices.map({ $0 + 1 }) where lines[Array(path.prefix(count))] == nil {
            lines[Array(path.prefix(count))] = current
        }
    }

    // MARK: Parts of the text

    private mutating func assignment(in section: [String]) {
        let path = section + key()
        note(path)
        guard rest.first == "=" else { return }
        take()
        value(at: path)
    }

    /// A key with its dots; what is quoted is one part, whatever is in it.
    private mutating func key() -> [String] {
        var parts: [String] = []
        while true {
            skipBlanks(newlines: false)
            switch rest.first {
            case "\"", "'": parts.append(quoted())
            default: parts.append(bare(until: " \t.=]\r\n"))
            }
            skipBlanks(newlines: false)
            guard rest.first == "." else { return parts }
            take()
        }
    }

    private mutating func value(at path: [String]) {
        skipBlanks(newlines: false)
        switch rest.first {
        case "\"", "'":
            _ = quoted()
            texts[path] = textLine
        case "[":
            var place = 0
            members(until: "]") { text in
                text.note(path + [String(place)])
                text.value(at: path + [String(place)])
                place += 1
            }
        case "{": members(until: "}") { $0.assignment(in: path) }
        default: _ = bare(until: ",]}#\r\n")
        }
    }

    private mutating func members(until end: Unicode.Scalar, _ member: (inout KeyLines) -> Void) {
        take()
        while true {
            skipBlanks(newlines: true)
            guard let next = rest.first else { return }
            if next == end || next == "," {
                take()
                if next == end { return }
            } else {
                let before = rest.startIndex
                member(&self)
                // Never so in a text that the parser has accepted; a loop without an end would be worse than a wrong line.
                if rest.startIndex == before { take() }
            }
        }
    }

    private mutating func bare(until stops: String) -> String {
        var word = ""
        while let next = rest.first, !stops.unicodeScalars.contains(next) {
            word.unicodeScalars.append(next)
            take()
        }
        return word
    }

    private mutating func quoted() -> String {
        guard let quote = rest.first else { return "" }
        let triple = rest.starts(with: [quote, quote, quote])
        for _ in 0..<(triple ? 3 : 1) { take() }
        let startsBelow = rest.first == "\n" || rest.starts(with: "\r\n".unicodeScalars)
        textLine = triple ? current + (startsBelow ? 1 : 0) : nil
        var text = ""
        while let next = rest.first {
            if triple ? rest.starts(with: [quote, quote, quote]) : next == quote {
                for _ in 0..<(triple ? 3 : 1) { take() }
                // Up to two quotes may stand before the closing three.
                while triple, rest.first == quote { take() }
                break
            }
            take()
            if next == "\\", quote == "\"" { text += escape() } else { text.unicodeScalars.append(next) }
        }
        return text
    }

    /// What stands behind a backslash.
    private mutating func escape() -> String {
        guard let letter = rest.first else { return "" }
        take()
        if letter == "\n" || letter == "\r" || letter == " " || letter == "\t" { textLine = nil }
        let digits = letter == "u" ? 4 : letter == "U" ? 8 : letter == "x" ? 2 : 0
        guard digits > 0 else { return String(Character(letter)) }
        let number = String(String.UnicodeScalarView(rest.prefix(digits)))
        for _ in 0..<number.unicodeScalars.count { take() }
        guard let value = UInt32(number, radix: 16), let scalar = Unicode.Scalar(value) else { return "" }
        if value == 0, firstNUL == nil { firstNUL = current }
        return String(Character(scalar))
    }

    // MARK: Steps

    private mutating func take() { if rest.popFirst() == "\n" { current += 1 } }

    private mutating func skipBlanks(newlines: Bool) {
        while let next = rest.first {
            if newlines, next == "#" {
                skipLine()
            } else if next == " " || next == "\t" || (newlines && (next == "\n" || next == "\r")) {
                take()
            } else {
                return
            }
        }
    }

    private mutating func skipLine() {
        while let next = rest.first, next != "\n" { take() }
    }
}
