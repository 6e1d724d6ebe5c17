/// What `dump-screen` prints.
enum ZellijScreen {
    /// The last `count` lines, without the blank tail.
    static func last(_ count: Int, of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let tail = lines.reversed().prefix { isBlank($0) }.count
        return lines.dropLast(tail).suffix(count).joined(separator: "\n")
    }

    /// Nothing but spaces and escape sequences of colours.
    static func isBlank(_ line: Substring) -> Bool {
        var isInSequence = false
        for byte in line.utf8 {
            switch byte {
            case 0x1B: isInSequence = true
            case UInt8(ascii: "[") where isInSequence: break
            // The last byte of a control sequence (ECMA-48, 5.4).
            case 0x40...0x7E where isInSequence: isInSequence = false
            case _ where isInSequence: break
            case 0x20, 0x0D: break
            default: return false
            }
        }
        return true
    }
}
