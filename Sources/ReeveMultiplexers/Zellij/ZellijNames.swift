/// Zellij's sessions are sockets in a directory of its own, and a socket's path is short: on macOS about 25 characters are left
/// for the name (104 bytes with `$TMPDIR/zellij-UID/contract_version_1/`, source of 0.44).
enum ZellijNames {
    static let longest = 24
    /// So much of a longer name is kept.
    private static let kept = 17

    /// The name as Zellij gets it: as it is, or its beginning and a short hash that keeps different names different. The true
    /// name is in the tag.
    static func mapped(_ name: String) -> String {
        guard name.utf8.count > longest else { return name }
        // FNV-1a; only against accidents, so 24 bits are enough.
        let hash = name.utf8.reduce(into: UInt32(2_166_136_261)) { hash, byte in hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash & 0xFF_FFFF, radix: 16)
        return String(name.prefix(kept)) + "-" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Whether a session of this name may be one of ours.
    static func isOurs(_ name: String, prefix: String) -> Bool { name.hasPrefix(prefix.prefix(kept)) }
}
