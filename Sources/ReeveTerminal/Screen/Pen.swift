import CTerminalEmulator

/// What a cell looks like, besides its character.
struct Pen: Equatable {
    /// One bit for each: bold, italic, blinking, reversed, struck through.
    var attributes: UInt8 = 0
    /// Lines, as libvterm counts them: none, one, two, a wavy one.
    var underline: UInt8 = 0
    var foreground: Colour = .standard
    var background: Colour = .standard

    static let plain = Pen()

    enum Colour: Equatable {
        case standard
        case palette(UInt8)
        case rgb(UInt8, UInt8, UInt8)
    }

    /// The numbers that set the attributes, in the order of their bits.
    private static let attributeNumbers: [UInt8] = [1, 3, 5, 7, 9]

    init() {}

    init(_ cell: VTermScreenCell) {
        set(
            bold: cell.attrs.bold, italic: cell.attrs.italic, blink: cell.attrs.blink, reverse: cell.attrs.reverse,
            strike: cell.attrs.strike)
        underline = UInt8(truncatingIfNeeded: cell.attrs.underline)
        foreground = Self.colour(cell.fg, VTERM_COLOR_DEFAULT_FG)
        background = Self.colour(cell.bg, VTERM_COLOR_DEFAULT_BG)
    }

    /// What text that is written now would look like; nil if that is not all of it: in another font, or underlined in a way that only
    /// libvterm sets.
    init?(_ state: OpaquePointer) {
        func value(_ attribute: VTermAttr) -> VTermValue {
            var value = VTermValue()
            _ = vterm_state_get_penattr(state, attribute, &value)
            return value
        }
        func flag(_ attribute: VTermAttr) -> UInt32 { value(attribute).boolean == 0 ? 0 : 1 }
        let lines = value(VTERM_ATTR_UNDERLINE).number
        guard (0...2).contains(lines), value(VTERM_ATTR_FONT).number == 0 else { return nil }
        set(
            bold: flag(VTERM_ATTR_BOLD), italic: flag(VTERM_ATTR_ITALIC), blink: flag(VTERM_ATTR_BLINK),
            reverse: flag(VTERM_ATTR_REVERSE), strike: flag(VTERM_ATTR_STRIKE))
        underline = UInt8(lines)
        foreground = Self.colour(value(VTERM_ATTR_FOREGROUND).color, VTERM_COLOR_DEFAULT_FG)
        background = Self.colour(value(VTERM_ATTR_BACKGROUND).color, VTERM_COLOR_DEFAULT_BG)
    }

    private mutating func set(bold: UInt32, italic: UInt32, blink: UInt32, reverse: UInt32, strike: UInt32) {
        if bold != 0 { attributes |= 1 }
        if italic != 0 { attributes |= 2 }
        if blink != 0 { attributes |= 4 }
        if reverse != 0 { attributes |= 8 }
        if strike != 0 { attributes |= 16 }
    }

    private static func colour(_ colour: VTermColor, _ standard: VTermColorType) -> Colour {
        if UInt32(colour.type) & standard.rawValue != 0 { return .standard }
        if UInt32(colour.type) & VTERM_COLOR_TYPE_MASK.rawValue == VTERM_COLOR_INDEXED.rawValue {
            return .palette(colour.indexed.idx)
        }
        return .rgb(colour.rgb.red, colour.rgb.green, colour.rgb.blue)
    }

    /// Without what is no colour.
    var colours: Pen {
        var pen = Pen()
        (pen.foreground, pen.background) = (foreground, background)
        return pen
    }

    // MARK: As a sequence

    /// The sequence that sets it, from whatever was before.
    func write(to bytes: inout [UInt8]) {
        bytes.append(0x1B)
        bytes.append(UInt8(ascii: "["))
        if self != .plain {
            bytes.append(UInt8(ascii: "0"))
            writeAttributes(to: &bytes)
            Self.write(foreground, 30, to: &bytes)
            Self.write(background, 40, to: &bytes)
        }
        bytes.append(UInt8(ascii: "m"))
    }

    /// The same in sequences that have fewer numbers than libvterm has places for (sixteen in 0.1.4).
    var shortSequences: [UInt8] {
        var bytes = Array("\u{1B}[0".utf8)
        writeAttributes(to: &bytes)
        bytes.append(UInt8(ascii: "m"))
        for (colour, base) in [(foreground, UInt8(30)), (background, 40)] where colour != .standard {
            var pen = Pen()
            if base == 30 { pen.foreground = colour } else { pen.background = colour }
            var sequence: [UInt8] = []
            pen.write(to: &sequence)
            // Without the zero that would take back the rest.
            bytes += [0x1B, UInt8(ascii: "[")] + sequence.dropFirst(4)
        }
        return bytes
    }

    private func writeAttributes(to bytes: inout [UInt8]) {
        if attributes != 0 {
            for (bit, number) in Self.attributeNumbers.enumerated() where attributes & 1 << UInt8(bit) != 0 {
                Self.write(number, to: &bytes)
            }
        }
        if underline != 0 { Self.write(underline == 2 ? 21 : 4, to: &bytes) }
    }

    private static func write(_ colour: Colour, _ base: UInt8, to bytes: inout [UInt8]) {
        switch colour {
        case .standard: break
        case .palette(let index) where index < 8: write(base + index, to: &bytes)
        case .palette(let index) where index < 16: write(base + 60 + index - 8, to: &bytes)
        case .palette(let index):
            write(base + 8, to: &bytes)
            write(5, to: &bytes)
            write(index, to: &bytes)
        case .rgb(let red, let green, let blue):
            write(base + 8, to: &bytes)
            write(2, to: &bytes)
            write(red, to: &bytes)
            write(green, to: &bytes)
            write(blue, to: &bytes)
        }
    }

    /// One more number behind the others.
    private static func write(_ number: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ";"))
        if number >= 100 { bytes.append(0x30 + number / 100) }
        if number >= 10 { bytes.append(0x30 + number / 10 % 10) }
        bytes.append(0x30 + number % 10)
    }
}
