import ReeveClient
import ReeveModel
import ReeveWire

/// Live words for shell completion: they ask the daemon, and stay silent when it is not there.
enum Completions {
    static func tickets(finished: Bool = false) -> [String] {
        var params = TicketList.Params()
        params.states = TicketState.allCases.filter { $0.isFinished == finished }
        return ask(TicketList.self, params)?.tickets.map(\.id) ?? []
    }

    static func running() -> [String] { ask(AgentList.self, AgentList.Params())?.agents.map(\.ticket) ?? [] }
    static func sessions() -> [String] { ask(SessionList.self, SessionList.Params())?.sessions.map(\.name) ?? [] }

    /// The kinds that tickets use, and the ones that ship.
    static func agents() -> [String] {
        let shipped = ["claude", "codex", "gemini", "opencode", "amp", "aider", "shell", "demo"]
        let used = ask(TicketList.self, TicketList.Params())?.tickets.map(\.agent) ?? []
        return Set(shipped + used).sorted()
    }

    private static func ask<M: WireMethod>(_ method: M.Type, _ params: M.Params) -> M.Result? {
        do throws(ReeveError) { return try ControlClient(path: try CommonOptions.socketPath(nil)).call(method, params) } catch {
            return nil
        }
    }
}
