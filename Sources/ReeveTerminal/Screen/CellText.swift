import CTerminalEmulator

/// A row of cells as UTF-8, with its colours as escape sequences that begin and end with none.
struct CellText {
    private(set) var bytes: [UInt8] = []
    private var pen: Pen = .plain
    /// Cells that nothing has been written to, and are worth nothing unless something comes after them.
    private var blanks = 0

    /// What a cell looks like, besides its character.
    struct Pen: Equatable {
        var attributes: UInt8 = 0
        var underline: UInt32 = 0
        var foreground: Colour = .standard
        var background: Colour = .standard

        static let plain = Pen()

        enum Colour: Equatable {
            case standard
            case palette(UInt8)
            case rgb(UInt8, UInt8, UInt8)
        }

        init() {}

        init(_ cell: VTermScreenCell) {
            let flags = [
                cell.attrs.bold, cell.attrs.italic, cell.attrs.blink, cell.attrs.reverse, cell.attrs.strike,
            ]
            for (bit, flag) in flags.enumerated() where flag != 0 { attributes |= 1 << UInt8(bit) }
            underline = cell.attrs.underline
            foreground = Self.colour(cell.fg, VTERM_COLOR_DEFAULT_FG)
            background = Self.colour(cell.bg, VTERM_COLOR_DEFAULT_BG)
        }

        private static func colour(_ colour: VTermColor, _ standard: VTermColorType) -> Colour {
            if UInt32(colour.type) & standard.rawValue != 0 { return .standard }
            if UInt32(colour.type) & VTERM_COLOR_TYPE_MASK.rawValue == VTERM_COLOR_INDEXED.rawValue {
                return .palette(colour.indexed.idx)
            }
            return .rgb(colour.rgb.red, colour.rgb.green, colour.rgb.blue)
        }

        /// The numbers of the sequence that sets it, from whatever was before.
        var numbers: String {
            var text = "0"
            for (bit, number) in [1, 3, 5, 7, 9].enumerated() where attributes & 1 << UInt8(bit) != 0 { text += ";\(number)" }
            switch underline {
            case 0: break
            case 2: text += ";21"
            default: text += ";4"
            }
            text += Self.numbers(foreground, 30) + Self.numbers(background, 40)
            return text
        }

        private static func numbers(_ colour: Colour, _ base: Int) -> String {
            switch colour {
            case .standard: ""
            case .palette(let index) where index < 8: ";\(base + Int(index))"
            case .palette(let index) where index < 16: ";\(base + 60 + Int(index) - 8)"
            case .palette(let index): ";\(base + 8);5;\(index)"
            case .rgb(let red, let green, let blue): ";\(base + 8);2;\(red);\(green);\(blue)"
            }
        }
    }

    /// - Parameter keepsBackground: a blank cell with a background is seen, so it is text; without this it is nothing.
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
            for value in raw.bindMemory(to: UInt32.self) where value != 0 {
                // A character that no terminal would print cannot be in a cell, unless it is damaged.
                guard let scalar = Unicode.Scalar(value), value >= 0x20 else { break }
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// Two cells wide, in the ranges in which terminals agree (East Asian Width W and F of Unicode 15, emoji).
    private static func isWide(_ value: UInt32) -> Bool {
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
        bytes.append(contentsOf: "\u{1B}[\(new == .plain ? "" : new.numbers)m".utf8)
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
