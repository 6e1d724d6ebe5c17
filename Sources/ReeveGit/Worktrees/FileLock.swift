import Ownership
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `flock` on a file of ours: one at a time, among all processes of this machine. It is let go when its holder ends, however that is.
final class FileLock: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Nil while somebody else has it.
    static func attempt(_ path: String) throws(ReeveError) -> FileLock? {
        let descriptor: Int32
        do throws(Refusal) { descriptor = try PrivateFile.open(path, O_RDWR | O_CREAT) } catch {
            throw .unavailable(error.reason, hint: error.mend)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return FileLock(descriptor)
    }

    /// Waits until it is free. It is looked at every 50 ms: nobody tells when a lock is let go, and a blocking `flock` would keep a thread.
    static func wait(for path: String, within limit: Duration, time: any TimeSource) async throws(ReeveError) -> FileLock {
        let deadline = time.uptime() + limit
        while true {
            if let lock = try attempt(path) { return lock }
            guard time.uptime() < deadline else {
                throw ReeveError(
                    .timeout, "\(InertText.clean(path)) was held by somebody else for \(DurationText.format(limit))",
                    hint: "fuser \(ShellText.quoted(path)) names the process")
            }
            do { try await time.sleep(for: .milliseconds(50)) } catch {
                throw ReeveError(.unavailable, "stopped while \(InertText.clean(path)) was held by somebody else")
            }
        }
    }
}
