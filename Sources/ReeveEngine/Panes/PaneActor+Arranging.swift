import Logging
package import ReeveModel

extension PaneActor {
    /// Lays the window of a host out again, and looks whether it is so; what came out otherwise is planned for anew.
    package func arrange(_ host: PaneHost, layout: PaneLayout?) async throws -> Answer {
        let host = PaneHost(server: windows.canonical(host.server), pane: host.pane)
        return try await inTurn(on: host.server) {
            var done: PaneDecision?
            for _ in 1...Self.attempts {
                let view = try await windows.look(host)
                let plan = PanePlanner.plan(await question(view, host: host.pane, layout, .inline, .arrange))
                guard !plan.steps.isEmpty else {
                    // A person's change after it came to the same.
                    if let done, plan.decision == .skip(reason: .alreadyArranged) { return Answer(decision: done) }
                    return Answer(decision: plan.decision)
                }
                do { _ = try await windows.carryOut(plan, in: view, command: [], tag: nil) } catch {
                    guard Self.isChange(error) else { throw error }
                    continue
                }
                if plan.isCarriedOut(in: try await windows.look(host)) { return Answer(decision: plan.decision) }
                logger.debug("a window is not as it was arranged", metadata: ["window": "\(view.windowID)"])
                done = plan.decision
            }
            return Answer(decision: .defer(reason: .changing))
        }
    }
}
