import Logging
import ReeveModel

/// How a pane goes.
extension PaneActor {
    /// Takes a pane away, gives its room to those beside it, and looks whether it has gone. What cannot be laid out is closed nevertheless: a
    /// session that is over has no pane.
    func take(away known: Placed, because reason: String) async throws -> PaneDecision {
        var done: PaneDecision?
        for _ in 1...Self.attempts {
            let view: PaneView
            do { view = try await windows.look(PaneHost(server: known.server, pane: known.pane)) } catch let error as ReeveError
                where error.kind == .notFound
            {
                forget(known, because: done == nil ? "somebody closed it" : reason)
                return done ?? .skip(reason: .paneGone(session: known.tag.name.text, pane: known.pane))
            }
            guard view.tags[known.pane] == known.tag else {
                forget(known, because: "its pane is not ours any more")
                return .skip(reason: .notOurs(session: known.tag.name.text, pane: known.pane))
            }
            let plan = PanePlanner.plan(
                await question(
                    view, host: main(for: known, in: view), nil, known.tag.isolation, .close(session: known.tag.name.text)))
            do {
                if case .close = plan.decision {
                    _ = try await windows.carryOut(plan, in: view, command: [], tag: nil)
                } else {
                    try await windows.kill(known.pane, on: known.server)
                }
            } catch {
                guard Self.isChange(error) else { throw error }
                continue
            }
            let decision: PaneDecision =
                if case .close = plan.decision {
                    plan.decision
                } else {
                    .close(paneId: known.pane, reason: .ended(session: known.tag.name.text, grown: []))
                }
            if try await isGone(known) {
                forget(known, because: reason)
                return decision
            }
            done = decision
        }
        return .defer(reason: .changing)
    }

    /// With the pane gone there is nothing left to plan anew: if its room has not come to those that it was planned for, a person has made
    /// something else of it in the very moment, and that stays.
    private func isGone(_ known: Placed) async throws -> Bool {
        do {
            let there = try await windows.tagged(on: known.server)
            return !there.contains { $0.pane == known.pane && $0.tag == known.tag }
        } catch {
            // With the last pane its server may have gone.
            guard windows.isGone(known.server) else { throw error }
            return true
        }
    }

    /// The host, or where only agents stand the oldest other one.
    private func main(for known: Placed, in view: PaneView) -> String {
        guard known.tag.isolation != .inline else { return known.tag.host }
        let others = view.tags.filter { $0.key != known.pane && $0.value.host == known.tag.host }
        return others.min { ($0.value.createdAt, $0.key) < ($1.value.createdAt, $1.key) }?.key ?? known.tag.host
    }

    func forget(_ known: Placed, because reason: String) {
        guard placed[known.tag.session]?.pane == known.pane else { return }
        placed[known.tag.session] = nil
        rememberServers()
        tell(
            .closed, known.tag.name, known.ticket, pane: known.pane, PaneHost(server: known.server, pane: known.tag.host), reason)
    }

    func rememberServers(and server: String? = nil) {
        windows.remember(Set(placed.values.map(\.server)).union(unrecovered).union(server.map { [$0] } ?? []))
    }
}
