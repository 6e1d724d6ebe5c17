import CTerminalEmulator

/// A row of cells as UTF-8, with its colours as escape sequences that begin and end with none.
struct CellText {
    private(set) var bytes: [UInt8] = []
    private var pen: Pen = .plain
    /// Cells that nothing has been written to, and are worth nothing unless something comes after them.
    private var blanks = 0

    /// - Parameter isStyled: a blank cell with a look of its own is seen, so it is text; without this it is nothing.
    mutating func append(_ cell: VTermScreenCell, isStyled: Bool) {
        let look = isStyled ? Pen(cell) : .plain
        if cell.chars.0 == 0, look == .plain {
            blanks += 1
            return
        }
        // The second half of a wide character.
        if cell.chars.0 == UInt32.max { return }
        if blanks > 0 {
            change(to: .plain)
            bytes.append(contentsOf: repeatElement(0x20, count: blanks))
            blanks = 0
        }
        change(to: look)
        // Half of a wide character, the other half of which has been written over: whoever prints it would make it whole again.
        let isHalf = cell.width == 1 && Self.isWide(cell.chars.0)
        guard cell.chars.0 != 0, !isHalf else { return bytes.append(0x20) }
        withUnsafeBytes(of: cell.chars) { raw in
            for value in raw.bindMemory(to: UInt32.self) {
                // What comes behind the zero is of another cell. A character that no terminal would print cannot be in a cell, unless it is
                // damaged.
                guard let scalar = Unicode.Scalar(value), value >= 0x20 else { break }
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// Two cells wide, in the ranges in which terminals agree (East Asian Width W and F of Unicode 15, emoji).
    static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    private mutating func change(to new: Pen) {
        guard new != pen else { return }
        pen = new
        new.write(to: &bytes)
    }

    /// All of it, with the colours taken back.
    consuming func finished() -> [UInt8] {
        change(to: .plain)
        return bytes
    }

    /// The same line without its sequences.
    static func plain(_ line: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isInSequence = false
        for byte in line {
            if isInSequence {
                // Only `ESC [ … m` is ever in here.
                if byte == UInt8(ascii: "m") { isInSequence = false }
            } else if byte == 0x1B {
                isInSequence = true
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
