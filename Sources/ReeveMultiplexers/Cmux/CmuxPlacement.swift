/// `placement`: where a new session goes.
package enum CmuxPlacement: String, Sendable, Hashable, CaseIterable {
    case auto, workspace, window

    enum Decision: Sendable, Hashable {
        /// A workspace in this window; nil where cmux shows none, and then cmux has to say which one is its active one.
        case workspace(in: String?)
        /// A window of its own. `back` is the window that had the keyboard: making one takes it away.
        case newWindow(back: String?)
    }

    /// Counted by the windows that cmux lists, never by lines of text.
    func decide(_ windows: [CmuxWindow]) -> Decision {
        switch self {
        case .workspace: .workspace(in: Self.active(windows)?.id)
        case .window: .newWindow(back: windows.first { $0.isKey }?.id)
        case .auto:
            windows.count > 1 ? .newWindow(back: windows.first { $0.isKey }?.id) : .workspace(in: Self.active(windows)?.id)
        }
    }

    /// The one with the keyboard; while another application has it, the first that can be seen.
    static func active(_ windows: [CmuxWindow]) -> CmuxWindow? {
        windows.first { $0.isKey } ?? windows.first { $0.isVisible } ?? windows.first
    }
}
