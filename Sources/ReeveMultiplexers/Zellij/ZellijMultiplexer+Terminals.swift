package import ReeveModel

/// What goes into a pane, what it shows, and the people who look at it.
extension ZellijMultiplexer {
    // MARK: Input

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        try await put(ZellijInput.of(text), handle, id)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        try await put([ZellijInput.of(key)], handle, id)
    }

    /// Zellij drops what is for a pane that is not there, and says nothing; in a pane whose program has ended Enter starts it
    /// again. So the pane is looked at before, and after, when it must still be the same.
    private func put(_ inputs: [ZellijInput], _ handle: TerminalHandle, _ id: SessionID) async throws {
        _ = try current()
        try await alone(handle) {
            guard try await !found(handle, id).pane.isDead else {
                throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
            }
            for input in inputs { try await program.order(ZellijCommand.input(handle.session, handle.pane, input)) }
            do { _ = try await found(handle, id) } catch let error as ReeveError where error.kind == .notFound {
                throw ReeveError(.notFound, "the session went away while something was sent (\(handle.session) \(handle.pane))")
            }
        }
    }

    // MARK: Output

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        let (text, _) = try await screen(handle, id, full: true, styled: styled)
        return ZellijScreen.last(lines, of: text)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        let (text, pane) = try await screen(handle, id, full: false, styled: false)
        return "\(text)\n\(pane.cursor)"
    }

    /// An empty answer is a screen on which nothing has been written, or one that did not come in time: it counts if it comes
    /// twice, and the server answers a question with a shape in between.
    private func screen(
        _ handle: TerminalHandle, _ id: SessionID, full: Bool, styled: Bool
    ) async throws -> (text: String, pane: ZellijPane) {
        _ = try current()
        return try await alone(handle) {
            var pane = try await found(handle, id).pane
            var text = try await program.screen(handle.session, handle.pane, full: full, styled: styled)
            if text.isEmpty {
                pane = try await found(handle, id).pane
                text = try await program.screen(handle.session, handle.pane, full: full, styled: styled)
            }
            return (text, pane)
        }
    }

    // MARK: People

    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {
        _ = try current()
        try await alone(handle) {
            let found = try await self.found(handle, id)
            guard try await !program.clients(handle.session).isEmpty else {
                throw ReeveError.conflict(
                    "nobody looks at the Zellij session '\(handle.session)'",
                    hint: "reeve attach shows the session in this terminal")
            }
            try await program.order(ZellijCommand.goToTab(handle.session, found.pane.tab))
            guard try await program.tabs(handle.session).contains(where: { $0.id == found.pane.tab && $0.isActive }) else {
                throw ReeveError.unavailable(
                    "Zellij did not go to the tab of '\(id)'", hint: "its server may be busy; try again in a moment")
            }
        }
    }

    package func seen() async throws -> Set<SessionID> {
        _ = try current()
        let all = try await found()
        let clients = try await gather(Set(all.map(\.session))) { [program] in try await program.clients($0) }
        return Set(all.filter { clients[$0.session]?.contains($0.pane.name) == true }.map(\.tag.id))
    }

    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        _ = try current()
        let found = try await found(handle, id)
        let arguments = [settings.binary] + ZellijCommand.attach(handle.session)
        // A client inside another session would nest.
        guard settings.session == handle.session else { return AttachCommand(arguments: arguments, inside: [], socket: nil) }
        return AttachCommand(
            arguments: arguments, inside: [settings.binary] + ZellijCommand.goToTab(handle.session, found.pane.tab),
            socket: handle.session)
    }
}
