import ReeveModel

/// Something that goes into a pane by one call.
enum ZellijInput: Sendable, Hashable {
    /// As if typed.
    case typed(String)
    /// As one paste, in brackets where the program has asked for them.
    case pasted(String)
    case bytes([UInt8])
    /// A key by Zellij's name, so that it comes out in the form that the program has asked for.
    case key(String)

    /// Most bytes of one call. Linux takes 128 KiB for one argument of a program (`MAX_ARG_STRLEN`), macOS 1 MiB for all
    /// together.
    static let longest = 96 << 10

    /// - Parameter longest: most bytes of one piece, at least 4.
    static func of(_ text: String, longest: Int = longest) -> [ZellijInput] {
        let isMultiline = text.utf8.contains(10)
        // Several lines go in as a paste, a single line as if typed.
        let clean = isMultiline ? PasteText.neutralised(text) : text
        // No argument of a program can hold a NUL: it goes in as a byte of its own.
        let parts = Array(clean.utf8).split(separator: 0, omittingEmptySubsequences: false)
        var inputs: [ZellijInput] = []
        for (number, part) in parts.enumerated() {
            if number > 0 { inputs.append(.bytes([0])) }
            for piece in PasteText.pieces(part, longest: longest, atLines: isMultiline) {
                inputs.append(isMultiline ? .pasted(piece) : .typed(piece))
            }
        }
        return inputs
    }

    static func of(_ key: Key) -> ZellijInput {
        switch key {
        // The bytes themselves: what a name turns into depends on the keyboard protocol that the program has asked for.
        case .enter: .bytes([13])
        case .escape: .bytes([27])
        case .tab: .bytes([9])
        case .backTab: .bytes([27, 91, 90])
        case .space: .bytes([32])
        case .backspace: .bytes([127])
        case .control(let character): .bytes([(character.asciiValue ?? 0) & 0x1F])
        case .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .delete: .key(key.name)
        }
    }
}
