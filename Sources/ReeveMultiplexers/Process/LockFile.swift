import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The lock that a keeper or a terminal holds as long as it lives: it says so by itself, whether its program answers or not.
enum LockFile {
    static func isHeld(_ path: String) -> Bool {
        let descriptor: Int32
        do throws(Refusal) { descriptor = try PrivateFile.open(path, O_RDWR) } catch { return mayBeHeld(error.code) }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Whether a lock may be held that could not be looked at, for this reason. Without descriptors or memory nothing can be seen, and an
    /// agent is not given up for that.
    static func mayBeHeld(_ code: Int32?) -> Bool { [EMFILE, ENFILE, ENOMEM].contains(code) }
}
