package import ReeveModel
import Synchronization

/// The people in front of cmux: what they look at, and what its sidebar tells them.
extension CmuxMultiplexer {
    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {
        let connection = try current()
        guard let place = try await place(handle, id, connection), place.workspace.id == handle.session else {
            throw gone(handle)
        }
        _ = try await connection.link.told(.selectWorkspace(handle.session))
        _ = try await connection.link.told(.focusWindow(place.workspace.window))
    }

    /// The selected workspace of the window with the keyboard. While another application has the keyboard, nothing is seen.
    package func seen() async throws -> Set<SessionID> {
        let connection = try current()
        let windows = try await windows(connection).filter(\.isKey)
        return Set(
            try await workspaces(connection, windows).filter { workspace in
                workspace.isSelected || windows.contains { $0.selected == workspace.id }
            }.compactMap { $0.tag?.id })
    }

    package func display(_ status: TerminalStatus, of handle: TerminalHandle, id: SessionID) async throws {
        let connection = try await required(handle, id)
        let workspace = handle.session
        let state = InertText.clean(status.state)
        let text = CmuxSidebar.line(status.text)
        if !state.isEmpty {
            _ = try await connection.link.told(.setStatus(workspace: workspace, key: CmuxSidebar.key, value: state))
        }
        if let value = CmuxSidebar.fraction(status.progress) {
            let label = CmuxSidebar.line(status.progressLabel) ?? text
            _ = try await connection.link.told(.setProgress(workspace: workspace, value: value, label: label))
        } else {
            _ = try await connection.link.told(.clearProgress(workspace: workspace))
        }
        let isNews = logged.withLock { logged in
            guard logged[id] != text else { return false }
            logged[id] = text
            return true
        }
        guard isNews, let text else { return }
        _ = try await connection.link.told(
            .log(workspace: workspace, level: CmuxSidebar.level(state), source: CmuxSidebar.key, text: text))
    }
}

/// How an agent's state looks in cmux's sidebar.
enum CmuxSidebar {
    /// The name of our entry, and of who writes our lines in the log.
    static let key = "reeve"

    /// A level of cmux's log for a state of an agent.
    static func level(_ state: String) -> String {
        switch state {
        case "waiting", "interrupted": "warning"
        case "error", "lost": "error"
        case "done": "success"
        default: "info"
        }
    }

    static func line(_ text: String?) -> String? { text.map { InertText.clean($0) }.flatMap { $0.isEmpty ? nil : $0 } }

    /// 0 to 1 with two digits; nil for no progress.
    static func fraction(_ progress: Double?) -> String? {
        guard let progress, progress.isFinite else { return nil }
        let hundredths = Int((min(max(progress, 0), 1) * 100).rounded())
        return hundredths == 100 ? "1.00" : "0." + (hundredths < 10 ? "0" : "") + String(hundredths)
    }
}
