#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The lock that says that a session's keeper lives: it goes with the process, however that ends.
struct KeeperLock {
    private let path: String
    private var descriptor: Int32 = -1

    init(path: String) { self.path = path }

    /// Takes the lock of the file that is at the path now, and lets go of an earlier one.
    /// - Returns: false with `errno`: `EWOULDBLOCK` when another keeper has it.
    mutating func take() -> Bool {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        // Whoever asks whether a keeper lives holds the lock for an instant.
        for attempt in 0...10 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                if descriptor >= 0 { close(descriptor) }
                descriptor = file
                return true
            }
            if attempt < 10 { poll(nil, 0, 10) }
        }
        close(file)
        errno = EWOULDBLOCK
        return false
    }
}
