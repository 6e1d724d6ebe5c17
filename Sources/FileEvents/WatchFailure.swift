package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a directory cannot be watched, and what to do.
package enum WatchFailure {
    /// - Parameter code: `errno` of the call that failed.
    package static func error(_ code: Int32, watching directory: String) -> ReeveError {
        let path = InertText.clean(directory)
        switch code {
        case ENOENT:
            return ReeveError(.notFound, "there is no directory \(path)", hint: "make it, or give another one")
        case ENOTDIR:
            return ReeveError(.invalidParams, "\(path) is no directory", hint: "give the directory that it is in")
        case ENOSPC:
            return .unavailable(
                "\(path) cannot be watched: this user's limit of watched directories is reached",
                hint: "raise it: sudo sysctl fs.inotify.max_user_watches=524288; in /etc/sysctl.d it stays")
        default:
            return .unavailable("\(path) cannot be watched: \(reason(code))", hint: "look at its owner and mode: ls -ld")
        }
    }

    /// - Parameter code: `errno` of the call that should have made the watcher.
    package static func errorOfStarting(_ code: Int32) -> ReeveError {
        switch code {
        case EMFILE:
            // inotify_init(2) says the same for both.
            .unavailable(
                "files cannot be watched: the limit of watchers of this user, or of open files of this process, is reached",
                hint: "raise it: sudo sysctl fs.inotify.max_user_instances=1024, or ulimit -n; in /etc/sysctl.d it stays")
        default:
            .unavailable("files cannot be watched: \(reason(code))", hint: "end some programs that watch files, then try again")
        }
    }

    package static func closed(_ directory: String) -> ReeveError {
        ReeveError(.shuttingDown, "\(InertText.clean(directory)) is not watched: the watcher is closed")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
