import ReeveModel

/// Where a remote is: the host and the path of the repository there.
struct RemoteAddress: Sendable, Hashable {
    var host: String
    /// `owner/name`, at GitLab also `group/subgroup/name`.
    var path: String

    /// Reads `https://host/path.git`, `ssh://user@host:port/path`, `user@host:path` (`git-clone(1)`, "GIT URLS"). Nil for paths of this
    /// machine and for what no provider could have.
    init?(_ url: String) {
        var rest = Substring(url)
        var isURL = false
        for scheme in ["https://", "http://", "ssh://", "git+ssh://", "git://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isURL = true
        }
        // Another transport: a file's, a helper's.
        guard isURL || !url.contains("://") else { return nil }
        let cut = rest.firstIndex { isURL ? $0 == "/" : $0 == ":" || $0 == "/" }
        guard let cut, isURL || rest[cut] == ":" else { return nil }
        var authority = rest[..<cut]
        // The user, and a password or token that must not be shown anywhere.
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if isURL, let colon = authority.firstIndex(of: ":") { authority = authority[..<colon] }
        var path = rest[rest.index(after: cut)...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        if path.hasSuffix(".git") { path = path.dropLast(4) }
        host = authority.lowercased()
        self.path = String(path)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard Self.isHost(host), parts.count >= 2, parts.allSatisfy(Self.isName) else { return nil }
    }

    /// What GitHub and GitLab give their hosts, owners, groups and repositories: nothing that could be read as an option.
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-")
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && !text.hasPrefix("-") && text != "." && text != ".." && text.utf8.count <= 255
            && text.utf8.allSatisfy { isWord($0) || ".-_~+".utf8.contains($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// By the host's name. GitLab is mostly run by people themselves, and mostly says so.
    var provider: GitSettings.Provider {
        if host == "github.com" || host.hasSuffix(".ghe.com") || host.split(separator: ".").contains("github") { return .github }
        if host == "gitlab.com" || host.split(separator: ".").contains("gitlab") { return .gitlab }
        return .none
    }

    var webAddress: String { "https://\(host)/\(path)" }
}
