/// How many columns of a terminal a text takes.
package enum DisplayWidth {
    package static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    /// Ranges of East Asian wide and emoji characters (Unicode TR 11, 51) as terminals draw them.
    package static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x300...0x36F: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6,
            0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x26A1, 0x26BD...0x26BE, 0x26D4,
            0x2705,
            0x270A...0x270B, 0x2728, 0x274C, 0x274E, 0x2753...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50, 0x2B55,
            0x1F1E6...0x1F1FF,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return character.unicodeScalars.contains { $0.value == 0xFE0F } ? 2 : 1
        }
    }

    /// What fits into so many columns; a wide character that would cross the edge is left out.
    package static func cut(_ text: String, to limit: Int) -> String {
        var used = 0
        var end = text.startIndex
        while end < text.endIndex {
            used += columns(text[end])
            if used > limit { break }
            end = text.index(after: end)
        }
        return String(text[..<end])
    }
}
