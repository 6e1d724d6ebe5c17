import ReeveJSON
import ReeveModel

/// A window in the answer to `kitten @ ls`: windows of the desktop, their tabs, the windows in these.
struct KittyWindow: Sendable, Hashable {
    static let ownerVariable = "REEVE_TERMINAL_OWNER"
    static let nameVariable = "REEVE_TERMINAL_NAME"

    var id: String
    var tab: String
    var command: [String]
    var owner: String?
    var name: String?
    var width: Int
    var height: Int
    /// Its tab is the active one of a desktop window that has the focus, and it has the focus in its tab.
    var isSeen: Bool
    var isActive: Bool

    /// Ours are the windows with our variables in whose command our session's id is the keeper's first word.
    var session: SessionID? {
        guard owner != nil, name != nil, command.count > 2, command[2] == "--runtime-dir" else { return nil }
        return SessionID(command[1])
    }

    /// Nil when it is no such list: that is never taken for "no windows".
    static func list(_ text: String) -> [KittyWindow]? {
        guard let document = try? JSONDocument(Array(text.utf8), allowsLoneSurrogates: true), document.root.kind == .array else {
            return nil
        }
        var windows: [KittyWindow] = []
        for desktop in document.root.items {
            for tab in desktop.member("tabs")?.items ?? [] {
                for window in tab.member("windows")?.items ?? [] {
                    guard let id = window.member("id")?.integer else { return nil }
                    func flag(_ view: JSONView, _ name: String) -> Bool { view.member(name)?.boolean ?? false }
                    windows.append(
                        KittyWindow(
                            id: String(id), tab: String(tab.member("id")?.integer ?? 0),
                            command: (window.member("cmdline")?.items ?? []).compactMap(\.string),
                            owner: window.member("env")?.member(ownerVariable)?.string,
                            name: window.member("env")?.member(nameVariable)?.string,
                            width: Int(window.member("columns")?.integer ?? 0), height: Int(window.member("lines")?.integer ?? 0),
                            isSeen: flag(desktop, "is_focused") && flag(tab, "is_focused") && flag(window, "is_focused"),
                            isActive: flag(window, "is_active") || flag(window, "is_focused")))
                }
            }
        }
        return windows
    }
}
