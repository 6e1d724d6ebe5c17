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

    /// One number, because pens are compared for every character of a flood: 0, a kind in the highest byte and below it what there is of it.
    struct Colour: Equatable {
        fileprivate var value: UInt32

        static let standard = Colour(value: 0)
        static func palette(_ index: UInt8) -> Colour { Colour(value: 1 << 24 | UInt32(index)) }
        static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Colour {
            Colour(value: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
        }

        static func == (one: Colour, other: Colour) -> Bool { one.value == other.value }
    }

    static func == (one: Pen, other: Pen) -> Bool {
        one.attributes == other.attributes && one.underline == other.underline
            && one.foreground.value == other.foreground.value && one.background.value == other.background.value
    }

    static func != (one: Pen, other: Pen) -> Bool { !(one == other) }

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
        Self.append(to: &bytes) { sequence in
            guard self != .plain else { return }
            sequence.add(0)
            writeAttributes(to: &sequence)
            Self.write(foreground, 30, to: &sequence)
            Self.write(background, 40, to: &sequence)
        }
    }

    /// The same in sequences that have fewer numbers than libvterm has places for (sixteen in 0.1.4).
    var shortSequences: [UInt8] {
        var bytes: [UInt8] = []
        Self.append(to: &bytes) { sequence in
            sequence.add(0)
            writeAttributes(to: &sequence)
        }
        for (colour, base) in [(foreground, UInt8(30)), (background, 40)] where colour != .standard {
            Self.append(to: &bytes) { Self.write(colour, base, to: &$0) }
        }
        return bytes
    }

    /// A sequence that is being written; bytes by themselves would each ask whose the array is.
    private struct Sequence {
        let bytes: UnsafeMutableBufferPointer<UInt8>
        var count = 2

        mutating func add(_ number: UInt8) {
            if count > 2 { put(UInt8(ascii: ";")) }
            if number >= 100 { put(0x30 + number / 100) }
            if number >= 10 { put(0x30 + number / 10 % 10) }
            put(0x30 + number % 10)
        }

        mutating func put(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }
    }

    /// - Parameter body: has at most seventeen numbers of three digits.
    private static func append(to bytes: inout [UInt8], _ body: (inout Sequence) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 80) { buffer in
            buffer.initialize(repeating: 0)
            (buffer[0], buffer[1]) = (0x1B, UInt8(ascii: "["))
            var sequence = Sequence(bytes: buffer)
            body(&sequence)
            sequence.put(UInt8(ascii: "m"))
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<sequence.count]))
        }
    }

    private func writeAttributes(to sequence: inout Sequence) {
        if attributes != 0 {
            for (bit, number) in Self.attributeNumbers.enumerated() where attributes & 1 << UInt8(bit) != 0 {
                sequence.add(number)
            }
        }
        if underline != 0 { sequence.add(underline == 2 ? 21 : 4) }
    }

    private static func write(_ colour: Colour, _ base: UInt8, to sequence: inout Sequence) {
        let low = UInt8(truncatingIfNeeded: colour.value)
        switch colour.value >> 24 {
        case 0: break
        case 1 where low < 8: sequence.add(base + low)
        case 1 where low < 16: sequence.add(base + 60 + low - 8)
        case 1:
            sequence.add(base + 8)
            sequence.add(5)
            sequence.add(low)
        default:
            sequence.add(base + 8)
            sequence.add(2)
            sequence.add(UInt8(truncatingIfNeeded: colour.value >> 16))
            sequence.add(UInt8(truncatingIfNeeded: colour.value >> 8))
            sequence.add(low)
        }
    }
}
