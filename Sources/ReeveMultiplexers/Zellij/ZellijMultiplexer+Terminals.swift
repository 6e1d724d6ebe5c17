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

    /// In the agent's tab, with the person's shell. Whoever looks at the tab keeps the focus where it was.
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let keepsFocus = try current().has(.opensWithoutFocus)
        // The turn in which tabs are made: that gives a focus back too.
        return try await turns.alone(handle.session) {
            let tab = try await found(handle, id).pane.tab
            let old = try await keepsFocus ? handle.pane : lookedAt(in: tab, of: handle.session) ?? handle.pane
            let name = try await newPane(in: tab, of: handle.session, direction, keepsFocus: keepsFocus)
            if !keepsFocus { try await giveBackFocus(of: handle.session, from: name, to: old) }
            let pane = try await appearing(name, in: handle.session)
            return TerminalPane(id: pane.name, width: pane.columns, height: pane.rows, active: pane.isFocused)
        }
    }

    /// - Returns: the new pane's name. An answer that did not come is not a pane that did not come: it may be there soon.
    private func newPane(
        in tab: Int, of session: String, _ direction: SplitDirection, keepsFocus: Bool
    ) async throws -> String {
        let before = Set(try await program.panes(session).map(\.name))
        do {
            return try await program.newPane(session, tab: tab, direction, keepsFocus: keepsFocus)
        } catch let error as ReeveError where error.kind == .unavailable || error.kind == .timeout {
            let deadline = time.uptime() + .seconds(3)
            while true {
                // Busy as its server is, it may not answer this either.
                let panes = (try? await program.panes(session)) ?? []
                let new = panes.filter { $0.tab == tab && !before.contains($0.name) }
                if new.count == 1 { return new[0].name }
                // Of two one is a person's, and nothing says which.
                guard new.isEmpty, time.uptime() < deadline else { throw error }
                try await time.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Only for who has the new pane in front: it would take a person who is elsewhere to this tab. What a busy server has not done
    /// or said is asked for again, a few times; the pane is there all the same.
    private func giveBackFocus(of session: String, from new: String, to old: String) async throws {
        for _ in 1...3 {
            do {
                guard try await program.clients(session).contains(new) else { return }
                try await program.order(ZellijCommand.focusPane(session, old))
            } catch let error as ReeveError where error.kind == .unavailable || error.kind == .timeout {}
            try await time.sleep(for: .milliseconds(50))
        }
    }

    /// The pane of the tab that somebody has in front of them.
    private func lookedAt(in tab: Int, of session: String) async throws -> String? {
        let clients = try await program.clients(session)
        return try await program.panes(session).first { $0.tab == tab && clients.contains($0.name) }?.name
    }

    /// Zellij's server starts the program after it has answered.
    private func appearing(_ pane: String, in session: String) async throws -> ZellijPane {
        let deadline = time.uptime() + .seconds(3)
        while true {
            if let pane = try await program.panes(session).first(where: { $0.name == pane }) { return pane }
            guard time.uptime() < deadline else {
                throw ReeveError.unavailable(
                    "the pane that was made in the Zellij session '\(session)' does not appear",
                    hint: "zellij attach \(session) shows what is there")
            }
            try await time.sleep(for: .milliseconds(50))
        }
    }

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
        return Set(all.filter { $0.watchers(among: clients[$0.session] ?? []) > 0 }.map(\.tag.id))
    }

    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        _ = try current()
        let found = try await found(handle, id)
        let arguments = [settings.binary] + ZellijCommand.attach(handle.session)
        // A client inside another session would nest.
        guard !hasOwnSession(found) else { return AttachCommand(arguments: arguments, inside: [], socket: nil) }
        return AttachCommand(
            arguments: arguments, inside: [settings.binary] + ZellijCommand.goToTab(handle.session, found.pane.tab),
            socket: handle.session)
    }
}
