/// A Zellij version as its own string says: `zellij 0.44.1`, `zellij v0.45.0-beta`.
package struct ZellijVersion: Sendable, Comparable, CustomStringConvertible {
    var numbers: [Int]
    var text: String

    /// What differs between the versions that we work with.
    enum Trait: CaseIterable {
        /// `new-tab --no-focus`: nobody's view is moved.
        case opensWithoutFocus
        /// A tab that is made while no client is attached is 0 by 0 and vanishes at the first attach, and its program is left
        /// without a terminal (issue 5594, its repair was not in a release when this was written).
        case losesTabsWithoutClient
    }

    /// From which version on each holds (source of 0.40.0 to 0.45.0).
    static let since: [Trait: ZellijVersion] = [
        .opensWithoutFocus: ZellijVersion(0, 45, 0), .losesTabsWithoutClient: ZellijVersion(0, 45, 0),
    ]

    /// The first in which everything that we do takes the id of a pane, and ids are printed. Before 0.44 text and screen are
    /// those of the pane that a person looks at; 0.44.1 takes the last options that were missing.
    static let oldest = ZellijVersion(0, 44, 1)

    init(_ numbers: Int...) {
        self.numbers = numbers
        text = numbers.map { String($0) }.joined(separator: ".")
    }

    /// Lenient: the first word that begins with numbers, after any `v`; what follows them is left out of comparisons.
    package init?(_ output: String) {
        for word in output.split(whereSeparator: \.isWhitespace) {
            let digits = word.drop { $0 == "v" }
            let parts = digits.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").map { Int($0) }
            guard parts.count >= 2, !parts.contains(nil) else { continue }
            numbers = parts.prefix(3).compactMap { $0 }
            if numbers.count == 2 { numbers.append(0) }
            text = String(digits)
            return
        }
        return nil
    }

    func has(_ trait: Trait) -> Bool { Self.since[trait].map { self >= $0 } ?? false }

    package static func < (a: ZellijVersion, b: ZellijVersion) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }
    package static func == (a: ZellijVersion, b: ZellijVersion) -> Bool { a.numbers == b.numbers }
    package var description: String { text }
}
