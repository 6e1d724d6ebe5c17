import Foundation
import ReeveTestSupport
import Synchronization

/// Picks the instant of a kill: a little after something that is worth being interrupted was seen.
final class KillTrigger: Sendable {
    /// What clients and subscribers see happen. The weights are towards commits, launches and switches.
    static let moments = [
        "ask ticket.create", "ask ticket.create", "ask ticket.cancel", "ask ticket.update", "ask ticket.retry",
        "ask agent.switch",
        "ask agent.switch", "ask agent.stop", "ask agent.restart", "ask queue.pause", "ask queue.resume", "ticket.created",
        "ticket.updated", "ticket.updated", "agent.state", "agent.state", "agent.state", "agent.switch", "agent.exited",
        "ticket.finished", "session.opened", "agent.input",
    ]

    private let armed = Mutex<String?>(nil)
    private let fired = DispatchSemaphore(value: 0)

    func seen(_ what: String) {
        let isIt = armed.withLock { armed in
            guard armed == what else { return false }
            armed = nil
            return true
        }
        if isIt { fired.signal() }
    }

    /// Blocks until the instant has come; says what it was.
    func await(_ generator: inout SeededGenerator) -> String {
        // Not always the first of its kind in a round; and now and then there is time for much.
        usleep(UInt32.random(in: 0...(generator.oneIn(4) ? 1_200_000 : 200_000), using: &generator))
        let moment = generator.pick(Self.moments)
        let delay = UInt32.random(in: 0...20_000, using: &generator)
        armed.withLock { $0 = moment }
        let came = fired.wait(timeout: .now() + 0.6) == .success
        armed.withLock { $0 = nil }
        if !came, fired.wait(timeout: .now()) == .success { return moment }
        usleep(delay)
        return came ? "\(moment) + \(delay / 1000) ms" : "idle"
    }
}
