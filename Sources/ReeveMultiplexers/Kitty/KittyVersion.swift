/// A kitty version as its own string says: `kitten 0.39.1 created by Kovid Goyal`.
struct KittyVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    var numbers: [Int]

    /// The first whose `send-text` can put a text between the brackets of a paste (its change log). A kitten talks to no kitty that
    /// is older than itself by more than the last number, so the version of the one that is run is that of both.
    static let bracketing = KittyVersion(numbers: [0, 32, 2])

    init(numbers: [Int]) { self.numbers = numbers }

    /// Nil for what names no version. Two numbers at least; a third that is missing is 0.
    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        let parts = words.dropFirst().first?.split(separator: ".").map { Int($0) } ?? []
        guard parts.count >= 2, !parts.contains(nil) else { return nil }
        numbers = Array((parts.compactMap(\.self) + [0]).prefix(3))
    }

    static func < (a: KittyVersion, b: KittyVersion) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }

    var description: String { numbers.map { String($0) }.joined(separator: ".") }
}
