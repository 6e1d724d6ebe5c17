/// Where a file's front matter is: between a first line `---` and the next line `---` or `...`.
struct FrontMatterBlock: Hashable {
    /// More is no ticket's, and a parser should not be given it.
    static let largest = 65_536

    /// The lines between the two marks, with their endings.
    var inner: Range<Int>
    /// Where the text below begins.
    var body: Int
    /// The line, from 1, at which the text below begins.
    var bodyLine: Int
    /// As its lines end.
    var ending: [UInt8]

    /// The byte order mark, which is no part of the text.
    static func textStart(_ bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// - Returns: nil when the file does not begin with one.
    static func find(in bytes: [UInt8]) throws(TicketFault) -> FrontMatterBlock? {
        let start = textStart(bytes)
        let text = TextLines(bytes, from: start)
        guard let opening = text.lines.first, isMark(bytes[opening.content], [0x2D]) else { return nil }
        for (index, line) in text.lines.enumerated().dropFirst() where isMark(bytes[line.content], [0x2D, 0x2E]) {
            let inner = opening.whole.upperBound..<line.whole.lowerBound
            guard inner.count <= largest else {
                throw TicketFault(
                    line: 1, "the front matter has \(inner.count) bytes, more than \(largest)",
                    hint: "move what is text below the second ---")
            }
            return FrontMatterBlock(
                inner: inner, body: line.whole.upperBound, bodyLine: index + 2,
                ending: TextLines.ending(of: bytes[opening.whole]))
        }
        throw TicketFault(
            line: 1, "the front matter that begins here is never closed", hint: "put a line --- below its last key")
    }

    /// Three of one of the given bytes, and blanks after them.
    private static func isMark(_ line: ArraySlice<UInt8>, _ marks: [UInt8]) -> Bool {
        guard let first = line.first, marks.contains(first), line.prefix(3).count == 3 else { return false }
        return line.prefix(3).allSatisfy { $0 == first } && line.dropFirst(3).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
