import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerSessions(_ router: inout Router) {
        let sessions = engine.sessions
        router.register(SessionSpawn.self) { params, _ in
            for name in params.env.keys where name.isEmpty || name.contains("=") {
                throw ReeveError.invalid(
                    "$.env", "'\(name.prefix(64))' cannot be a variable's name", hint: "letters, digits and _")
            }
            let session = try await sessions.spawn(
                try Self.sessionName(params.name), command: params.command, directory: params.cwd, environment: params.env,
                backend: params.backend)
            var result = SessionSpawn.Result()
            result.session = shape(
                session, params.backend ?? engine.backends.primary.name, engine.board.ticketsBySession)
            return result
        }
        router.register(SessionAdopt.self) { params, _ in
            let session = try await sessions.adopt(
                try Self.sessionName(params.name), backend: params.backend, server: params.server)
            var result = SessionSpawn.Result()
            result.session = shape(session, params.backend ?? engine.backends.primary.name, [:])
            return result
        }
        router.register(SessionDestroy.self) { params, _ in
            try await sessions.destroy(try Self.sessionName(params.name))
            return Empty()
        }
        router.register(SessionSend.self) { params, _ in
            let name = try Self.sessionName(params.name)
            switch (params.text, params.keys) {
            case (let text?, nil): try await sessions.send(name, text: text, enter: params.enter)
            case (nil, let keys?): try await sessions.press(name, keys.compactMap { Key(name: $0) })
            default:
                throw ReeveError.invalid(
                    "$.text", "give either text or keys", hint: "text is typed as it is, keys are names like Enter and C-c")
            }
            return SessionSend.Result()
        }
        router.register(SessionCapture.self) { params, _ in
            var result = CaptureAnswer()
            result.text = try await sessions.capture(
                try Self.sessionName(params.name), lines: params.lines, styled: params.styled)
            return result
        }
        router.register(SessionList.self) { params, _ in
            var result = SessionList.Result()
            let tickets = engine.board.ticketsBySession
            result.sessions = try await sessions.list(backend: params.backend).map { shape($0.session, $0.backend, tickets) }
            return result
        }
        router.register(SessionSplit.self) { params, _ in
            var result = SessionSplit.Result()
            result.pane = PaneShape(try await sessions.split(try Self.sessionName(params.name), params.direction))
            return result
        }
    }

    private func shape(
        _ session: TerminalSession, _ backend: String, _ tickets: [SessionID: TicketID]
    ) -> SessionShape {
        SessionShape(session, name: session.name, backend: backend, ticket: session.id.flatMap { tickets[$0] })
    }
}
