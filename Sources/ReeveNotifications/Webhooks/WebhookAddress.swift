package import ReeveModel

/// The URL of a webhook, taken apart so far that nothing secret of it is ever shown.
package struct WebhookAddress: Sendable, Hashable {
    /// Without name and password.
    package let url: String
    package let user: String?
    package let password: String?
    /// Scheme, host and port: for logs. Many services put the secret into the path.
    package let shown: String

    /// - Throws: `invalid_params`; the message does not repeat the text.
    package init(_ text: String) throws(ReeveError) {
        let wrong = ReeveError(.invalidParams, "this is no address for a webhook", hint: "https://host/path, or http://")
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let colon = text.firstIndex(of: ":")
        else { throw wrong }
        let scheme = text[..<colon].lowercased()
        guard ["http", "https"].contains(scheme), text[colon...].hasPrefix("://") else { throw wrong }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var host = rest[..<end]
        let path = rest[end...].prefix { $0 != "#" }
        if let at = host.lastIndex(of: "@") {
            let parts = host[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = Self.decoded(parts[0]), let password = Self.decoded(parts.count > 1 ? parts[1] : "") else {
                throw wrong
            }
            (self.user, self.password) = (user, password)
            host = host[host.index(after: at)...]
        } else {
            (user, password) = (nil, nil)
        }
        guard !host.isEmpty, !host.hasPrefix(":"), !host.contains("@") else { throw wrong }
        shown = "\(scheme)://\(host)"
        url = shown + (path.hasPrefix("/") ? path : "/" + path)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
