import Yams

/// The text of one block mapping, with the place of each entry: what an edit cuts and pastes by.
///
/// The YAML parser says which keys there are and where each key and value begins; where a value ends it does not say, so that is looked
/// for here. `FrontMatterEdit` reads the result again and refuses an edit that changed anything else.
struct MappingText {
    /// Where a value is.
    enum Value {
        /// Nothing, after the colon at `after`.
        case empty(after: Int)
        /// These bytes; a block text (`|`) in several pieces, the first of which is its mark.
        case scalar([Range<Int>])
        /// A list, a map, or something with a tag or an anchor.
        case other
    }

    struct Place {
        /// From the beginning of its first line to the end of its last.
        var lines: Range<Int>
        var value: Value
    }

    let bytes: [UInt8]
    /// The beginnings of lines as YAML 1.1 counts them (LF, CR LF, CR, NEL, LS, PS), and the end.
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        var index = 0
        while index < bytes.count {
            let length = Self.lineBreak(bytes, index)
            index += max(1, length)
            if length > 0 { starts.append(index) }
        }
        self.starts = starts
    }

    private static func lineBreak(_ bytes: [UInt8], _ index: Int) -> Int {
        switch bytes[index] {
        case 0x0A: 1
        case 0x0D: index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
        case 0xC2 where bytes[index...].starts(with: [0xC2, 0x85]): 2
        case 0xE2 where bytes[index...].starts(with: [0xE2, 0x80, 0xA8]) || bytes[index...].starts(with: [0xE2, 0x80, 0xA9]): 3
        default: 0
        }
    }

    /// - Returns: nil when the entry is written in a way that is not edited: `? key`, or in braces.
    func place(of entry: FrontMatterYAML.Entry) -> Place? {
        let line = entry.mark.line - 1
        guard starts.indices.contains(line), let key = offset(entry.mark), key >= starts[line],
            bytes[starts[line]..<key].allSatisfy({ $0 == 0x20 }), let colon = colon(after: key, entry.key)
        else { return nil }
        let indent = key - starts[line]
        let value = value(of: entry.node, after: colon + 1, indent: indent)
        let end: Int
        switch value {
        case .empty(let after): end = lineEnd(after)
        case .scalar(let pieces): end = lineEnd(pieces.last?.upperBound ?? colon)
        case .other: end = lineEnd(colon)
        }
        return Place(lines: starts[line]..<end, value: value)
    }

    /// The byte at which the line that `offset` is in ends, its ending included.
    private func lineEnd(_ offset: Int) -> Int { starts.first { $0 > offset } ?? bytes.count }

    /// Without the line's ending.
    private func contentEnd(_ offset: Int) -> Int {
        var end = offset
        while end < bytes.count, Self.lineBreak(bytes, end) == 0 { end += 1 }
        return end
    }

    private func offset(_ mark: Mark) -> Int? {
        guard starts.indices.contains(mark.line - 1) else { return nil }
        var offset = starts[mark.line - 1]
        // Columns are counted in Unicode scalars: every byte but those that continue one.
        var column = 1
        while column < mark.column, offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            column += 1
        }
        return offset
    }

    private func colon(after key: Int, _ name: String) -> Int? {
        let forms = [name, "\"\(name)\"", "'\(name)'"].map { Array($0.utf8) }
        guard let form = forms.first(where: { bytes[key...].starts(with: $0) }) else { return nil }
        let colon = skipBlanks(key + form.count)
        return colon < bytes.count && bytes[colon] == UInt8(ascii: ":") ? colon : nil
    }

    private func skipBlanks(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
        return offset
    }

    // MARK: - Where a value ends

    private func value(of node: Node, after: Int, indent: Int) -> Value {
        guard case .scalar(let scalar) = node, let mark = scalar.mark, let begin = offset(mark) else {
            if case .mapping = node, isEmptyBraces(skipBlanks(after)) {
                let brace = skipBlanks(after)
                let close = bytes[brace...].firstIndex(of: UInt8(ascii: "}")) ?? brace
                return .scalar([brace..<(close + 1)])
            }
            return .other
        }
        if scalar.string.isEmpty, scalar.style == .plain {
            // Not at its mark: that is wherever the parser was when it found nothing.
            let next = skipBlanks(after)
            let isNothing = next >= bytes.count || Self.lineBreak(bytes, next) > 0 || bytes[next] == UInt8(ascii: "#")
            return isNothing ? .empty(after: after) : .other
        }
        guard begin >= after, begin < bytes.count else { return .other }
        switch bytes[begin] {
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"): return .other
        case UInt8(ascii: "'"): return closing(begin).map { .scalar([begin..<$0]) } ?? .other
        case UInt8(ascii: "\""): return closing(begin).map { .scalar([begin..<$0]) } ?? .other
        case UInt8(ascii: "|"), UInt8(ascii: ">"): return .scalar(block(begin, indent))
        default: return .scalar([begin..<plainEnd(begin, indent)])
        }
    }

    private func isEmptyBraces(_ offset: Int) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "{") else { return false }
        let next = skipBlanks(offset + 1)
        return next < bytes.count && bytes[next] == UInt8(ascii: "}")
    }

    /// The byte after the quote that closes the one at `begin`.
    private func closing(_ begin: Int) -> Int? {
        let quote = bytes[begin]
        var index = begin + 1
        while index < bytes.count {
            if quote == UInt8(ascii: "\""), bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == quote {
                guard quote == UInt8(ascii: "'"), index + 1 < bytes.count, bytes[index + 1] == quote else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        return nil
    }

    private func plainEnd(_ begin: Int, _ indent: Int) -> Int {
        let (first, hasComment) = plainLineEnd(begin)
        var end = first
        guard !hasComment else { return end }
        for start in starts where start > begin {
            let content = skipBlanks(start)
            if content == contentEnd(start) { continue }
            guard content - start > indent, bytes[content] != UInt8(ascii: "#") else { break }
            let (next, hasComment) = plainLineEnd(content)
            end = next
            if hasComment { break }
        }
        return end
    }

    /// The end of an unquoted text's part in one line: before a comment, without blanks.
    private func plainLineEnd(_ begin: Int) -> (end: Int, hasComment: Bool) {
        let limit = contentEnd(begin)
        var end = limit
        var hasComment = false
        for index in begin..<limit
        where bytes[index] == UInt8(ascii: "#") && index > begin && (bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09) {
            end = index
            hasComment = true
            break
        }
        while end > begin, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return (end, hasComment)
    }

    /// The mark of a block text without its comment, and its lines with the ending before them.
    private func block(_ begin: Int, _ indent: Int) -> [Range<Int>] {
        let mark = begin..<plainLineEnd(begin).end
        let first = lineEnd(begin)
        var end = first
        for start in starts where start >= first && start < bytes.count {
            let content = skipSpaces(start)
            if content == contentEnd(start) { continue }
            guard content - start > indent else { break }
            end = contentEnd(start)
        }
        // The ending of the last line stays and becomes that of the mark's line, so the ending before the first one goes.
        return end == first ? [mark] : [mark, contentEnd(begin)..<end]
    }

    private func skipSpaces(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
        return offset
    }
}
