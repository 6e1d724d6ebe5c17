import ReeveModel

/// `list-panes -a` as sessions.
enum TmuxSessionList {
    /// Printable separators, free text last: tmux prints `_` or `\037` for anything else in some versions.
    static let format =
        "#{session_id}|#{pane_id}|#{window_width}|#{window_height}|#{session_attached}|#{pane_dead}|#{@reeve_session}|"
        + "#{@reeve_instance}|#{@reeve_name}|#{session_name}"

    static func parse(_ lines: [String], epoch: String, keep: String) -> [TerminalSession] {
        var sessions: [TerminalSession] = []
        var index: [Substring: Int] = [:]
        sessions.reserveCapacity(lines.count)
        for line in lines {
            let words = line.split(separator: "|", maxSplits: 9, omittingEmptySubsequences: false)
            guard words.count == 10, words[9] != keep else { continue }
            if let known = index[words[0]] {
                sessions[known].panes += 1
                continue
            }
            index[words[0]] = sessions.count
            sessions.append(
                TerminalSession(
                    id: SessionID(String(words[6])), name: String(words[8].isEmpty ? words[9] : words[8]),
                    handle: TerminalHandle(session: String(words[0]), pane: String(words[1]), epoch: epoch),
                    width: Int(words[2]) ?? 0, height: Int(words[3]) ?? 0, attached: Int(words[4]) ?? 0, panes: 1,
                    dead: words[5] == "1", owner: words[7].isEmpty ? nil : String(words[7])))
        }
        return sessions
    }
}
