import ReeveModel

/// What tmux says when it refuses, translated. The wording changes between versions (2.6 to 3.8 were compared); the raw text is
/// always kept in the message.
enum TmuxError {
    static func translate(_ text: String) -> ReeveError {
        let lower = text.lowercased()
        func says(_ fragments: String...) -> Bool { fragments.contains { lower.contains($0) } }
        if says(
            "can't find session", "can't find window", "can't find pane", "can't find client", "no such session",
            "no current target")
        {
            return ReeveError(.notFound, "tmux: \(text)")
        }
        if says("duplicate session") {
            return .conflict("tmux: \(text)", hint: "a session of this name exists and is not ours")
        }
        if says("no space for", "no room for", "pane too small", "create pane failed") {
            return .conflict("tmux: \(text)", hint: "the pane is too small to split")
        }
        if says("invalid session", "bad session name", "command too long") { return ReeveError(.invalidParams, "tmux: \(text)") }
        if says("no server running", "no such file or directory", "server exited", "lost server", "error connecting") {
            return .unavailable("tmux: \(text)", hint: "reeve doctor looks at the tmux server")
        }
        if says("target pane has exited") { return .conflict("tmux: \(text)", hint: "the program in the pane has ended") }
        return ReeveError(.unavailable, "tmux: \(text)")
    }
}
