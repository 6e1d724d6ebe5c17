package import ReeveModel

/// `list-panes -a` as sessions.
package enum TmuxSessionList {
    /// Printable separators, free text last: tmux prints `_` or `\037` for anything else in some versions.
    static let format =
        "#{session_id}|#{pane_id}|#{window_width}|#{window_height}|#{session_attached}|#{pane_dead}|\(TmuxTag.format)"
    private static let fields = 7

    /// The sessions with a tag, ours and those of other instances. Reads tmux's output where it lies: strings of lines and words were
    /// most of what a refresh of 500 sessions cost us.
    package static func parse(_ text: [UInt8], epoch: String) -> [TerminalSession] {
        var sessions: [TerminalSession] = []
        var previous: ArraySlice<UInt8>?
        for line in text.split(separator: 10) {
            let words = line.split(separator: 0x7C, maxSplits: fields - 1, omittingEmptySubsequences: false)
            guard words.count == fields, let tag = TmuxTag(words[6]) else { continue }
            // tmux walks the sessions one by one, so the panes of one stand together.
            if words[0] == previous {
                sessions[sessions.count - 1].panes += 1
                continue
            }
            previous = words[0]
            sessions.append(
                TerminalSession(
                    id: tag.id, name: tag.name,
                    handle: TerminalHandle(session: string(words[0]), pane: string(words[1]), epoch: epoch),
                    width: number(words[2]), height: number(words[3]), attached: number(words[4]), panes: 1,
                    dead: words[5].elementsEqual(CollectionOfOne(0x31)), owner: tag.owner))
        }
        return sessions
    }

    private static func string(_ word: ArraySlice<UInt8>) -> String { String(decoding: word, as: UTF8.self) }

    /// tmux prints a plain number or nothing.
    private static func number(_ word: ArraySlice<UInt8>) -> Int {
        word.prefix(9).reduce(0) { value, digit in (0x30...0x39).contains(digit) ? value * 10 + Int(digit - 0x30) : value }
    }
}
