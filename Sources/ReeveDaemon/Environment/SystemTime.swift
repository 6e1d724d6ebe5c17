package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The real clocks: the one place that reads them.
package struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    package init() {}

    package func wall() -> Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    package func uptime() -> Duration { Self.start.duration(to: .now) }
    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration, clock: .continuous) }
}

/// Random names.
package struct RandomIDs: IDGenerator {
    /// Without l, o, 0 and 1, which people confuse.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")

    package init() {}

    package func token(_ length: Int) -> String {
        String((0..<length).map { _ in Self.alphabet[Int.random(in: Self.alphabet.indices)] })
    }

    package func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
