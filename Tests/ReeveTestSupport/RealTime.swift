import Foundation
package import ReeveModel

/// The clocks of this machine, for tests of what asks the system itself to wait.
package struct RealTime: TimeSource {
    private static let start = ContinuousClock.now

    package init() {}
    package func wall() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    package func uptime() -> Duration { Self.start.duration(to: .now) }
    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
