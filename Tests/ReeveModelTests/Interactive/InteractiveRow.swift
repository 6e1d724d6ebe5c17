import Testing

/// A command line, whether it needs a terminal, and a word of the reason.
struct InteractiveRow: Sendable, CustomTestStringConvertible {
    let line: String
    let needs: Bool
    let says: String
    var testDescription: String { line }

    static func asks(_ line: String, _ says: String) -> InteractiveRow { InteractiveRow(line: line, needs: true, says: says) }
    static func quiet(_ line: String, _ says: String) -> InteractiveRow { InteractiveRow(line: line, needs: false, says: says) }
}
