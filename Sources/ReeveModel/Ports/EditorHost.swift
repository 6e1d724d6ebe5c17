/// A window of an editor that opens terminals when asked. Implemented by `ReeveDaemon`, over the connection that the window has made.
package protocol EditorHost: Sendable {
    /// The window, the same after it has been reloaded.
    var window: String { get }
    /// The backend that it is a part of: `vscode`.
    var kind: String { get }
    /// The daemon that it has been told it works for.
    var instance: String { get }
    /// For people: "VS Code 1.93, project".
    var title: String { get }
    /// What it said that it can, beside opening, typing, closing and listing: `focus`, `sendKey`, `split`.
    var capabilities: Set<MultiplexerCapability> { get }

    /// A terminal whose program is the command; the one that there is already, if the session has one.
    func open(_ request: EditorTerminalRequest) async throws -> EditorTerminal
    /// Into the terminal, byte for byte.
    func type(_ text: String, into terminal: String) async throws
    func show(_ terminal: String, takesFocus: Bool) async throws
    /// The person's own shell beside the terminal; on which side may be up to the editor.
    /// - Returns: the window's id of it. It is not one of ours: it is not listed, and closed with the terminal.
    func split(_ terminal: String, direction: SplitDirection) async throws -> String
    /// Returns once it is closed.
    func close(_ terminal: String) async throws
    /// The terminals that it has opened for us.
    func list() async throws -> [EditorTerminal]
}

package struct EditorTerminalRequest: Sendable, Hashable {
    package var session: SessionID
    package var name: SessionName
    package var command: [String]
    package var ticketType: String?

    package init(session: SessionID, name: SessionName, command: [String], ticketType: String?) {
        self.session = session
        self.name = name
        self.command = command
        self.ticketType = ticketType
    }
}

package struct EditorTerminal: Sendable, Hashable {
    /// The window's own id of it.
    package var terminal: String
    package var session: SessionID?
    package var name: String
    package var pid: Int?
    package var isVisible: Bool
    /// How many terminals it has split off that are still there.
    package var beside: Int

    package init(terminal: String, session: SessionID?, name: String, pid: Int?, isVisible: Bool, beside: Int = 0) {
        self.terminal = terminal
        self.session = session
        self.name = name
        self.pid = pid
        self.isVisible = isVisible
        self.beside = beside
    }
}
