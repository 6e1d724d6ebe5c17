package import ReeveModel

package struct AgentAnswer: WireObject {
    package var agent = AgentShape()
    package init() {}
    package init(_ agent: AgentShape) { self.agent = agent }
    package static let fields: [Field<AgentAnswer>] = [.required("agent", \.agent, "the agent as it is now")]
}

package enum AgentList: WireMethod {
    package static let name = "agent.list"
    package static let summary = "The agents in work, and those that have ended in a terminal that is still open."
    package struct Params: WireObject {
        package var states: [AgentState]?
        package init() {}
        package static let fields: [Field<Params>] = [.optional("states", \.states, "all when absent")]
    }
    package struct Result: WireObject {
        package var agents: [AgentShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("agents", \.agents, "most urgent first")]
    }
}

package enum AgentGet: WireMethod {
    package static let name = "agent.get"
    package static let summary = "The agent of a ticket."
    package typealias Params = TicketReference
    package typealias Result = AgentAnswer
}

package enum AgentSwitch: WireMethod {
    package static let name = "agent.switch"
    package static let summary =
        "Leaves the ticket's agent (its exit words, then Ctrl+C, then Ctrl+D, then signals) and starts another in the same "
        + "terminal; answers when the new one runs."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var to = ""
        package var prompt: String?
        package var policy: LastResort?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .required("to", \.to, "the agent kind to start", .safeName),
            .optional("prompt", \.prompt, "what to tell it; the ticket's own prompt when absent", .bytes(0...1_000_000)),
            .optional("policy", \.policy, "below the last rung; [switch] last_resort when absent"),
        ]
    }
    package struct Result: WireObject {
        package var ticket = ""
        package var from = ""
        package var to = ""
        package var rung = SwitchLadder.Rung.exit
        package var rungs: [RungShape] = []
        package var agent = AgentShape()
        package init() {}
        package init(_ result: SwitchResult) {
            ticket = result.ticket.text
            from = result.from
            to = result.to
            rung = result.rung
            rungs = result.rungs.map { RungShape($0) }
            agent = AgentShape(result.agent)
        }
        package static let fields: [Field<Result>] = [
            .required("ticket", \.ticket, "the ticket's id"),
            .required("from", \.from, "the agent that left"),
            .required("to", \.to, "the agent that runs now"),
            .required("rung", \.rung, "what made it leave"),
            .required("rungs", \.rungs, "every rung with its duration"),
            .required("agent", \.agent, "the new agent"),
        ]
    }
}

package enum AgentSend: WireMethod {
    package static let name = "agent.send"
    package static let summary = "Types text into the agent's terminal and presses Enter; answers when it has arrived."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var text = ""
        package var enter = true
        package var force = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .required("text", \.text, "delivered byte for byte", .bytes(0...1_000_000)),
            .defaulted("enter", \.enter, "press Enter after it"),
            .defaulted("force", \.force, "also when the agent shows a dialog"),
        ]
    }
    package struct Result: WireObject {
        package var delivered = true
        package var evidence = ""
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("delivered", \.delivered, "true"),
            .required("evidence", \.evidence, "`screen`: the screen changed; `read`: a program has read all of it"),
        ]
    }
}

package enum AgentInterrupt: WireMethod {
    package static let name = "agent.interrupt"
    package static let summary = "Presses the agent kind's interrupt keys once."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = AgentAnswer
}

package enum AgentStop: WireMethod {
    package static let name = "agent.stop"
    package static let summary = "Makes the agent leave; the ticket is cancelled, its terminal stays for a while."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = AgentAnswer
}

package enum AgentRestart: WireMethod {
    package static let name = "agent.restart"
    package static let summary = "Makes the agent leave and starts the same kind again, resuming its conversation where it can."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = AgentAnswer
}

package enum AgentContinue: WireMethod {
    package static let name = "agent.continue"
    package static let summary = "Continues an agent that was stopped with Ctrl+Z."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = AgentAnswer
}

package enum AgentCapture: WireMethod {
    package static let name = "agent.capture"
    package static let summary = "The last lines of the agent's screen and history."
    package struct Params: WireObject {
        package var ticket = ""
        package var lines = 50
        package var styled = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .defaulted("lines", \.lines, "at most so many", .range(1...50_000)),
            .defaulted("styled", \.styled, "with colours as escape sequences"),
        ]
    }
    package typealias Result = CaptureAnswer
}

package struct CaptureAnswer: WireObject {
    package var text = ""
    package init() {}
    package static let fields: [Field<CaptureAnswer>] = [.required("text", \.text, "lines separated by newlines")]
}

package enum AgentFocus: WireMethod {
    package static let name = "agent.focus"
    package static let summary = "Shows the agent's session to whoever looks at the multiplexer."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = Empty
}

package enum AgentAttach: WireMethod {
    package static let name = "agent.attach"
    package static let summary = "The command that shows the agent's session in a terminal of your own."
    package typealias Params = TicketReference
    package struct Result: WireObject {
        package var command: [String] = []
        package var inside: [String] = []
        package var socket: String?
        package init() {}

        package init(_ command: AttachCommand) {
            self.command = command.arguments
            inside = command.inside
            socket = command.socket
        }

        package static let fields: [Field<Result>] = [
            .required("command", \.command, "argument vector"),
            .required("inside", \.inside, "argument vector for a caller inside this very multiplexer; empty when there is none"),
            .optional(
                "socket", \.socket, "a caller whose `$TMUX` begins with it, or whose `$ZELLIJ_SESSION_NAME` it is, is inside"),
        ]
    }
}

package enum AgentWait: WireMethod {
    package static let name = "agent.wait"
    package static let summary = "Waits until the tickets' agents reach one of the states; ticket states count too."
    package enum Mode: String, WireWord { case any, all }
    package struct Params: WireObject {
        package var tickets: [String] = []
        package var until: [String] = []
        package var mode = Mode.all
        package var timeoutMs: Int?
        package init() {}
        package static let words =
            AgentState.allCases.map(\.rawValue)
            + TicketState.allCases.map(\.rawValue).filter { word in
                !AgentState.allCases.contains { $0.rawValue == word }
            }
        package static let fields: [Field<Params>] = [
            .required("tickets", \.tickets, "ids", .count(1...1000, each: .safeName)),
            .required("until", \.until, "agent or ticket states", .count(1...20, each: .word(of: words))),
            .defaulted("mode", \.mode, "whether one ticket is enough"),
            .optional("timeoutMs", \.timeoutMs, "no limit when absent", .range(1...86_400_000)),
        ]
    }
    package struct Result: WireObject {
        package var agents: [AgentShape] = []
        package var tickets: [TicketShape] = []
        package var met = true
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("agents", \.agents, "those of the tickets that have one"),
            .required("tickets", \.tickets, "the tickets, without their bodies"),
            .required("met", \.met, "true"),
        ]
    }
}

extension Rule<String> {
    static func word(of words: [String]) -> Rule {
        Rule(text: "one of \(words.joined(separator: ", "))") { word in
            words.contains(word) ? nil : "'\(word.prefix(64))' is none of \(words.joined(separator: ", "))"
        }
    }
}
