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

    /// The words that it was started with, of any process of this machine.
    package static func arguments(_ pid: Int) -> [String]? {
        guard let bytes = contents("/proc/\(pid)/cmdline"), !bytes.isEmpty else { return nil }
        return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The processes whose parent it is. Without `CONFIG_PROC_CHILDREN` the kernel does not list them, and all are looked through.
    package static func children(_ pid: Int) -> [Int] {
        if let bytes = contents("/proc/\(pid)/task/\(pid)/children") {
            return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        }
        return all().filter { parent($0) == pid }
    }

    /// Every process that may be seen.
    package static func all() -> [Int] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [Int] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let pid = Int(name) { found.append(pid) }
        }
        return found
    }

    /// Columns and lines of the terminal that it reads from; nil when that is none, or not ours to look at.
    package static func terminalSize(_ pid: Int) -> (width: Int, height: Int)? {
        let descriptor = open("/proc/\(pid)/fd/0", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func contents(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let n = read(descriptor, &chunk, chunk.count)
            guard n > 0 else { return n == 0 ? bytes : nil }
            bytes += chunk[..<n]
        }
    }

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
