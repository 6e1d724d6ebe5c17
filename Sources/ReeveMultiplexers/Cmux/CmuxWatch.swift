import ReeveModel
import Synchronization

/// Follows the events of one life of cmux: again where the stream breaks, until cmux itself ends or is another.
///
/// A stream that breaks loses nothing: it goes on after the last event that was heard, and whoever listens looks again. cmux ends
/// the stream of who does not keep up (1,024 events) and keeps the last 4,096.
final class CmuxWatch: Sendable {
    private struct State {
        /// `boot_id`; nil before the first acknowledgement.
        var boot: String?
        var last: Int64?
        var heard: Duration
        var refusal: CmuxRefusal?
        var failure: CmuxFailure?
        var isAnotherLife = false
    }

    /// Three heartbeats: cmux sends one every 15 s.
    static let silence: Duration = .seconds(45)
    /// How often whoever listens looks where cmux has no events.
    static let lookPause: Duration = .seconds(2)

    private let link: any CmuxLink
    private let time: any TimeSource
    private let onLife: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameter onLife: told once which life of cmux it is, empty where it does not say.
    init(link: any CmuxLink, time: any TimeSource, onLife: @escaping @Sendable (String) -> Void) {
        self.link = link
        self.time = time
        self.onLife = onLife
        state = Mutex(State(heard: time.uptime()))
    }

    /// - Throws: when the events cannot be had any more; never returns otherwise.
    func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        while true {
            let (last, before) = state.withLock { state in
                state.heard = time.uptime()
                return (state.last, state.boot)
            }
            do { try await followOnce(after: last, report) } catch let told as CmuxRefusal.Told {
                throw told.refusal.error
            }
            try Task.checkCancellation()
            let now = state.withLock { $0 }
            if let refusal = now.refusal { throw refusal.error }
            if now.isAnotherLife { throw ReeveError.unavailable("cmux has been restarted") }
            guard now.boot != nil else {
                // An older cmux, or an older program, has no events. Its program says so by an exit, without a frame.
                guard now.failure.map(\.isUnknownMethod) ?? (before == nil) else { throw Self.ended }
                onLife("")
                return try await look(report)
            }
            try await time.sleep(for: .milliseconds(200))
            // The link may have gone with it: then this fails, and says why.
            _ = try await link.told(.ping, patience: .seconds(3))
            report(.changed)
        }
    }

    private func followOnce(after: Int64?, _ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in try await link.follow(after: after) { self.take($0, report) } }
            group.addTask { [self] in
                while true {
                    try await time.sleep(for: .seconds(5))
                    guard time.uptime() - state.withLock(\.heard) < Self.silence else {
                        throw ReeveError.unavailable("cmux has been silent for 45 s", hint: "look at cmux: it may hang")
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func take(_ frame: CmuxFrame, _ report: @Sendable (MultiplexerEvent) -> Void) {
        let isFirst = state.withLock { state in
            state.heard = time.uptime()
            switch frame {
            case .ack(let boot, let latest, _):
                if let known = state.boot {
                    state.isAnotherLife = known != boot
                    return false
                }
                state.boot = boot
                state.last = latest
                return true
            case .event(let event): state.last = event.sequence ?? state.last
            case .heartbeat(let boot?): state.isAnotherLife = state.isAnotherLife || (state.boot.map { $0 != boot } ?? false)
            case .ended(let failure): state.failure = failure
            case .refusal(let refusal): state.refusal = refusal
            case .heartbeat, .unknown: break
            }
            return false
        }
        switch frame {
        case .ack(let boot, _, let gap):
            if isFirst { onLife(boot) } else if gap { report(.changed) }
        case .event(let event):
            if event.name == "surface.closed", let surface = event.surface { report(.paneDied(surface)) }
            if event.changesSessions { report(.changed) }
        case .heartbeat, .ended, .refusal, .unknown: break
        }
    }

    private func look(_ report: @Sendable (MultiplexerEvent) -> Void) async throws {
        while true {
            try await time.sleep(for: Self.lookPause)
            report(.changed)
        }
    }

    private static let ended = ReeveError.unavailable("cmux has ended the stream of its events")
}
