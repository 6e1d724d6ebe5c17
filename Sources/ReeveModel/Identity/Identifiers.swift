/// A word that may become a name in a multiplexer, a file or a path: `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`.
package enum SafeName {
    package static let rule = "1 to 64 of A-Z a-z 0-9 _ . -, not starting with . or -"

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 64, isWord(first) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A ticket's id, e.g. `FEAT-7KQ2`. Valid by construction.
package struct TicketID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard SafeName.isValid(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
    package static func < (a: TicketID, b: TicketID) -> Bool { a.text < b.text }
}

/// A session's name as people see it, e.g. `op-FEAT-7KQ2`. Valid by construction.
package struct SessionName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard SafeName.isValid(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// A session's identity: ours, random, short enough for a socket path, never reused.
package struct SessionID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard SafeName.isValid(text), text.utf8.count <= 24 else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// One launch of one agent: the unit of exactly-once.
package struct LaunchID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard SafeName.isValid(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
