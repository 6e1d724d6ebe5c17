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
        guard text == pieces.lines(200, isStyled: false) || bytes.contains(where: { $0 >= 0x80 }) && holdsMarks(bytes) else {
            return "in pieces another text"
        }
        for line in text where line.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "a control character in a line" }
        _ = whole.lines(200, isStyled: true)
        _ = whole.fingerprint
        whole.resize(columns: rows, rows: columns)
        bytes.withUnsafeBufferPointer { whole.feed($0) }
        _ = whole.lines(200, isStyled: true)
        return flood(bytes, columns, rows % 6 + 1, piece: piece * 32)
    }

    /// What joins the character before it: libvterm takes it for one of its own when it comes later, in the last column. `wcwidth.c`, on
    /// which its tables are, counts these and the second halves of Korean syllables.
    private static func holdsMarks(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: true
            default: (0x1160...0x11FF).contains(scalar.value)
            }
        }
    }

    /// The same output again and again, past the emulator wherever that can be, and never.
    private static func flood(_ bytes: [UInt8], _ columns: Int, _ rows: Int, piece: Int) -> String? {
        guard let fast = screen(columns, rows, flood: 16), let slow = screen(columns, rows) else { return "no screen" }
        let begin = Array(String(repeating: "\r\n", count: rows).utf8)
        // Behind it a mark and some text: where they go, and in which colours, shows what else the terminal remembers.
        let output = begin + bytes + bytes + begin + bytes + Array("\u{301}xyz".utf8)
        for start in stride(from: 0, to: output.count, by: piece) {
            for screen in [fast, slow] {
                Array(output[start..<min(start + piece, output.count)]).withUnsafeBufferPointer { screen.feed($0) }
            }
        }
        let isSame = fast.lines(200, isStyled: true) == slow.lines(200, isStyled: true) && fast.fingerprint == slow.fingerprint
        return isSame ? nil : "a flood leaves something else than the emulator does"
    }

    private static func screen(_ columns: Int, _ rows: Int, flood: Int = .max) -> VirtualScreen? {
        VirtualScreen(
            columns: columns, rows: rows, scrollback: Scrollback(mostLines: 100, mostBytes: 1 << 16), flood: flood)
    }
}
