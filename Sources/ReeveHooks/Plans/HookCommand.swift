/// The command line in an agent's settings that tells Reeve of an event, and how it is known again.
///
/// Agents run it through a shell. It is a program's path and two words and nothing else: Codex trusts a hook by its exact text, so that
/// text must stay the same from one version of Reeve to the next.
package struct HookCommand: Sendable, Hashable {
    package var kind: HookKind
    /// Absolute.
    package var program: String

    package init(kind: HookKind, program: String) {
        self.kind = kind
        self.program = program
    }

    package var text: String { "\(Self.quoted(program)) hook \(kind.rawValue)" }

    /// Whether some installation of Reeve has written it: also an older one, from elsewhere.
    package static func isOurs(_ text: String, _ kind: HookKind) -> Bool {
        let words = " hook \(kind.rawValue)"
        guard text.hasSuffix(words) else { return false }
        let shown = String(text.dropLast(words.count))
        guard let program = unquoted(shown), program.hasPrefix("/") else { return false }
        return program.split(separator: "/").last == "reeve"
    }

    static func quoted(_ path: String) -> String {
        path.utf8.allSatisfy(isPlain)
            ? path : "'\(path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
    }

    /// Only what `quoted` writes.
    private static func unquoted(_ text: String) -> String? {
        if text.utf8.allSatisfy(isPlain) { return text }
        guard text.utf8.count > 2, text.hasPrefix("'"), text.hasSuffix("'") else { return nil }
        let parts = text.dropFirst().dropLast().split(separator: #"'\''"#, omittingEmptySubsequences: false)
        return parts.contains { $0.contains("'") } ? nil : parts.joined(separator: "'")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "/._-+@%:,".utf8.contains(byte)
        }
    }
}
