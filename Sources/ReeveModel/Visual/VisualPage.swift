/// What a visual review shows of one ticket's work.
package struct VisualPage: Sendable, Hashable {
    /// What serves it, for a shell; empty where it is served without us.
    package var command: String
    /// Where the command runs.
    package var directory: String
    package var url: String
    /// How long the page may take to be there before people hear that it is not.
    package var timeout: Duration

    /// - Throws: `conflict` for an address that no browser may be given.
    package init(command: String, directory: String, url: String, timeout: Duration) throws(ReeveError) {
        let lower = url.lowercased()
        let scheme = ["http://", "https://"].first { lower.hasPrefix($0) }
        // What comes from a ticket may stand in it: only what an address may be made of (RFC 3986, section 2) is handed on.
        guard let scheme, let first = url.dropFirst(scheme.count).first, !"/?#:".contains(first),
            url.utf8.count <= 2048, url.utf8.allSatisfy({ Self.allowed.contains($0) })
        else {
            let shown = InertText.clean(String(url.prefix(200)))
            throw .conflict("'\(shown)' is no address of a web page", hint: "visual.url in the type's file")
        }
        self.command = command
        self.directory = directory
        self.url = url
        self.timeout = timeout
    }

    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%".utf8)
}
