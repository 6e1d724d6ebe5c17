import ReeveControl
import ReeveJSON
import ReeveModel

/// An editor's window at the other end of a connection: each operation is a `host.call`, what comes back is read with suspicion.
struct WindowHost: EditorHost {
    let id: String
    let kind: String
    let window: String
    let title: String
    let capabilities: Set<MultiplexerCapability>
    let instance: String
    /// Where the keeper starts; its agents start where their tickets say.
    let directory: String
    let peer: any PeerLink

    func open(_ request: EditorTerminalRequest) async throws -> EditorTerminal {
        let answer = try await call("open") { writer in
            writer.key("session")
            writer.value(request.session.text)
            writer.key("name")
            writer.value(request.name.text)
            writer.key("command")
            writer.beginArray()
            for word in request.command { writer.value(word) }
            writer.endArray()
            writer.key("directory")
            writer.value(directory)
            writer.key("environment")
            writer.beginObject()
            writer.endObject()
            if let type = request.ticketType {
                writer.key("ticketType")
                writer.value(type)
            }
        }
        guard let terminal = answer.root.member("terminal")?.string else { throw Self.odd("open") }
        return EditorTerminal(
            terminal: terminal, session: request.session, name: request.name.text,
            pid: answer.root.member("pid")?.integer.map { Int($0) }, isVisible: false)
    }

    func type(_ text: String, into terminal: String) async throws {
        _ = try await call("type") { writer in
            writer.key("terminal")
            writer.value(terminal)
            writer.key("text")
            writer.value(text)
        }
    }

    func show(_ terminal: String, takesFocus: Bool) async throws {
        _ = try await call("show") { writer in
            writer.key("terminal")
            writer.value(terminal)
            writer.key("focus")
            writer.value(takesFocus)
        }
    }

    func split(_ terminal: String, direction: SplitDirection) async throws -> String {
        let answer = try await call("split") { writer in
            writer.key("terminal")
            writer.value(terminal)
            writer.key("direction")
            writer.value(direction.rawValue)
        }
        guard let beside = answer.root.member("terminal")?.string else { throw Self.odd("split") }
        return beside
    }

    func close(_ terminal: String) async throws {
        _ = try await call("close") { writer in
            writer.key("terminal")
            writer.value(terminal)
        }
    }

    func list() async throws -> [EditorTerminal] {
        let answer = try await call("list") { _ in }
        guard let items = answer.root.member("terminals"), items.kind == .array else { throw Self.odd("list") }
        return items.items.compactMap { item in
            guard let terminal = item.member("terminal")?.string, let name = item.member("name")?.string else { return nil }
            return EditorTerminal(
                terminal: terminal, session: item.member("session")?.string.flatMap { SessionID($0) }, name: name,
                pid: item.member("pid")?.integer.map { Int($0) }, isVisible: item.member("isVisible")?.kind == .literalTrue,
                beside: Int(clamping: max(0, min(item.member("beside")?.integer ?? 0, 1000))))
        }
    }

    private func call(_ operation: String, _ members: (inout JSONWriter) -> Void) async throws -> JSONDocument {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("host")
        writer.value(id)
        writer.key("operation")
        writer.value(operation)
        members(&writer)
        writer.endObject()
        let answer = try await peer.call("host.call", params: writer.bytes)
        return try JSONDocument(answer)
    }

    private static func odd(_ operation: String) -> ReeveError {
        .unavailable("the editor's answer to '\(operation)' is none", hint: "is its extension as new as reeved?")
    }
}
