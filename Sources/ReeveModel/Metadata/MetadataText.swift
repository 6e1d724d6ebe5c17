/// Text of metadata: cleaned, in one line, and cut where it is too long. The lengths are those of Opensessions.
package enum MetadataText {
    package static let status = 100
    package static let label = 100
    package static let message = 500
    package static let source = 50
    package static let title = 100

    /// One line of at most `limit` characters, the last of them an ellipsis where something was cut off.
    ///
    /// A character may be a letter with any number of marks on it, so the bytes have a limit too: eight for each character.
    package static func line(_ text: String, limit: Int) -> String {
        let spaced = String(
            String.UnicodeScalarView(text.unicodeScalars.map { isBreak($0) ? Unicode.Scalar(0x20 as UInt8) : $0 }))
        return cut(trimmed(InertText.clean(spaced)), limit: limit)
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: { $0 != " " }), let last = text.lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(text[first...last])
    }

    private static func cut(_ text: String, limit: Int) -> String {
        let bytes = limit * 8
        if text.utf8.count <= bytes, text.count <= limit { return text }
        var result = ""
        for character in text.prefix(limit - 1) {
            guard result.utf8.count + character.utf8.count + "…".utf8.count <= bytes else { break }
            result.append(character)
        }
        return result + "…"
    }
}
