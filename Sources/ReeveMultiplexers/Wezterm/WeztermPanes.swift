import ReeveJSON
import ReeveModel

/// The answer to `wezterm cli list-clients --format json` (20220624 and later): who is connected. Windows are, and calls of the
/// command line, which look at nothing (its source, 20240203: `focused_pane_id` may be null).
enum WeztermClients {
    /// The panes in front of people, one for each window's process; nil when it is no such list.
    static func panes(_ text: String) -> [String]? {
        guard let document = try? JSONDocument(Array(text.utf8), allowsLoneSurrogates: true), document.root.kind == .array else {
            return nil
        }
        return document.root.items.compactMap { $0.member("focused_pane_id")?.integer.map { String($0) } }
    }
}

/// The answer to `wezterm cli list --format json`, whose members its source calls a stable format.
struct WeztermPane: Sendable, Hashable {
    var id: String
    var tab: String
    var workspace: String
    var width: Int
    var height: Int
    var cursor: String
    var isActive: Bool

    var tag: WeztermTag? { WeztermTag(workspace) }

    /// Nil when it is no such list: that is never taken for "no panes".
    static func list(_ text: String) -> [WeztermPane]? {
        guard let document = try? JSONDocument(Array(text.utf8), allowsLoneSurrogates: true), document.root.kind == .array else {
            return nil
        }
        return document.root.items.compactMap { item in
            guard let id = item.member("pane_id")?.integer, let workspace = item.member("workspace")?.string else { return nil }
            let size = item.member("size")
            func number(_ name: String) -> Int { Int(item.member(name)?.integer ?? 0) }
            return WeztermPane(
                id: String(id), tab: String(number("tab_id")), workspace: workspace,
                width: Int(size?.member("cols")?.integer ?? 0),
                height: Int(size?.member("rows")?.integer ?? 0), cursor: "\(number("cursor_x")),\(number("cursor_y"))",
                isActive: item.member("is_active")?.boolean ?? false)
        }
    }
}
