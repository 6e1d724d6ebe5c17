package import ReeveModel

/// What goes into a terminal, and what it shows.
extension CmuxMultiplexer {
    /// - Parameter claim: not kept; cmux has no place for it.
    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        guard !text.isEmpty else { return }
        let connection = try await ready(handle, id)
        switch CmuxText.way(text, canPaste: connection.canPaste) {
        case .typed(let text):
            _ = try await connection.link.told(
                .sendText(workspace: handle.session, surface: handle.pane, text: text), patience: .seconds(10))
        case .pasted(let text):
            _ = try await connection.link.told(
                .paste(workspace: handle.session, surface: handle.pane, text: text), patience: .seconds(10))
        case .impossible:
            throw ReeveError.unsupported(
                backend: name, capability: MultiplexerCapability.bracketedPaste.rawValue,
                reason:
                    "this version presses Enter at each line break, so the text would be sent line by line; 0.64 can paste"
            )
        }
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        let connection = try await ready(handle, id)
        let request: CmuxRequest =
            switch CmuxKeys.input(key) {
            case .key(let name): .sendKey(workspace: handle.session, surface: handle.pane, key: name)
            case .text(let text): .sendText(workspace: handle.session, surface: handle.pane, text: text)
            }
        do { _ = try await connection.link.told(request) } catch let error as ReeveError where error.kind == .invalidParams {
            throw ReeveError(.unsupported, "cmux has no key '\(key.name)'", hint: "nothing was sent")
        }
    }

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        guard !styled else { throw unsupported(.captureStyled) }
        return CmuxReadings.tail(try await screen(handle, id, lines: lines), lines: lines)
    }

    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        try await screen(handle, id, lines: nil)
    }

    private func screen(_ handle: TerminalHandle, _ id: SessionID, lines: Int?) async throws -> String {
        let connection = try await required(handle, id)
        do {
            let result = try await connection.link.ask(
                .readText(workspace: handle.session, surface: handle.pane, lines: lines), patience: .seconds(10))
            guard let text = CmuxReadings.screen(result) else {
                throw CmuxFailure(code: "malformed", message: "no text in the answer")
            }
            return text
        } catch let failure as CmuxFailure {
            // A terminal that nothing has been written to has no screen yet (0.64.17), and is as alive as any.
            guard failure.isInternal, try await surfaces(handle.session, connection).contains(where: { $0.id == handle.pane })
            else {
                throw failure.error
            }
            return ""
        } catch let told as CmuxRefusal.Told { throw told.refusal.error }
    }

    /// A connection, once the terminal is known to take input.
    private func ready(_ handle: TerminalHandle, _ id: SessionID) async throws -> Connection {
        let connection = try await required(handle, id)
        let surfaces = try await surfaces(handle.session, connection)
        guard surfaces.first(where: { $0.id == handle.pane })?.isAlive == true else {
            throw ReeveError.conflict("the terminal's program has ended", hint: "nothing was sent")
        }
        return connection
    }
}
