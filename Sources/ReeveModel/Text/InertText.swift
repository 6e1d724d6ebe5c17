/// Text that does nothing but be seen, wherever it is shown.
package enum InertText {
    /// What does something instead of being seen: controls (C0, C1, DEL), soft hyphen, marks of direction, zero-width and filling
    /// characters, separators of lines and paragraphs, annotations, tags. Ranges as in the Unicode Character Database: `Cc`, and of `Cf`
    /// and `Default_Ignorable_Code_Point` all but the variation selectors, which choose between two forms of one sign.
    package static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x034F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180E, 0x200B...0x200F,
            0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A,
            0xE0000...0xE00FF, 0xE01F0...0xE0FFF:
            true
        default: false
        }
    }

    /// Without any of that: nothing in it can move the cursor, change a title, or pretend to be another word. A tab becomes a space; line
    /// breaks stay where they are allowed.
    package static func clean(_ text: String, keepingLines: Bool = false) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where keepingLines: result.append(scalar)
            case 0x09: result.append(" ")
            default: if !isActive(scalar) { result.append(scalar) }
            }
        }
        return String(result)
    }
}
