#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One process, now and for ever: a pid is used again, a pid with its start time is not.
package struct ProcessMark: Sendable, Hashable {
    package var pid: Int
    /// As the kernel counts: on Linux field 22 of `/proc/PID/stat`, on macOS seconds and microseconds.
    package var start: String

    package init(pid: Int, start: String) {
        self.pid = pid
        self.start = start
    }
}

/// The processes above this one. Agents run hooks through a shell or not, as they like; the agent is one of the first.
package enum Ancestry {
    package static let most = 6

    /// The nearest first, down to the first process of the system, which is left out.
    package static func ofThisProcess() -> [ProcessMark] {
        var found: [ProcessMark] = []
        var pid = Int(getppid())
        while pid > 1, found.count < most, let (start, parent) = look(pid) {
            found.append(ProcessMark(pid: pid, start: start))
            pid = parent
        }
        return found
    }

    #if os(Linux)
    private static func look(_ pid: Int) -> (start: String, parent: Int)? {
        let descriptor = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(descriptor, &buffer, buffer.count)
        // The second field, the name in brackets, may hold anything; the fields from the third on hold no space.
        guard count > 0, let bracket = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = buffer[(bracket + 1)..<count].split(separator: 32)
        guard fields.count >= 20, let parent = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        return (String(decoding: fields[19], as: UTF8.self), parent)
    }
    #else
    private static func look(_ pid: Int) -> (start: String, parent: Int)? {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        guard proc_pidinfo(pid_t(pid), PROC_PIDTBSDINFO, 0, &info, size) == size else { return nil }
        return ("\(info.pbi_start_tvsec).\(info.pbi_start_tvusec)", Int(info.pbi_ppid))
    }
    #endif
}
