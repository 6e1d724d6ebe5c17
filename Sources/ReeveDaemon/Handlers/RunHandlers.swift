import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerRuns(_ router: inout Router) {
        let sessions = engine.sessions
        let stage = RunStage(engine: engine, panes: panes)
        router.register(SessionRun.self) { params, _ in
            let verdict = InteractiveCommand.judge(arguments: params.command)
            var result = SessionRun.Result()
            result.needsTerminal = verdict.needsTerminal
            result.reason = verdict.reason
            result.program = verdict.program
            guard verdict.needsTerminal || params.force else { return result }
            let backend = params.backend ?? engine.backends.primary.name
            let owner = try await runs.owner(
                ticket: try params.ticket.map { (text) throws(ReeveError) in try Self.ticketID(text) }, session: params.session)
            let session = try await runs.start(
                try params.name.map { (text) throws(ReeveError) in try Self.sessionName(text) }, command: params.command,
                program: verdict.program, directory: params.cwd, environment: params.env, backend: params.backend,
                owner: owner)
            result.run = session.id?.text
            result.session = SessionShape(session, name: session.name, backend: backend, ticket: nil)
            guard let name = SessionName(session.name) else { return result }
            // The command runs, with a pane or without one.
            let shown = await stage.show(name, beside: params.host?.model, of: owner)
            result.pane = shown.answer.map { PanesOpen.Result($0.decision, pane: $0.pane, position: $0.position) }
            if let lack = shown.lack ?? shown.answer.flatMap({ $0.pane == nil ? $0.decision.reason.sentence : nil }) {
                result.reason += "; no pane: \(lack)"
            }
            return result
        }
        router.register(SessionWait.self) { params, _ in
            let ending = try await runs.wait(params.name)
            var result = SessionWait.Result()
            result.exit = ending.exit.map { ExitShape($0) }
            result.screen = ending.screen.isEmpty ? nil : ending.screen
            return result
        }
        router.register(SessionFocus.self) { params, _ in
            try await sessions.focus(try Self.sessionName(params.name))
            return Empty()
        }
        router.register(SessionAttach.self) { params, _ in
            AgentAttach.Result(try await sessions.attachCommand(try Self.sessionName(params.name)))
        }
    }
}
