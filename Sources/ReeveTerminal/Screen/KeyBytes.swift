import CTerminalEmulator

/// What a key is in bytes. Names as everywhere in Reeve: `Enter`, `Up`, `C-c`.
enum KeyBytes {
    /// - Returns: nil for a name that is no key.
    static func of(_ name: String, in screen: VirtualScreen) -> [UInt8]? {
        if let key = named[name] { return screen.bytes(of: key) }
        if let bytes = fixed[name] { return bytes }
        if name.hasPrefix("C-"), name.utf8.count == 3, let last = name.utf8.last { return [last & 0x1F] }
        return nil
    }

    /// Those that a program can have worded in two ways.
    private static let named: [String: VTermKey] = [
        "Enter": VTERM_KEY_ENTER, "Up": VTERM_KEY_UP, "Down": VTERM_KEY_DOWN, "Left": VTERM_KEY_LEFT, "Right": VTERM_KEY_RIGHT,
        "Home": VTERM_KEY_HOME, "End": VTERM_KEY_END, "PageUp": VTERM_KEY_PAGEUP, "PageDown": VTERM_KEY_PAGEDOWN,
        "Delete": VTERM_KEY_DEL,
    ]

    private static let fixed: [String: [UInt8]] = [
        "Escape": [0x1B], "Tab": [0x09], "BTab": Array("\u{1B}[Z".utf8), "Space": [0x20], "BSpace": [0x7F],
    ]
}
