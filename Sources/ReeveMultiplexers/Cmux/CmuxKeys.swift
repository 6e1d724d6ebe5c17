import ReeveModel

/// Keys by cmux's names (`surface.send_key`, as of 0.64: lower case, `ctrl-x`, `shift+tab`).
enum CmuxKeys {
    /// What goes in for a key: a name that cmux knows, or a text where it has no name.
    enum Input: Sendable, Hashable { case key(String), text(String) }

    static func input(_ key: Key) -> Input {
        switch key {
        case .enter: .key("enter")
        case .escape: .key("escape")
        case .tab: .key("tab")
        case .backTab: .key("shift+tab")
        // cmux has no name for it, and as text it is the same byte.
        case .space: .text(" ")
        case .backspace: .key("backspace")
        case .up: .key("up")
        case .down: .key("down")
        case .left: .key("left")
        case .right: .key("right")
        case .home: .key("home")
        case .end: .key("end")
        case .pageUp: .key("pageup")
        case .pageDown: .key("pagedown")
        case .delete: .key("delete")
        // The same byte in every terminal; only the second has a name everywhere.
        case .control("["): .key("escape")
        case .control("i"): .key("tab")
        case .control("m"): .key("enter")
        case .control(let character): .key("ctrl-\(character)")
        }
    }
}
