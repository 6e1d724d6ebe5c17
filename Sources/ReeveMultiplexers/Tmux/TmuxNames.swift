import ReeveModel

/// tmux cannot hold every name that we allow: a dot means "pane" in its targets, and 3.2 to 3.6 silently replace it.
enum TmuxNames {
    /// The name as tmux gets it: as it is, or with dots replaced and a short hash that keeps different names different. The true
    /// name is in the session's tag.
    static func mapped(_ name: String) -> String {
        guard name.contains(".") else { return name }
        // FNV-1a; only against accidents, so 24 bits are enough.
        let hash = name.utf8.reduce(into: UInt32(2_166_136_261)) { hash, byte in hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash & 0xFF_FFFF, radix: 16)
        return String(name.map { $0 == "." ? "_" : $0 }) + "-" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
