/// One thing to put into a terminal: literal text, or a key.
package enum KeyInput: Sendable, Hashable {
    case text(String)
    case key(Key)

    /// An item of a configuration list or a request: a key name is a key, anything else is typed.
    package init(word: String) {
        if let key = Key(name: word) { self = .key(key) } else { self = .text(word) }
    }
}

/// A key by its name. Only names that mean the same in every tmux from 3.2 to 3.7 (shifted and control forms of named keys do not).
package enum Key: Sendable, Hashable {
    case enter, escape, tab, backTab, space, backspace, up, down, left, right, home, end, pageUp, pageDown, delete
    /// Control with a letter or one of `[ \ ] ^ _ @`.
    case control(Character)

    private static let named: [(name: String, key: Key)] = [
        ("Enter", .enter), ("Escape", .escape), ("Tab", .tab), ("BTab", .backTab), ("Space", .space), ("BSpace", .backspace),
        ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home), ("End", .end),
        ("PageUp", .pageUp), ("PageDown", .pageDown), ("Delete", .delete),
    ]

    /// All names except the `C-x` family, for messages and documentation.
    package static var names: [String] { named.map(\.name) }

    package init?(name: String) {
        if let match = Self.named.first(where: { $0.name == name }) {
            self = match.key
        } else if name.hasPrefix("C-"), name.count == 3, let last = name.last, "abcdefghijklmnopqrstuvwxyz[\\]^_@".contains(last)
        {
            self = .control(last)
        } else {
            return nil
        }
    }

    package var name: String {
        if case .control(let character) = self { return "C-\(character)" }
        return Self.named.first { $0.key == self }?.name ?? ""
    }
}
