package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The people who look at the sessions: what is in front of them, and how they get there.
extension TmuxMultiplexer {
    /// Shown by a client whose terminal has the focus. A server that does not ask terminals for it (`focus-events off`, tmux's default)
    /// cannot tell: there whoever is attached looks.
    package func seen() async throws -> Set<SessionID> {
        let lines = try await current().client.ask(Self.clients, patience: patience)
        return await Set(Self.seen(lines) + seenOnVisits())
    }

    static let clients = TmuxCommand(
        "list-clients", "-F", "#{client_control_mode}|#{focus-events}|#{client_flags}|\(TmuxTag.format)")

    /// - Parameter lines: of `clients`.
    static func seen(_ lines: [String]) -> [SessionID] {
        lines.compactMap { line in
            let words = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
            guard words.count == 4, words[0] == "0",
                !["on", "1"].contains(words[1]) || words[2].split(separator: ",").contains("focused")
            else { return nil }
            return TmuxTag(words[3].utf8)?.id
        }
    }

    /// Written to the terminals themselves: tmux has no command that rings a client's bell.
    package func ring(_ handle: TerminalHandle, id: SessionID) async throws {
        try await check(handle, id)
        let lines = try await place(of: handle).client.ask(
            TmuxCommand("list-clients", "-t", handle.session, "-F", "#{client_control_mode}|#{client_tty}"), patience: patience)
        for line in lines {
            let words = line.split(separator: "|", maxSplits: 1).map(String.init)
            guard words.count == 2, words[0] == "0", words[1].hasPrefix("/dev/") else { continue }
            let terminal = open(words[1], O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
            guard terminal >= 0 else { continue }
            _ = write(terminal, "\u{7}", 1)
            close(terminal)
        }
    }

    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {
        try await check(handle, id)
        let connection = try place(of: handle)
        let clients = try await connection.client.ask(
            TmuxCommand("list-clients", "-F", "#{client_control_mode}|#{client_activity}|#{client_name}"), patience: patience)
        let people = clients.compactMap { line -> (activity: Int, name: String)? in
            let words = line.split(separator: "|", maxSplits: 2).map(String.init)
            guard words.count == 3, words[0] == "0" else { return nil }
            return (Int(words[1]) ?? 0, words[2])
        }
        guard let person = people.max(by: { $0.activity < $1.activity }) else {
            throw ReeveError.conflict("nobody looks at this tmux server", hint: "reeve attach shows the session in this terminal")
        }
        _ = try await connection.client.ask(
            TmuxCommand("switch-client", "-c", person.name, "-t", handle.session), patience: patience)
    }

    package func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws {
        guard SafeName.isValid(key) else { throw ReeveError.invalid("$.key", "not a valid name: \(SafeName.rule)") }
        try await check(handle, id)
        _ = try await place(of: handle).client.ask(
            TmuxCommand("set-option", "-t", handle.session, "--", "@reeve_\(key)", value), patience: patience)
    }

    package func paneHost(of handle: TerminalHandle, id: SessionID) async throws -> PaneHost {
        // Of a session that was adopted it is the pane that is active now.
        let pane = try await reading(handle, id, TmuxCommand("display-message", "-p", "-t", handle.tmuxTarget, "#{pane_id}"))
        return PaneHost(server: try place(of: handle).socketPath, pane: pane.first ?? "")
    }

    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        try await check(handle, id)
        // By the socket's path: what `-L` means depends on the caller's TMUX_TMPDIR.
        let socket = try place(of: handle).socketPath
        let base = [settings.binary, "-u", "-S", socket]
        return AttachCommand(
            arguments: base + ["attach-session", "-t", handle.session], inside: base + ["switch-client", "-t", handle.session],
            socket: socket)
    }
}
