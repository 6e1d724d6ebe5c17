package import ReeveModel

/// The agents that tell of themselves: their own word in `reeve hook KIND`.
package enum HookKind: String, Sendable, Hashable, CaseIterable {
    case claude, codex, opencode, amp, pi

    package var title: String {
        switch self {
        case .claude: "Claude Code"
        case .codex: "Codex"
        case .opencode: "OpenCode"
        case .amp: "Amp"
        case .pi: "Pi"
        }
    }

    package static func named(_ name: String) throws(ReeveError) -> HookKind {
        if let kind = HookKind(rawValue: name) { return kind }
        throw ReeveError(
            .notFound, "no hooks for '\(InertText.clean(name))'",
            hint: "one of \(allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

/// The version of an agent, as its `--version` prints it somewhere in a line.
package struct ProgramVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var numbers: [Int]

    package init(_ numbers: Int...) { self.numbers = numbers }

    /// The first `1.2.3` of a text; nil when there is none.
    package init?(printed text: String) {
        for word in text.split(whereSeparator: { !$0.isASCII || !($0.isNumber || $0 == ".") }) {
            let parts = word.split(separator: ".", omittingEmptySubsequences: true).compactMap { Int($0) }
            if parts.count >= 3 {
                numbers = Array(parts.prefix(3))
                return
            }
        }
        return nil
    }

    package static func < (left: ProgramVersion, right: ProgramVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
    package var description: String { numbers.map(String.init).joined(separator: ".") }
}
