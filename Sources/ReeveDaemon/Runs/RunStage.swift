import ReeveEngine
import ReeveModel

/// Where a command is shown: beside the pane that it was asked for in, or beside whom it is run for.
///
/// Agents have no `TMUX` in their environment and can name no pane. What one of them runs comes beside it where a person sees it, and else in
/// the terminal of the agent itself: whoever looks at the agent there sees both.
struct RunStage: Sendable {
    struct Outcome: Sendable {
        /// Nil: there was none to be asked for, or `lack` says why it came to nothing.
        var answer: PaneActor.Answer?
        /// Half a sentence for people.
        var lack: String?
    }

    let engine: Engine
    let panes: PaneActor

    /// - Parameter host: where it was asked for, if that is known.
    func show(_ name: SessionName, beside host: PaneHost?, of owner: RunOwner?) async -> Outcome {
        if let host { return await open(PaneWish(.session(name), host: host, waits: false)) }
        guard let owner else { return Outcome() }
        var seen: Outcome?
        do {
            let session = try await session(of: owner)
            if let shown = await panes.showing(of: session.id) {
                let outcome = await open(
                    PaneWish(
                        .session(name), host: shown.host, layout: shown.layout, isolation: shown.isolation, waits: false))
                if outcome.answer?.pane != nil { return outcome }
                seen = outcome
            }
            // Its own window is no person's, from which it would have to keep away.
            let own = await open(
                PaneWish(
                    .session(name), host: try await engine.backends.paneHost(of: session), isolation: .inline, waits: false))
            return own.answer?.pane == nil ? seen ?? own : own
        } catch {
            return seen ?? Outcome(lack: Self.words(error))
        }
    }

    private func session(of owner: RunOwner) async throws -> SessionRecord {
        switch owner {
        case .ticket(let ticket): try await engine.queue.session(of: ticket)
        case .session(let id): try await engine.sessions.find(id.text)
        }
    }

    private func open(_ wish: PaneWish) async -> Outcome {
        do { return Outcome(answer: try await panes.open(wish)) } catch { return Outcome(lack: Self.words(error)) }
    }

    private static func words(_ error: any Error) -> String { (error as? ReeveError)?.message ?? "\(error)" }
}
