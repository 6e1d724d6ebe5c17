import ReeveJSON

/// What we ask of cmux, whichever way: a v2 method of its socket, a v1 word, or a command line (`CmuxCommandLine`).
///
/// Names and parameters as in cmux's own v2 client and its CLI contract (manaflow-ai/cmux, `tests_v2`, `docs/cli-contract.md`,
/// 2026).
enum CmuxRequest: Sendable, Hashable {
    case ping
    case capabilities
    case windows
    case createWindow
    case focusWindow(String)
    case closeWindow(String)
    case workspaces(window: String?)
    case createWorkspace(Workspace)
    case selectWorkspace(String)
    case closeWorkspace(String)
    case surfaceHealth(workspace: String)
    /// A terminal beside `surface`; the keyboard stays where it is.
    case split(workspace: String, surface: String, direction: String)
    case closeSurface(workspace: String, surface: String)
    case sendText(workspace: String, surface: String, text: String)
    case paste(workspace: String, surface: String, text: String)
    case sendKey(workspace: String, surface: String, key: String)
    /// - Parameter lines: with history, this many; nil is the visible screen.
    case readText(workspace: String, surface: String, lines: Int?)
    case setStatus(workspace: String, key: String, value: String)
    case setProgress(workspace: String, value: String, label: String?)
    case clearProgress(workspace: String)
    case log(workspace: String, level: String, source: String, text: String)

    /// What is nil is cmux's own choice: a shell, a title from its directory, the active window.
    struct Workspace: Sendable, Hashable {
        var title: String?
        var description: String?
        /// One line for a shell.
        var command: String?
        var environment: [String: String] = [:]
        var window: String?
    }

    /// The v2 method; nil for what only v1 has.
    var method: String? {
        switch self {
        case .ping: "system.ping"
        case .capabilities: "system.capabilities"
        case .windows: "window.list"
        case .createWindow: "window.create"
        case .focusWindow: "window.focus"
        case .closeWindow: "window.close"
        case .workspaces: "workspace.list"
        case .createWorkspace: "workspace.create"
        case .selectWorkspace: "workspace.select"
        case .closeWorkspace: "workspace.close"
        case .surfaceHealth: "surface.health"
        case .split: "surface.split"
        case .closeSurface: "surface.close"
        case .sendText: "surface.send_text"
        case .paste: "terminal.paste"
        case .sendKey: "surface.send_key"
        case .readText: "surface.read_text"
        case .setStatus, .setProgress, .clearProgress, .log: nil
        }
    }

    /// The method's parameters as JSON.
    var parameters: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in texts {
            writer.key(name)
            writer.value(value)
        }
        switch self {
        case .createWorkspace(let workspace):
            if !workspace.environment.isEmpty {
                writer.key("workspace_env")
                writer.beginObject()
                for (name, value) in workspace.environment.sorted(by: { $0.key < $1.key }) {
                    writer.key(name)
                    writer.value(value)
                }
                writer.endObject()
            }
            writer.key("focus")
            writer.value(false)
        case .split:
            writer.key("focus")
            writer.value(false)
        case .readText(_, _, .some(let lines)):
            writer.key("scrollback")
            writer.value(true)
            writer.key("lines")
            writer.value(Int64(max(1, lines)))
        default: break
        }
        writer.endObject()
        return writer.bytes
    }

    /// The parameters that are texts, in a fixed order.
    private var texts: [(String, String)] {
        switch self {
        case .ping, .capabilities, .windows, .createWindow, .setStatus, .setProgress, .clearProgress, .log: []
        case .focusWindow(let window), .closeWindow(let window): [("window_id", window)]
        case .workspaces(let window): window.map { [("window_id", $0)] } ?? []
        case .createWorkspace(let workspace):
            [
                ("title", workspace.title), ("description", workspace.description), ("initial_command", workspace.command),
                ("window_id", workspace.window),
            ].compactMap { name, value in value.map { (name, $0) } }
        case .selectWorkspace(let workspace), .closeWorkspace(let workspace), .surfaceHealth(let workspace):
            [("workspace_id", workspace)]
        case .split(let workspace, let surface, let direction):
            [("workspace_id", workspace), ("surface_id", surface), ("direction", direction)]
        case .closeSurface(let workspace, let surface), .readText(let workspace, let surface, _):
            [("workspace_id", workspace), ("surface_id", surface)]
        case .sendText(let workspace, let surface, let text):
            [("workspace_id", workspace), ("surface_id", surface), ("text", text)]
        case .paste(let workspace, let surface, let text):
            // Enter is a key of its own, after a pause that the engine knows.
            [("workspace_id", workspace), ("surface_id", surface), ("text", text), ("submit_key", "none")]
        case .sendKey(let workspace, let surface, let key):
            [("workspace_id", workspace), ("surface_id", surface), ("key", key)]
        }
    }

    /// The line of the v1 protocol, without its end; nil for what v2 has. Options before `--`, which ends them.
    var words: String? {
        switch self {
        case .setStatus(let workspace, let key, let value): "set_status \(key) \(Self.quoted(value)) --tab=\(workspace)"
        case .setProgress(let workspace, let value, let label):
            "set_progress \(value)" + (label.map { " --label=\(Self.quoted($0))" } ?? "") + " --tab=\(workspace)"
        case .clearProgress(let workspace): "clear_progress --tab=\(workspace)"
        case .log(let workspace, let level, let source, let text):
            "log --level=\(level) --source=\(Self.quoted(source)) --tab=\(workspace) -- \(Self.quoted(text))"
        default: nil
        }
    }

    /// A v2 request as one line with its end.
    func line(id: Int, method: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.value(Int64(id))
        writer.key("method")
        writer.value(method)
        writer.key("params")
        writer.raw(parameters)
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    /// v1 splits at spaces outside of double quotes; a backslash takes the next character as it is. A line break would be another
    /// command.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": result += "\\\(character)"
            case "\n", "\r": result += " "
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
