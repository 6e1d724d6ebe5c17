#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the handler writes. A C signal handler has no context, so this is the one global; it is set before the first handler is
/// installed and never changed again, which is why it is safe without a lock.
nonisolated(unsafe) private var signalDescriptor: Int32 = -1

/// Signals as bytes in a pipe, so that they are read in the same `poll` as everything else.
package struct SignalPipe {
    package let reading: Int32

    /// - Parameter more: signals besides a child's end, the terminal's and our own.
    package init?(alsoFor more: [Int32] = []) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        reading = ends[0]
        signalDescriptor = ends[1]
        for number in [SIGCHLD, SIGHUP, SIGTERM] + more {
            signal(number) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalDescriptor, &byte, 1)
                errno = saved
            }
        }
    }

    /// The signals that have arrived since the last call.
    package func drain() -> Set<Int32> {
        var buffer = [UInt8](repeating: 0, count: 64)
        var seen: Set<Int32> = []
        while true {
            let n = read(reading, &buffer, buffer.count)
            guard n > 0 else { return seen }
            for byte in buffer[..<n] { seen.insert(Int32(byte)) }
        }
    }
}
