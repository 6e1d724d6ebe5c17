package import ReeveModel
import Synchronization

/// Real time in which long patience lasts eight times as long: on a machine that is busy with the other tests, what is done in a moment
/// elsewhere takes seconds, and a time-out there says nothing. While something hangs on purpose the patience is as long as it is.
package final class PatientTime: TimeSource {
    private struct State {
        var factor = PatientTime.patient
        /// What it was when the factor was changed last, here and in real time.
        var own = Duration.zero
        var real: Duration
    }

    private static let patient = 8.0
    /// From here on it is patience with others; what is shorter is a pause or a look of one's own, which is not to become rare.
    private static let long = Duration.seconds(5)
    private let real = RealTime()
    private let state: Mutex<State>

    package init() { state = Mutex(State(real: real.uptime())) }

    /// Whether something hangs on purpose. Who has been waiting since before waits as long as everybody from now on.
    package func setHung(_ isHung: Bool) {
        state.withLock { state in
            let now = real.uptime()
            state.own += (now - state.real) / state.factor
            state.real = now
            state.factor = isHung ? 1 : Self.patient
        }
    }

    package func wall() -> Timestamp { real.wall() }

    package func uptime() -> Duration {
        state.withLock { $0.own + (real.uptime() - $0.real) / $0.factor }
    }

    package func sleep(for duration: Duration) async throws {
        guard duration >= Self.long else { return try await real.sleep(for: duration) }
        let end = uptime() + duration
        while uptime() < end { try await real.sleep(for: .milliseconds(20)) }
    }
}
