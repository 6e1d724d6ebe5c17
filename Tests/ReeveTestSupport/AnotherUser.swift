import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Programs run as a user that is not this one, which only root can do.
package enum AnotherUser {
    /// `nobody` of Debian.
    package static let uid: UInt32 = 65_534

    /// Why there is none here; nil when there is.
    package static var missing: String? {
        if geteuid() != 0 { return "only root can become another user" }
        let needed: [String] = ["/usr/bin/setpriv", "/usr/bin/socat"]
        return needed.first { (path: String) in access(path, X_OK) != 0 }.map { "\($0) is not installed" }
    }

    package static var isPossible: Bool { missing == nil }

    /// The words that run `command` as that user, in no group of ours.
    package static func running(_ command: [String]) -> [String] {
        ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(uid)", "--clear-groups", "--no-new-privs", "--"] + command
    }

    /// Sends the bytes of a file to a socket and returns what comes back, as hexadecimal.
    package static func ask(_ socket: String, _ file: String, asAnotherUser: Bool) async -> ProgramRun {
        let socat = ["/usr/bin/socat", "-t", "60", "-", "UNIX-CONNECT:\(socket)"]
        let words = asAnotherUser ? running(socat) : socat
        return await ProgramRun.of(
            ["/bin/sh", "-c", "cat \"$0\" | \"$@\" | od -An -tx1", file] + words, environment: ["PATH": "/usr/bin:/bin"])
    }
}
