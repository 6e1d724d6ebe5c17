package import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The lock that says that a session's keeper, or its built-in terminal, lives: it goes with the process, however that ends.
package struct KeeperLock {
    package enum Outcome {
        case taken
        /// Another keeper has it.
        case held
        case refused(Refusal)
    }

    private let path: String
    private var descriptor: Int32 = -1

    package init(path: String) { self.path = path }

    /// Takes the lock of the file that is at the path now, and lets go of an earlier one.
    package mutating func take() -> Outcome {
        let file: Int32
        do throws(Refusal) { file = try PrivateFile.open(path, O_RDWR | O_CREAT) } catch { return .refused(error) }
        // Whoever asks whether a keeper lives holds the lock for an instant.
        for attempt in 0...10 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                if descriptor >= 0 { close(descriptor) }
                descriptor = file
                return .taken
            }
            if attempt < 10 { poll(nil, 0, 10) }
        }
        close(file)
        return .held
    }
}
