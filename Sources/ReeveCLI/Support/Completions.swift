import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Live words for shell completion: they ask the daemon, and stay silent when it is not there or takes longer than a second.
struct Completions {
    /// The words of the line that is being completed, this program's name first.
    var line: [String]

    /// The kinds that ship, for when `reeved` cannot be asked.
    static let shippedKinds = ["aider", "amp", "claude", "codex", "demo", "gemini", "opencode", "shell"]

    /// More than a person can choose from; a page of the protocol.
    private static let most = 1000

    static func live(_ words: @escaping @Sendable (Completions) -> [String]) -> CompletionKind {
        // bash expands what it is offered (`compgen -W`), and a session on this server may be called `$(…)` by whoever made it.
        .custom { line, _, _ in words(Completions(line: line)).filter { SafeName.isValid($0) } }
    }

    static let states = Set(AgentState.allCases.map(\.rawValue) + TicketState.allCases.map(\.rawValue)).sorted()

    func tickets(_ isOffered: (TicketState) -> Bool) -> [String] {
        var params = TicketList.Params()
        params.states = TicketState.allCases.filter(isOffered)
        params.limit = Self.most
        return ask(TicketList.self, params)?.tickets.map(\.id) ?? []
    }

    func unfinished() -> [String] { tickets { !$0.isFinished } }
    func agents() -> [String] { ask(AgentList.self, AgentList.Params())?.agents.map(\.ticket) ?? [] }
    func sessions() -> [String] { ask(SessionList.self, SessionList.Params())?.sessions.map(\.name) ?? [] }

    /// The kinds of the configuration, as `reeved` reads it; no method of the protocol has them. And those that tickets have: the
    /// running daemon may have another configuration.
    func kinds() -> [String] {
        let used = ask(TicketList.self, TicketList.Params())?.tickets.map(\.agent) ?? []
        let configured = Config.text(within: .seconds(1)).map { Config.agentKinds($0) } ?? Self.shippedKinds
        return Set(configured + used).sorted()
    }

    /// The script for fish asks it where in the word the cursor is, which fish refuses where nobody types (`complete -C "reeve
    /// show "`) and which no completion of ours looks at. Everything else passes unchanged.
    static func mended(_ text: String) -> String {
        text.hasPrefix("function __reeve_") ? text.replacing("(__reeve_tokens -tC)", with: "0") : text
    }

    /// `--socket PATH` or `--socket=PATH` on the line; bash makes three words of the latter.
    var socket: String? {
        guard let flag = line.firstIndex(where: { $0 == "--socket" || $0.hasPrefix("--socket=") }) else { return nil }
        var value = line[flag].dropFirst("--socket".count)
        var next = flag + 1
        while value.isEmpty || value == "=", next < line.count {
            value = line[next][...]
            next += 1
        }
        if value.first == "=" { value = value.dropFirst() }
        if value.count > 1, let quote = value.first, quote == "'" || quote == "\"", value.last == quote {
            value = value.dropFirst().dropLast()
        } else if value.hasPrefix("~/"), let home = Environment["HOME"] {
            return home + value.dropFirst()
        }
        return value.isEmpty ? nil : String(value)
    }

    private func ask<M: WireMethod>(_ method: M.Type, _ params: M.Params) -> M.Result? {
        do throws(ReeveError) {
            return try ControlClient(path: try CommonOptions.socketPath(socket), patience: .seconds(1)).call(method, params)
        } catch {
            return nil
        }
    }
}
