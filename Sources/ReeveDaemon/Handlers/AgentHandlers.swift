import Foundation
import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerAgents(_ router: inout Router) {
        let queue = engine.queue
        let desk = engine.desk
        let board = engine.board
        router.registerFast(AgentList.self) { params in
            let wanted = params.states.map { Set($0) }
            var result = AgentList.Result()
            result.agents = board.agents
                .filter { wanted?.contains($0.state) ?? true }
                .sorted { ($0.state.urgency ?? -1, $0.ticket) < ($1.state.urgency ?? -1, $1.ticket) }
                .map { AgentShape($0) }
            return result.json
        }
        router.register(AgentGet.self) { params, _ in
            AgentAnswer(AgentShape(try await desk.agent(try Self.ticketID(params.ticket))))
        }
        router.register(AgentSwitch.self) { params, _ in
            AgentSwitch.Result(
                try await queue.switchAgent(
                    try Self.ticketID(params.ticket), to: params.to, prompt: params.prompt, policy: params.policy))
        }
        router.register(AgentSend.self) { params, _ in
            var result = AgentSend.Result()
            result.evidence = try await desk.send(
                try Self.ticketID(params.ticket), params.text, enter: params.enter, force: params.force
            ).rawValue
            return result
        }
        router.register(AgentInterrupt.self) { params, _ in
            AgentAnswer(AgentShape(try await desk.interrupt(try Self.ticketID(params.ticket))))
        }
        router.register(AgentStop.self) { params, _ in
            AgentAnswer(AgentShape(try await queue.stop(try Self.ticketID(params.ticket))))
        }
        router.register(AgentRestart.self) { params, _ in
            AgentAnswer(AgentShape(try await queue.restart(try Self.ticketID(params.ticket))))
        }
        router.register(AgentContinue.self) { params, _ in
            AgentAnswer(AgentShape(try await desk.resume(try Self.ticketID(params.ticket))))
        }
        router.register(AgentCapture.self) { params, _ in
            var result = CaptureAnswer()
            result.text = try await desk.capture(try Self.ticketID(params.ticket), lines: params.lines, styled: params.styled)
            return result
        }
        router.register(AgentFocus.self) { params, _ in
            try await desk.focus(try Self.ticketID(params.ticket))
            return Empty()
        }
        router.register(AgentAttach.self) { params, _ in
            AgentAttach.Result(try await desk.attachCommand(try Self.ticketID(params.ticket)))
        }
        router.register(AgentReport.self) { params, _ in
            let launch = try params.launch.map { text throws(ReeveError) in
                guard let id = LaunchID(text) else { throw .invalid("$.launch", "not a launch: \(SafeName.rule)") }
                return id
            }
            let report = StepReport(status: params.status, summary: params.summary, files: params.files ?? [])
            return AgentAnswer(
                AgentShape(try await queue.report(try Self.ticketID(params.ticket), launch: launch, report)))
        }
        router.register(AgentApprove.self) { params, context in
            let verdict = ReviewVerdict(
                isApproval: true, text: params.text, reviewer: params.by ?? Self.person, visit: params.visit)
            return TicketAnswer(
                TicketShape(try await queue.review(try Self.ticketID(params.ticket), verdict, context.ticketCommand)))
        }
        router.register(AgentReject.self) { params, context in
            let verdict = ReviewVerdict(
                isApproval: false, text: params.reason, reviewer: params.by ?? Self.person, visit: params.visit)
            return TicketAnswer(
                TicketShape(try await queue.review(try Self.ticketID(params.ticket), verdict, context.ticketCommand)))
        }
        router.register(AgentWait.self) { params, _ in
            let reached = try await desk.wait(
                try Self.ids(params.tickets, "$.tickets"), until: Set(params.until), all: params.mode == .all,
                timeout: params.timeoutMs.map { .milliseconds($0) })
            var result = AgentWait.Result()
            result.agents = reached.agents.map { AgentShape($0) }
            result.tickets = reached.tickets.map { TicketShape($0, withBody: false) }
            return result
        }
    }

    /// The only user that the socket lets in is the one this runs as.
    static let person = NSUserName()
}
