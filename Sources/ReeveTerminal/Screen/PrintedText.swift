/// What of a program's text the emulator gets, one character after another, and which of them is to be repeated when the program asks for
/// that (`REP`).
///
/// libvterm 0.1.4 joins marks to the character before them and keeps all of them: in a place that grows without end and is looked through
/// from its beginning for each one more, though a cell holds six characters (`on_text` in its `state.c`, `VTERM_MAX_CHARS_PER_CELL`).
struct PrintedText {
    /// That is no mark.
    private(set) var last: Unicode.Scalar?
    /// That have joined it since.
    private var marks = 0

    /// With the character that they join, they fill a cell.
    private static let mostMarks = 5

    /// Text of single bytes, with the controls within it.
    mutating func take(_ run: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let byte = run.last(where: { $0 >= 0x20 }) else { return }
        last = Unicode.Scalar(byte)
        marks = 0
    }

    /// - Returns: what the emulator gets for it; nil for nothing.
    mutating func take(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        // A control does not part a mark from its character: the bell leaves the cursor where it is.
        case 0..<0x20: return scalar
        // Both a mark and two columns wide to libvterm 0.1.4, which adds these up and writes behind the row; no other characters are
        // (its functions `vterm_unicode_is_combining` and `vterm_unicode_width`, asked for each one). The marks of Japanese have a form
        // that stands alone, those of Chinese and Hangul tones have none.
        case 0x3099, 0x309A: return take(Unicode.Scalar(scalar.value + 2) ?? scalar)
        case 0x302A...0x302F: return nil
        default: break
        }
        guard Self.isMark(scalar) else {
            last = scalar
            marks = 0
            return scalar
        }
        marks = min(marks + 1, Self.mostMarks + 1)
        return marks > Self.mostMarks ? nil : scalar
    }

    mutating func repeated() { marks = 0 }

    /// Whether libvterm may join it to the character before it. Its table is of Unicode 5.0: marks, what has no shape of its own, the vowels
    /// and ends of Hangul syllables, and two that count as something else since. It takes a soft hyphen for a character.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Asked for nothing more, because most text is of these: Latin, lines, blocks and arrows, Chinese, Hangul.
        case 0..<0x300, 0x2100..<0x2CE0, 0x3040..<0xA600, 0xAC00..<0xD7B0: return false
        case 0x06DE, 0x1160...0x11FF, 0x1734: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }
}
