import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Agents: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "List the agents, most urgent first.")
    @OptionGroup var common: CommonOptions

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(AgentList.self, AgentList.Params())
        show(result, quiet: result.agents.map { Terminal.clean("\($0.ticket) \($0.state.rawValue)") }.joined(separator: "\n")) {
            Sentences.agents(result.agents)
        }
    }
}

struct Switch: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Leave a ticket's agent and start another in the same terminal.",
        discussion: "Rungs: the agent's own exit words, Ctrl+C, Ctrl+D, then signals. Returns when the new agent runs.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    @Option(
        help: ArgumentHelp("The agent kind to start.", valueName: "agent"),
        completion: Completions.live { $0.kinds() }) var to: String
    @Option(help: ArgumentHelp("What to tell it; the ticket's own text when absent.", valueName: "text")) var prompt: String?
    @Option(
        help: ArgumentHelp("Below the last rung: signal or give-up.", valueName: "policy"),
        completion: .list(["signal", "give-up"])) var policy: String?

    func validate() throws {
        if let policy, LastResort(rawValue: policy) == nil { throw ValidationError("'\(policy)' is none of signal, give-up") }
    }

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentSwitch.Params()
        params.ticket = id
        params.to = to
        params.prompt = prompt
        params.policy = policy.flatMap { LastResort(rawValue: $0) }
        if Terminal.isInteractive, !common.json, !common.quiet { Terminal.error("leaving the agent of \(Terminal.clean(id))…") }
        let result = try client.call(AgentSwitch.self, params)
        show(result, quiet: result.rung.rawValue) { Sentences.switched(result) }
    }
}

struct Send: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Type text into an agent's terminal and press Enter.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    @Argument(help: "The text, delivered byte for byte.") var text: String
    @Flag(inversion: .prefixedNo, help: "Press Enter after it.") var enter = true
    @Flag(help: "Also when the agent shows a dialog.") var force = false

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentSend.Params()
        params.ticket = id
        params.text = text
        params.enter = enter
        params.force = force
        let result = try client.call(AgentSend.self, params)
        show(result, quiet: nil) { "delivered (\(Terminal.clean(result.evidence)))" }
    }
}

/// Commands that name a ticket and answer with its agent.
protocol AgentCommand: DaemonCommand {
    var id: String { get }
    static func ask(_ client: ControlClient, _ ticket: TicketReference) throws(ReeveError) -> AgentAnswer
}

extension AgentCommand {
    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try Self.ask(client, TicketReference(id))
        show(result, quiet: nil) {
            Terminal.clean("\(result.agent.ticket): \(result.agent.kind) \(result.agent.state.rawValue)")
                + (result.agent.reason.map { " (\(Terminal.clean($0)))" } ?? "")
        }
    }
}

struct Interrupt: AgentCommand {
    static let configuration = CommandConfiguration(abstract: "Press the agent's interrupt keys once.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    static func ask(_ client: ControlClient, _ ticket: TicketReference) throws(ReeveError) -> AgentAnswer {
        try client.call(AgentInterrupt.self, ticket)
    }
}

struct Stop: AgentCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an agent leave; its ticket is cancelled, its terminal stays a while.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    static func ask(_ client: ControlClient, _ ticket: TicketReference) throws(ReeveError) -> AgentAnswer {
        try client.call(AgentStop.self, ticket)
    }
}

struct Restart: AgentCommand {
    static let configuration = CommandConfiguration(abstract: "Start an agent again, resuming its conversation where it can.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    static func ask(_ client: ControlClient, _ ticket: TicketReference) throws(ReeveError) -> AgentAnswer {
        try client.call(AgentRestart.self, ticket)
    }
}

struct Continue: AgentCommand {
    static let configuration = CommandConfiguration(abstract: "Continue an agent that was stopped with Ctrl+Z.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    static func ask(_ client: ControlClient, _ ticket: TicketReference) throws(ReeveError) -> AgentAnswer {
        try client.call(AgentContinue.self, ticket)
    }
}

struct Preview: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show the last lines of an agent's screen.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String
    @Option(help: "At most so many lines.") var lines = 50

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentCapture.Params()
        params.ticket = id
        params.lines = lines
        let result = try client.call(AgentCapture.self, params)
        let text = Terminal.clean(result.text, keepingLines: true)
        show(result, quiet: text) { text }
    }
}

struct Focus: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an agent's session where somebody already looks at the multiplexer.",
        discussion: "Inside Reeve's own tmux server this terminal is switched; elsewhere the terminal that was last used there.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let inside = try Attach.insideCommand { () throws(ReeveError) in try client.call(AgentAttach.self, TicketReference(id)) }
        if let inside { throw Files.become(inside) }
        let result = try client.call(AgentFocus.self, TicketReference(id))
        show(result, quiet: nil) { "\(Terminal.clean(id)) is shown" }
    }
}

struct Attach: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an agent's session in this terminal.",
        discussion: """
            As its multiplexer does it: outside it attaches, inside Reeve's own tmux server or Zellij session it switches. One \
            that shows its sessions only in windows of its own (cmux, VS Code, kitty) brings it to the front there, as reeve \
            focus does.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.agents() }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let way = try Self.way { () throws(ReeveError) in
            try client.call(AgentAttach.self, TicketReference(id))
        } orFocus: { () throws(ReeveError) in
            try client.call(AgentFocus.self, TicketReference(id))
        }
        switch way {
        case .focused(let result): show(result, quiet: nil) { Self.focusedSentence(id) }
        case .command(let result) where common.json: show(result, quiet: nil) { "" }
        case .command(let result): try Self.enter(result)
        }
    }

    /// How a session was or can be shown.
    enum Way {
        case command(AgentAttach.Result)
        /// Its multiplexer cannot show it in a terminal, and has brought it to the front where it is.
        case focused(Empty)
    }

    /// - Throws: why it cannot be attached to, where it cannot be brought to the front either.
    static func way(
        _ attach: () throws(ReeveError) -> AgentAttach.Result, orFocus focus: () throws(ReeveError) -> Empty
    ) throws(ReeveError) -> Way {
        do throws(ReeveError) { return .command(try attach()) } catch {
            guard error.kind == .unsupported else { throw error }
            do throws(ReeveError) { return .focused(try focus()) } catch let other {
                throw other.kind == .unsupported ? error : other
            }
        }
    }

    static func focusedSentence(_ name: String) -> String {
        "\(Terminal.clean(name)) is not shown in a terminal; it is in front in its own window"
    }

    /// This process becomes the program that shows the session.
    static func enter(_ result: AgentAttach.Result) throws(ReeveError) {
        guard Terminal.isInteractive else {
            throw .conflict(
                "this is no terminal", hint: "run it in one: \(Terminal.quoted(result.command))")
        }
        if isInside(result) { throw Files.become(result.inside) }
        throw Files.become(["env", "-u", "TMUX", "-u", "TMUX_PANE"] + result.command)
    }

    /// `$TMUX` begins with the socket's path and a comma; `$ZELLIJ_SESSION_NAME` is the session.
    static func isInside(_ result: AgentAttach.Result) -> Bool {
        guard let socket = result.socket, !result.inside.isEmpty else { return false }
        return Environment["TMUX"]?.hasPrefix(socket + ",") == true || Environment["ZELLIJ_SESSION_NAME"] == socket
    }

    /// - Parameter ask: what shows the session; it is asked for only inside a multiplexer.
    /// - Returns: nil where this terminal is not one that could be switched to it.
    static func insideCommand(
        _ ask: () throws(ReeveError) -> AgentAttach.Result
    ) throws(ReeveError) -> [String]? {
        guard Environment["TMUX"] != nil || Environment["ZELLIJ_SESSION_NAME"] != nil else { return nil }
        do throws(ReeveError) {
            let result = try ask()
            return isInside(result) ? result.inside : nil
        } catch {
            // This terminal is a person's own multiplexer, and the session is in windows of its own.
            guard error.kind == .unsupported else { throw error }
            return nil
        }
    }
}

struct Wait: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Wait until agents reach a state; ticket states count too.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The tickets' ids.", completion: Completions.live { $0.unfinished() }) var ids: [String]
    @Option(help: ArgumentHelp("A state; repeatable.", valueName: "state"), completion: .list(Completions.states))
    var until: [String]
    @Flag(help: "One ticket is enough.") var any = false
    @Option(help: ArgumentHelp("How long, e.g. 30s or 5m.", valueName: "duration")) var timeout: String?

    func validate() throws {
        if let timeout, DurationText.parse(timeout) == nil {
            throw ValidationError("'\(timeout)' is no duration; write 30s or 5m")
        }
    }

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentWait.Params()
        params.tickets = ids
        params.until = until
        params.mode = any ? .any : .all
        params.timeoutMs = timeout.flatMap { DurationText.parse($0) }.map { max(1, Int($0.milliseconds)) }
        if Terminal.isInteractive, !common.json, !common.quiet {
            Terminal.error("waiting for \(until.joined(separator: " or "))… (Ctrl+C ends the wait)")
        }
        let result = try client.call(AgentWait.self, params)
        show(result, quiet: nil) { Sentences.tickets(result.tickets) }
    }
}
