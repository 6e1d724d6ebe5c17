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

    private static func info(_ pid: Int) -> proc_bsdinfo? {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        return proc_pidinfo(pid_t(pid), PROC_PIDTBSDINFO, 0, &info, size) == size ? info : nil
    }
}
#endif
