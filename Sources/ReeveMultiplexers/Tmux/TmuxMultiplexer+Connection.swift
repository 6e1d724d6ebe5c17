import Logging
import NIOCore
import Processes
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one control client: how it comes, what it is told to tell, and how it goes.
extension TmuxMultiplexer {
    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        let version = try await server.checkVersion()
        try await server.ensure()
        try await server.awaitAnswer()
        guard let (ours, theirs) = UnixSocket.pair() else {
            throw ReeveError.unavailable("no file descriptor is left for tmux", hint: "raise LimitNOFILE")
        }
        let attach =
            [settings.binary, "-u", "-L", settings.socketName, "-C", "new-session", "-A", "-E", "-f", "ignore-size,no-output"]
            + ["-s", settings.keepSession, "--", "tail", "-f", "/dev/null"]
        let environment = settings.environment
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                connection.withLock { $0 = nil }
                group.cancelAll()
            }
            group.addTask {
                // It ends by itself when our end closes. A control client that is killed while it still introduces itself takes the server
                // and all sessions with it: NULL in `control_stop`, up to tmux 3.6 (tmux/tmux#5004; seen with 3.3a).
                _ = try await ProcessRunner.attach(
                    attach, environment: environment, descriptor: theirs, leave: .seconds(1))
            }
            let client = try await TmuxControlClient.adopt(ours, group: self.group) { Self.translate($0, report) }
            defer { client.close() }
            group.addTask { [server] in
                // A hung server accepts the connection and says nothing.
                try await server.time.sleep(for: .seconds(5))
                if self.connection.withLock({ $0 == nil }) { client.close() }
            }
            group.addTask { try await self.watchVisits(report) }
            // To end the client is not enough: it has passed its end of the connection on to the server, and one that is stopped never
            // closes that.
            try await withTaskCancellationHandler {
                try await use(client, version, report)
            } onCancel: {
                client.close()
            }
        }
    }

    /// Until the connection ends.
    private func use(
        _ client: TmuxControlClient, _ version: TmuxVersion, _ report: @escaping @Sendable (MultiplexerEvent) -> Void
    ) async throws {
        do { try await client.awaitGreeting() } catch { throw ReeveError.unavailable(server.diagnose()) }
        let facts = try await introduce(client)
        connection.withLock {
            $0 = Connection(client: client, epoch: facts.epoch, socketPath: facts.socket, version: version)
        }
        server.remember(pid: facts.pid)
        report(.connected("tmux \(version), pid \(facts.pid)"))
        await client.awaitEnd()
        throw ReeveError.unavailable(server.diagnose())
    }

    /// Learns whom we talk to, and asks to be told of deaths.
    private func introduce(_ client: TmuxControlClient) async throws -> (pid: Int, epoch: String, socket: String) {
        let answer = try await client.ask(
            TmuxCommand("display-message", "-p", "#{pid}|#{start_time}|#{client_name}|#{socket_path}"), patience: patience)
        let words = (answer.first ?? "").split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, let pid = Int(words[0]) else {
            throw ReeveError.unavailable("tmux answered '\(answer.joined())' to who it is")
        }
        // A numbered place in the hook's array: on a user's own server their hooks stay as they are.
        let hook = TmuxCommand("display-message", "-c", words[2], "-p", "REEVE-DIED #{hook_pane}").line
        _ = try await client.ask(
            [
                TmuxCommand("set-hook", "-g", "pane-died[7077]", hook),
                // The panes in an unusual state, of all sessions, checked by tmux once a second.
                TmuxCommand(
                    "refresh-client", "-B",
                    "reeve::#{S:#{W:#{P:#{?#{||:#{pane_dead},#{pane_in_mode}},#{pane_id}/#{pane_dead}#{pane_in_mode} ,}}}}"),
            ], patience: patience)
        try await endOrphans(client)
        return (pid, "\(pid).\(words[1])", words[3])
    }

    /// The control client of a daemon that was killed can outlive it, stuck with output that nobody takes, and then `kill-server` never
    /// ends (seen with 3.3a after 6 of 20 kills). Only clients of our keep-alive session whose parent is gone.
    private func endOrphans(_ client: TmuxControlClient) async throws {
        let lines = try await client.ask(
            TmuxCommand("list-clients", "-F", "#{client_pid}|#{client_control_mode}|#{session_name}"), patience: patience)
        for line in lines {
            let words = line.split(separator: "|", maxSplits: 2).map(String.init)
            guard words.count == 3, words[1] == "1", words[2] == settings.keepSession, let pid = Int(words[0]),
                ProcessTable.parent(pid) == 1
            else { continue }
            logger.notice("ended the tmux client of a daemon that is gone", metadata: ["pid": "\(pid)"])
            kill(pid_t(pid), SIGKILL)
        }
    }

    private static func translate(_ line: String, _ report: @Sendable (MultiplexerEvent) -> Void) {
        if line.hasPrefix("REEVE-DIED ") {
            report(.paneDied(String(line.dropFirst(11))))
        } else if ["%sessions-changed", "%unlinked-window-close", "%window-close", "%session-renamed", "%subscription-changed"]
            .contains(where: { line.hasPrefix($0) })
        {
            report(.changed)
        }
    }
}
