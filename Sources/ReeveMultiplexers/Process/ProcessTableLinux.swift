#if os(Linux)
import Glibc

/// What `/proc` says of a process.
package enum ProcessTable {
    /// Field 22 of `/proc/PID/stat`: with the pid it names one process for ever.
    package static func startTime(_ pid: Int) -> String? { fields(pid).map { $0[19] } }

    /// Field 3: R, S, D, T (stopped), Z, …
    package static func state(_ pid: Int) -> String? { fields(pid).map { $0[0] } }

    /// Field 4.
    package static func parent(_ pid: Int) -> Int? { fields(pid).flatMap { Int($0[1]) } }

    /// The fields from the third on; the second, the name in brackets, may hold anything.
    private static func fields(_ pid: Int) -> [String]? {
        let descriptor = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let n = read(descriptor, &buffer, buffer.count)
        guard n > 0, let bracket = buffer[..<n].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: buffer[(bracket + 1)..<n], as: UTF8.self).split(separator: " ").map(String.init)
        return fields.count >= 20 ? fields : nil
    }
}
#endif
