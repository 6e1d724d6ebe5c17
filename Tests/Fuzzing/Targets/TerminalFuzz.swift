import ReeveTerminal

extension FuzzTarget {
    /// What an agent writes, in a built-in terminal of any size, whole and in pieces, with a change of the size in between.
    static let terminal = FuzzTarget(name: "terminal", longest: 1024) { input in
        guard input.count > 3 else { return nil }
        let columns = Int(input[0]) % 100 + 1
        let rows = Int(input[1]) % 40 + 1
        let piece = Int(input[2]) % 32 + 1
        let bytes = Array(input.dropFirst(3))
        guard let whole = screen(columns, rows), let pieces = screen(columns, rows) else { return "no screen" }
        bytes.withUnsafeBufferPointer { whole.feed($0) }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            Array(bytes[start..<min(start + piece, bytes.count)]).withUnsafeBufferPointer { pieces.feed($0) }
        }
        let text = whole.lines(200, isStyled: false)
        guard text == pieces.lines(200, isStyled: false) else { return "in pieces another text" }
        for line in text where line.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "a control character in a line" }
        _ = whole.lines(200, isStyled: true)
        _ = whole.fingerprint
        whole.resize(columns: rows, rows: columns)
        bytes.withUnsafeBufferPointer { whole.feed($0) }
        _ = whole.lines(200, isStyled: true)
        return nil
    }

    private static func screen(_ columns: Int, _ rows: Int) -> VirtualScreen? {
        VirtualScreen(columns: columns, rows: rows, scrollback: Scrollback(mostLines: 100, mostBytes: 1 << 16))
    }
}
