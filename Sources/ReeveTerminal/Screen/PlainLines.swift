/// Whole lines of plain text at the beginning of some output: each is exactly one line of the screen, and leaves the colours as they were.
///
/// With them a flood of output need not go through the emulator, which moves the whole screen for each line: libvterm 0.1.4 takes 17 µs
/// for a line of a screen of 200 by 50, and a terminal's device brings one in 2.
struct PlainLines {
    /// Where each line ends, without its line break; they begin at 0 and after the break before.
    private(set) var ends: [Int] = []
    /// Bytes of all lines with their breaks.
    private(set) var length = 0

    /// - Parameters:
    ///   - columns: a longer line takes two of the screen, so it ends this.
    ///   - most: lines.
    init(_ bytes: UnsafeBufferPointer<UInt8>, columns: Int, most: Int) {
        var index = 0
        while ends.count < most, let end = Self.line(bytes, from: index, columns: columns) {
            ends.append(end)
            index = end + 2
            length = index
        }
    }

    /// The end of the line that begins at `start`, if it is plain and ended by CR LF.
    private static func line(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, columns: Int) -> Int? {
        var index = start
        var width = 0
        var isColoured = false
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x20...0x7E:
                width += 1
                index += 1
            case 0x0D:
                guard index + 1 < bytes.count, bytes[index + 1] == 0x0A, width <= columns, !isColoured else { return nil }
                return index
            case 0x1B:
                guard let (next, isReset) = colour(bytes, from: index) else { return nil }
                isColoured = !isReset
                index = next
            case 0xC2...0xF4:
                guard let next = character(bytes, from: index) else { return nil }
                // Perhaps it is one cell and perhaps two.
                width += 2
                index = next
            default: return nil
            }
            // Exactly the last column may leave the cursor waiting to wrap: such a line is left to the emulator.
            if width >= columns { return nil }
        }
        return nil
    }

    /// `ESC [ numbers m`; whether it takes back all colours.
    private static func colour(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (next: Int, isReset: Bool)? {
        guard start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "[") else { return nil }
        var index = start + 2
        var isZero = true
        while index < bytes.count, index < start + 40 {
            switch bytes[index] {
            case UInt8(ascii: "m"): return (index + 1, isZero)
            case UInt8(ascii: "0"): break
            case UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: ";"), UInt8(ascii: ":"): isZero = false
            default: return nil
            }
            index += 1
        }
        return nil
    }

    /// A whole character of several bytes that is no control character and cannot join the one before it for sure only if it is a letter
    /// of the first planes; what may join (marks, joiners, selectors) ends the line.
    private static func character(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let first = bytes[start]
        let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard start + count <= bytes.count else { return nil }
        var scalar = UInt32(first) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
        for offset in 1..<count {
            let byte = bytes[start + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        switch scalar {
        case 0xA1...0xAC, 0xAE...0x2FF, 0x370...0x482, 0x48A...0x590, 0x2010...0x2027, 0x2030...0x205F, 0x2070...0x20CF,
            0x2100...0x2BFF, 0x3041...0x3098, 0x309B...0xA4CF, 0xAC00...0xD7A3:
            return start + count
        default: return nil
        }
    }
}
