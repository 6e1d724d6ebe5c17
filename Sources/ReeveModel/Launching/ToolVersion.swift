/// The version of an agent program: three numbers. What stands behind them (`-beta.2`, `-gea4e33`) is not compared.
package struct ToolVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int
    package var patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// `1.2.3`, and behind it nothing, or something that begins with `-` or `+`.
    package init?(_ text: some StringProtocol) {
        let numbers = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let major = Int(numbers[0]), let minor = Int(numbers[1]), let patch = Int(numbers[2])
        else { return nil }
        self.init(major, minor, patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }

    package static func < (one: ToolVersion, other: ToolVersion) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }
}

/// How a program prints its version.
package struct VersionShape: Sendable, Hashable {
    /// What may stand before the numbers, the longest first.
    package var before: [String]
    /// What stands behind them; nil: whatever there is.
    package var after: String?

    package init(before: [String] = [""], after: String? = "") {
        self.before = before
        self.after = after
    }

    /// The version in the text that `--version` printed. Programs put warnings and notices around it, so the first line of that
    /// shape counts, within the first twenty.
    package func read(_ text: String) -> ToolVersion? {
        for line in text.prefix(8192).split(whereSeparator: \.isNewline).prefix(20) {
            let line = line.drop { $0 == " " }
            for start in before where line.hasPrefix(start) {
                let rest = line.dropFirst(start.count)
                let word = rest.prefix { $0 != " " }
                guard let version = ToolVersion(word) else { continue }
                let tail = rest.dropFirst(word.count).drop { $0 == " " }
                if let after, tail != after { continue }
                return version
            }
        }
        return nil
    }
}
