/// A tmux version as its own string says: `tmux 3.3a`, `tmux next-3.8`, `tmux openbsd-7.4`, `tmux master`.
package struct TmuxVersion: Sendable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int
    /// `a` in 3.3a; empty without.
    var letter: String
    var text: String

    /// Control-mode subscriptions, `-e` for new sessions and flags for attached clients exist from here on.
    static let oldest = TmuxVersion(major: 3, minor: 2, letter: "", text: "3.2")
    /// The first that makes a detached session as large as it is told to.
    static let keepsSize = TmuxVersion(major: 3, minor: 3, letter: "", text: "3.3")

    private init(major: Int, minor: Int, letter: String, text: String) {
        self.major = major
        self.minor = minor
        self.letter = letter
        self.text = text
    }

    /// Lenient: development heads without a number count as the newest.
    package init?(_ output: String) {
        guard let word = output.split(whereSeparator: \.isWhitespace).last.map(String.init) else { return nil }
        text = word
        if word == "master" {
            (major, minor, letter) = (Int.max, 0, "")
            return
        }
        let digits = word.drop { !$0.isNumber }
        let parts = digits.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isNumber }) else { return nil }
        self.major = major
        self.minor = minor
        letter = String(parts[1].drop { $0.isNumber }.prefix { $0.isLetter })
    }

    package static func < (a: TmuxVersion, b: TmuxVersion) -> Bool {
        (a.major, a.minor, a.letter) < (b.major, b.minor, b.letter)
    }
    package static func == (a: TmuxVersion, b: TmuxVersion) -> Bool {
        (a.major, a.minor, a.letter) == (b.major, b.minor, b.letter)
    }
    package var description: String { text }
}
