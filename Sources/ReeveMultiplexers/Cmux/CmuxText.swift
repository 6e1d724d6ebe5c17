/// Text on its way into a surface.
///
/// cmux has two ways in. `surface.send_text` turns every control character into a key: a line break is Return, ESC is the Escape
/// key. So several lines would be sent one by one, and paste markers that we wrote ourselves would arrive as Escape and a loose
/// `[200~`. `terminal.paste` (0.64 and later) is the way of Cmd+V: cmux writes the markers if the program asked for them, turns
/// control characters into spaces, and presses nothing.
enum CmuxText {
    enum Way: Sendable, Hashable {
        case typed(String), pasted(String)
        /// Several lines, and this cmux has no paste.
        case impossible
    }

    /// More than this is pasted where that is possible: a long text that is typed key by key has frozen surfaces (cmux issue
    /// 2396).
    static let longestTyped = 256

    static func way(_ text: String, canPaste: Bool) -> Way {
        let clean = cleaned(text)
        if clean.utf8.contains(10) { return canPaste ? .pasted(clean) : .impossible }
        return clean.utf8.count > longestTyped && canPaste ? .pasted(clean) : .typed(clean)
    }

    /// Line breaks and tabs stay, whatever they are written as; every other control character (C0, DEL, C1) becomes a space,
    /// which is what cmux's paste does, and keeps an end-of-paste marker inside the text from being one.
    static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A:
                if !wasReturn { result.append("\n") }
            case 0x0D: result.append("\n")
            case 0x09: result.append("\t")
            case 0..<0x20, 0x7F..<0xA0: result.append(" ")
            default: result.append(scalar)
            }
            wasReturn = scalar.value == 0x0D
        }
        return String(result)
    }
}
