#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What an agent says of an event, read from standard input within a time and a size. It ends in time whoever is at the other end:
/// the agent waits for us, and whoever watches must not keep it waiting.
package struct HookInput: Sendable, Hashable {
    /// At most `largest`.
    package var bytes: [UInt8]
    /// There was more, or its end did not come in time.
    package var isCut: Bool

    /// More is read, so that the agent does not write into a closed pipe, and thrown away.
    package static let largest = 1 << 20
    package static let patience = Duration.milliseconds(100)

    package init(bytes: [UInt8], isCut: Bool = false) {
        self.bytes = bytes
        self.isCut = isCut
    }

    /// Reads up to the end, or until `patience` is over and nothing more is there: on a busy machine the time may pass before this
    /// process has had its turn. It leaves the descriptor as it was: it may be shared with others, so it is not made non-blocking.
    package static func read(from descriptor: Int32 = 0, within patience: Duration = patience) -> HookInput {
        let end = now() + nanoseconds(patience)
        var input = HookInput(bytes: [])
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = max(0, end - now())
            if left == 0, input.isCut || input.bytes.count >= largest {
                input.isCut = true
                return input
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, left == 0 ? 0 : Int32(min(left / 1_000_000 + 1, 60_000)))
            if ready < 0, errno != EINTR { return input }
            guard ready > 0 else {
                if left > 0 || ready < 0 { continue }
                input.isCut = true
                return input
            }
            let count = readFile(descriptor, &chunk)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return input }
            let room = largest - input.bytes.count
            input.bytes += chunk[..<min(count, room)]
            if count > room { input.isCut = true }
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

// The C function, whose name the type's own hides.
private func readFile(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int { read(descriptor, &buffer, buffer.count) }
