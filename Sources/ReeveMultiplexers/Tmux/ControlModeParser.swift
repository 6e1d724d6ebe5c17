/// Takes tmux's control-mode output apart: blocks (`%begin` … `%end` or `%error`) and notifications. Pure; bytes in, items out.
///
/// Inside a block everything is output until a terminator whose three numbers equal the opener's: a captured screen may hold
/// lines that look like `%end`.
package struct ControlModeParser {
    package struct Block: Sendable, Equatable {
        /// The output as it came, each line with its newline.
        package var text: [UInt8]
        package var isError: Bool
        /// Caused by a command of this client (bit 1 of the flags), not by a hook or another.
        package var isOurs: Bool

        package var lines: [String] {
            text.isEmpty
                ? []
                : text.dropLast().split(separator: 10, omittingEmptySubsequences: false).map {
                    String(decoding: $0, as: UTF8.self)
                }
        }
    }

    package enum Item: Sendable, Equatable {
        case block(Block)
        case notification(String)
        /// A line that a hook's `display-message` printed outside any block.
        case line(String)
    }

    /// A line longer than this is cut: a pane's row is never that long, and memory must stay bounded.
    static let longestLine = 4 << 20

    private var buffer: [UInt8] = []
    /// The numbers of the block that is open. Its text lies apart: appending to it inside the optional would copy it each time.
    private var opener: (numbers: [UInt8], isOurs: Bool)?
    private var text: [UInt8] = []

    package init() {}

    package mutating func feed(_ bytes: some Collection<UInt8>) -> [Item] {
        buffer.append(contentsOf: bytes)
        var items: [Item] = []
        var start = buffer.startIndex
        while let end = buffer[start...].firstIndex(of: 10) {
            if let item = take(buffer[start..<end]) { items.append(item) }
            start = end + 1
        }
        buffer.removeSubrange(..<start)
        if buffer.count > Self.longestLine { buffer.removeSubrange(Self.longestLine...) }
        return items
    }

    private static let begin = Array("%begin ".utf8)
    private static let end = Array("%end ".utf8)
    private static let error = Array("%error ".utf8)

    private mutating func take(_ line: ArraySlice<UInt8>) -> Item? {
        if let current = opener {
            if line.first == UInt8(ascii: "%") {
                for (marker, isError) in [(Self.end, false), (Self.error, true)]
                where line.starts(with: marker) && line.dropFirst(marker.count).elementsEqual(current.numbers) {
                    defer { text = [] }
                    opener = nil
                    return .block(Block(text: text, isError: isError, isOurs: current.isOurs))
                }
            }
            text.append(contentsOf: line)
            text.append(10)
            return nil
        }
        if line.starts(with: Self.begin) {
            let numbers = line.dropFirst(Self.begin.count)
            let flags = Int(String(decoding: numbers.split(separator: 32).last ?? [], as: UTF8.self)) ?? 0
            opener = (Array(numbers), flags & 1 == 1)
            return nil
        }
        let text = String(decoding: line, as: UTF8.self)
        return line.first == UInt8(ascii: "%") ? .notification(text) : .line(text)
    }
}
