#if os(macOS)
import Darwin

/// What the kernel says of a process.
package enum ProcessTable {
    package static func startTime(_ pid: Int) -> String? {
        info(pid).map { "\($0.pbi_start_tvsec).\($0.pbi_start_tvusec)" }
    }

    package static func parent(_ pid: Int) -> Int? { info(pid).map { Int($0.pbi_ppid) } }

    /// In Linux's letters.
    package static func state(_ pid: Int) -> String? {
        info(pid).map { info in
            switch Int32(info.pbi_status) {
            case SSTOP: "T"
            case SZOMB: "Z"
            default: "S"
            }
        }
    }

    /// The words that it was started with, of a process of this user: `KERN_PROCARGS2` is their number, the program's path, zeros, and
    /// then the words (sysctl(3), and `ps` of the system does the same).
    package static func arguments(_ pid: Int) -> [String]? {
        var name = [CTL_KERN, KERN_PROCARGS2, Int32(pid)]
        var size = 0
        guard sysctl(&name, 3, nil, &size, nil, 0) == 0, size > 4 else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        guard sysctl(&name, 3, &bytes, &size, nil, 0) == 0, size > 4 else { return nil }
        let count = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let words = bytes[4..<size].drop { $0 != 0 }.drop { $0 == 0 }.split(separator: 0, omittingEmptySubsequences: false)
        return words.count >= count ? words.prefix(count).map { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// The processes whose parent it is.
    package static func children(_ pid: Int) -> [Int] {
        var found = [pid_t](repeating: 0, count: 256)
        let count = proc_listchildpids(pid_t(pid), &found, Int32(found.count * MemoryLayout<pid_t>.size))
        return count > 0 ? found.prefix(Int(count)).map { Int($0) } : []
    }

    /// Every process.
    package static func all() -> [Int] {
        var found = [pid_t](repeating: 0, count: 16_384)
        let count = proc_listallpids(&found, Int32(found.count * MemoryLayout<pid_t>.size))
        return count > 0 ? found.prefix(Int(count)).map { Int($0) } : []
    }

    /// macOS does not tell which terminal a process reads from without a look at all its files.
    package static func terminalSize(_ pid: Int) -> (width: Int, height: Int)? { nil }

    private static func info(_ pid: Int) -> proc_bsdinfo? {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        return proc_pidinfo(pid_t(pid), PROC_PIDTBSDINFO, 0, &info, size) == size ? info : nil
    }
}
#endif
