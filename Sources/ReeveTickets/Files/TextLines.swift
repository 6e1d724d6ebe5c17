/// Bytes as lines. A line ends with LF, and a CR before it belongs to the ending: nothing else ends one in a Markdown file.
struct TextLines {
    struct Line {
        /// Without the ending.
        var content: Range<Int>
        /// With it.
        var whole: Range<Int>
    }

    let bytes: [UInt8]
    let lines: [Line]

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        var lines: [Line] = []
        var begin = start
        while begin < bytes.count {
            let feed = bytes[begin...].firstIndex(of: 0x0A)
            let end = feed.map { $0 + 1 } ?? bytes.count
            var contentEnd = feed ?? bytes.count
            if feed != nil, contentEnd > begin, bytes[contentEnd - 1] == 0x0D { contentEnd -= 1 }
            lines.append(Line(content: begin..<contentEnd, whole: begin..<end))
            begin = end
        }
        self.lines = lines
    }

    func text(_ line: Line) -> String { String(decoding: bytes[line.content], as: UTF8.self) }

    /// The ending of the first line that has one; LF when none has.
    static func ending(of bytes: some Collection<UInt8>) -> [UInt8] {
        guard let feed = bytes.firstIndex(of: 0x0A) else { return [0x0A] }
        let before = bytes[..<feed]
        return before.count > 0 && before.dropFirst(before.count - 1).first == 0x0D ? [0x0D, 0x0A] : [0x0A]
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    var trimmedOfBlanks: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension String {
    var trimmedOfBlanks: String { String(self[...].trimmedOfBlanks) }
}
