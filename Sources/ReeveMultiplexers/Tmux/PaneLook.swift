package import ReeveModel

/// `list-panes` as a window and its panes. Pure.
package enum PaneLook {
    /// In the command of each pane of ours: `REEVE_PANE=` and its tag.
    static let variable = "REEVE_PANE="

    private static let separator: Character = "|"
    /// Ids, flags and layouts have no separator in them; what people may have written comes last.
    private static let fields = [
        "window_id", "session_id", "pid", "start_time", "window_layout", "window_zoomed_flag", "pane-border-status", "pane_id",
        "pane_active", "pane_dead", PaneTag.option, "pane_start_command",
    ]
    static let format = fields.map { "#{\($0)}" }.joined(separator: String(separator))

    private static let taggedFields = [
        "pane_id", "window_id", "pane_dead", "pane_width", "pane_height", "window_layout", PaneTag.option, "pane_start_command",
    ]
    static let taggedFormat = taggedFields.map { "#{\($0)}" }.joined(separator: String(separator))

    /// The checksum at the beginning of a layout's text.
    static func mark(_ layout: String) -> String { String(layout.prefix { $0 != "," }) }

    package static func view(_ lines: [String], server: String, instance: String) -> PaneView? {
        var panes: [(id: String, owner: String?)] = []
        var tags: [String: PaneTag] = [:]
        var active: String?
        var shared: [String] = []
        for line in lines {
            // A person's command may have several lines; the rest of it is none of ours. What is missing is seen by the layout.
            guard let words = split(line, fields.count) else { continue }
            let id = words[7]
            let tag = tag(words[10], words[11])
            if let tag, tag.instance == instance { tags[id] = tag }
            if words[8] == "1" { active = id }
            panes.append((id, tag?.instance))
            shared = words
        }
        guard shared.count == fields.count,
            let window = PaneWindow(layout: shared[4], panes: panes, isZoomed: shared[5] == "1", activePane: active)
        else { return nil }
        return PaneView(
            server: server, windowID: shared[0], sessionID: shared[1], epoch: "\(shared[2]).\(shared[3])", mark: mark(shared[4]),
            window: window, borderStatus: PaneBorderStatus(rawValue: shared[6]) ?? .off, tags: tags)
    }

    /// `isMarked`: the tag is on the pane, and not only in its command.
    package static func tagged(_ lines: [String], instance: String) -> [(pane: TaggedPane, isMarked: Bool)] {
        lines.compactMap { line in
            guard let words = split(line, taggedFields.count), let tag = tag(words[6], words[7]), tag.instance == instance else {
                return nil
            }
            let pane = TaggedPane(
                pane: words[0], windowID: words[1], isDead: words[2] == "1", width: Int(words[3]) ?? 0,
                height: Int(words[4]) ?? 0, mark: mark(words[5]), tag: tag)
            return (pane, !words[6].isEmpty)
        }
    }

    private static func split(_ line: String, _ count: Int) -> [String]? {
        let words = line.split(separator: separator, maxSplits: count - 1, omittingEmptySubsequences: false).map(String.init)
        return words.count == count ? words : nil
    }

    /// By the option, or else by the command that the pane was made with.
    private static func tag(_ option: String, _ command: String) -> PaneTag? {
        if let tag = PaneTag(option) { return tag }
        guard option.isEmpty, let place = command.firstRange(of: variable) else { return nil }
        let words = command[place.upperBound...].prefix { $0 != "\"" && $0 != "'" }.split(separator: " ").prefix(6)
        return PaneTag(words.joined(separator: " "))
    }
}
