import ReeveJSON
import ReeveModel

/// A terminal pane, as `list-panes --json --all` shows it.
struct ZellijPane: Sendable, Hashable {
    /// Of all panes, also those of plugins, which have numbers of their own.
    var name: String
    var tab: Int
    var tabName: String
    /// The program has ended and the pane is kept, with what it showed.
    var isDead: Bool
    /// Has the focus in its tab.
    var isFocused = false
    var columns: Int
    var rows: Int
    /// Where the cursor is, as it came.
    var cursor: String
    /// What it was started with; where Zellij does not say that, what runs in it.
    var command: String?

    /// All terminal panes of an answer; nil when it is not one.
    static func list(_ text: String) -> [ZellijPane]? {
        guard let items = ZellijAnswer.array(text) else { return nil }
        var panes: [ZellijPane] = []
        for item in items {
            guard item.kind == .object, let id = item.member("id")?.integer, let tab = item.member("tab_id")?.integer else {
                return nil
            }
            if item.member("is_plugin")?.boolean == true { continue }
            panes.append(
                ZellijPane(
                    name: "terminal_\(id)", tab: Int(tab), tabName: item.member("tab_name")?.string ?? "",
                    isDead: item.member("exited")?.boolean == true || item.member("is_held")?.boolean == true,
                    isFocused: item.member("is_focused")?.boolean == true,
                    columns: Int(item.member("pane_content_columns")?.integer ?? item.member("pane_columns")?.integer ?? 0),
                    rows: Int(item.member("pane_content_rows")?.integer ?? item.member("pane_rows")?.integer ?? 0),
                    cursor: item.member("cursor_coordinates_in_pane").map { String(decoding: $0.raw, as: UTF8.self) } ?? "",
                    command: item.member("terminal_command")?.string ?? item.member("pane_command")?.string))
        }
        return panes
    }

    /// Ours, if it is.
    func tag(_ runtimeDirectory: String) -> ZellijTag? {
        command.flatMap { ZellijTag(command: $0, runtimeDirectory: runtimeDirectory) }
    }
}

/// A tab, as `list-tabs --json` shows it.
struct ZellijTab: Sendable, Hashable {
    var id: Int
    var name: String
    /// In front of a client.
    var isActive: Bool

    static func list(_ text: String) -> [ZellijTab]? {
        guard let items = ZellijAnswer.array(text) else { return nil }
        var tabs: [ZellijTab] = []
        for item in items {
            guard item.kind == .object, let id = item.member("tab_id")?.integer else { return nil }
            tabs.append(
                ZellijTab(
                    id: Int(id), name: item.member("name")?.string ?? "", isActive: item.member("active")?.boolean == true))
        }
        return tabs
    }
}
