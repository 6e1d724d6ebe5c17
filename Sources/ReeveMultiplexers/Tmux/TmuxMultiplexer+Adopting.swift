package import ReeveModel

/// Sessions that people have made themselves on our server, or on theirs if that is the one in use.
extension TmuxMultiplexer {
    package func adopt(_ name: SessionName, id: SessionID, owner: String) async throws -> TerminalHandle {
        let connection = try current()
        guard !reservedNames.contains(name) else {
            throw ReeveError.conflict("the session '\(name)' keeps the server alive; it is nobody's to use")
        }
        let target = "=\(TmuxNames.mapped(name.text)):"
        let tag = TmuxTag(SpawnRequest(id: id, name: name, arguments: [], owner: owner))
        // One that this instance took in and knows no more was taken in just before a crash.
        let isFree = "#{||:#{==:\(TmuxTag.format),},#{m:* \(owner) *,\(TmuxTag.format)}}"
        let take = TmuxCommand.sequence([
            TmuxCommand("set-option", "-t", target, TmuxTag.option, tag.text),
            TmuxCommand("display-message", "-p", "-t", target, Self.ids),
        ])
        // Of a session that is not there `if-shell` says nothing.
        _ = try await connection.client.ask(TmuxCommand("has-session", "-t", target), patience: patience)
        let lines = try await connection.client.askFenced(
            [
                TmuxCommand(
                    "if-shell", "-F", "-t", target, isFree, take.line,
                    TmuxCommand("display-message", "-p", "-t", target, "REEVE-TAKEN \(TmuxTag.format)").line)
            ], fence: "REEVE-FENCE-\(nextNumber())", patience: patience)
        guard let first = lines.first, !first.hasPrefix("REEVE-TAKEN ") else {
            throw ReeveError.conflict(
                "the session '\(name)' belongs to another reeved", hint: "end it there, or make a session of your own")
        }
        return try handle(first, connection)
    }

    package func release(_ handle: TerminalHandle, id: SessionID) async throws {
        try await guarded(
            handle, id, needsLife: false, [],
            then: TmuxCommand("set-option", "-u", "-t", handle.session, TmuxTag.option))
    }
}
