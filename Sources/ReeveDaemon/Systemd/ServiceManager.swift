package import ReeveModel

#if Systemd && canImport(CSystemd)
import CSystemd
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The service manager, if there is one: readiness, status, watchdog, inherited sockets. Without it every call does nothing.
package struct ServiceManager: Sendable {
    package init() {}

    /// READY=1: recovery is over and the socket accepts.
    package func ready() { notify("READY=1") }

    /// One line for people, shown by `systemctl --user status`.
    package func status(_ line: String) { notify("STATUS=\(InertText.clean(line))") }

    package func stopping() { notify("STOPPING=1") }

    /// RELOADING=1 needs the moment in the same message; READY=1 must follow.
    package func reloading(at uptime: Int64) { notify("RELOADING=1\nMONOTONIC_USEC=\(uptime)") }

    package func alive() { notify("WATCHDOG=1") }

    /// The current phase may take this much longer.
    package func extend(by duration: Duration) { notify("EXTEND_TIMEOUT_USEC=\(duration.milliseconds * 1000)") }

    /// How often `alive` is expected; nil without a watchdog.
    package var watchdogInterval: Duration? {
        #if Systemd && canImport(CSystemd)
        var interval: UInt64 = 0
        guard sd_watchdog_enabled(0, &interval) > 0, interval > 0 else { return nil }
        return .microseconds(Int64(interval))
        #else
        return nil
        #endif
    }

    /// The control socket that the manager made, if it did.
    package func inheritedSocket() throws(ReeveError) -> Int32? {
        #if Systemd && canImport(CSystemd)
        let count = sd_listen_fds(1)
        guard count > 0 else { return nil }
        let descriptor = Int32(SD_LISTEN_FDS_START)
        guard count == 1, sd_is_socket_unix(descriptor, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0 else {
            throw .unavailable(
                "the service manager passed \(count) sockets; expected one listening Unix socket", hint: "look at reeve.socket")
        }
        return descriptor
        #else
        return nil
        #endif
    }

    /// True under a `systemd --user` whose manager can start units for us.
    package func canStartUnits(_ environment: [String: String]) -> Bool {
        guard environment["INVOCATION_ID"] != nil, let runtime = environment["XDG_RUNTIME_DIR"] else { return false }
        return access("\(runtime)/systemd/private", F_OK) == 0
    }

    /// Microseconds of CLOCK_MONOTONIC, for `reloading`.
    package var monotonicMicroseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }

    private func notify(_ message: String) {
        #if Systemd && canImport(CSystemd)
        _ = sd_notify(0, message)
        #endif
    }
}
