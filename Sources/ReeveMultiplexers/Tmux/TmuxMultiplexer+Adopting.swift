package import ReeveModel

/// Sessions that people have made themselves on our server, or on theirs if that is the one in use.
extension TmuxMultiplexer {
    /// The handle names no pane: what is typed goes to the session's active one, as it does for a person.
    package func adopt(
        _ name: SessionName, id: SessionID, owner: String, server: String?, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle {
        let own = try current()
        let connection = if let server { try await place(at: server) } else { own }
        let isOwn = connection.epoch == own.epoch
        guard !isOwn || !reservedNames.contains(name) else {
            throw ReeveError.conflict("the session '\(name)' keeps the server alive; it is nobody's to use")
        }
        let target = "=\(TmuxNames.mapped(name.text)):"
        // Of a session that is not there `display-message` says nothing.
        do {
            _ = try await connection.client.ask(TmuxCommand("has-session", "-t", target), patience: patience)
        } catch let error as ReeveError where error.kind == .notFound {
            throw ReeveError(
                .notFound, "no session '\(name)' on the tmux server at \(InertText.clean(connection.socketPath))",
                hint: "it is looked for on one server: --server PATH names another, and so does asking in a pane of it")
        }
        let found = try await connection.client.ask(
            TmuxCommand("display-message", "-p", "-t", target, "#{session_id} \(TmuxTag.format)"), patience: patience)
        let words = (found.first ?? "").split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, words[0].hasPrefix("$") else { throw ReeveError(.notFound, "the session '\(name)' is gone") }
        let (session, old) = (String(words[0]), String(words[1]))
        if let tag = TmuxTag(old.utf8) {
            // One that this instance took in and knows no more was taken in just before a crash.
            let isFree = tag.owner == owner ? await !isOpen(tag.id) : false
            guard isFree else { throw taken(name) }
        } else if !old.isEmpty {
            throw taken(name)
        }
        let tag = TmuxTag(SpawnRequest(id: id, name: name, arguments: [], owner: owner))
        // The session by its id from here on, and only with the tag that was seen.
        let lines = try await connection.client.askFenced(
            [
                TmuxCommand(
                    "if-shell", "-F", "-t", "\(session):", "#{==:\(TmuxTag.format),\(old)}",
                    TmuxCommand("set-option", "-t", session, TmuxTag.option, tag.text).line,
                    TmuxCommand("display-message", "-p", "REEVE-TAKEN").line)
            ], fence: "REEVE-FENCE-\(nextNumber())", patience: patience)
        guard !lines.contains("REEVE-TAKEN") else { throw taken(name) }
        if !isOwn { note(connection.socketPath) }
        return TerminalHandle(session: session, pane: "", epoch: connection.epoch)
    }

    private func taken(_ name: SessionName) -> ReeveError {
        .conflict("the session '\(name)' belongs to a reeved already", hint: "end it there, or make a session of your own")
    }

    package func release(_ handle: TerminalHandle, id: SessionID) async throws {
        try await guarded(
            handle, id, needsLife: false, [],
            then: TmuxCommand("set-option", "-u", "-t", handle.session, TmuxTag.option))
    }
}
