package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the client ends with. Documented in the README and in every man page.
package enum ReeveExit {
    package static let table: [(code: Int32, meaning: String)] = [
        (0, "done"), (1, "failed"), (2, "usage"), (3, "daemon not reachable"), (4, "not found"), (5, "conflict or blocked"),
        (6, "timeout"),
    ]

    /// What a shell shows for a program that SIGPIPE has ended: the same where that signal is ignored.
    package static let brokenPipe: Int32 = 141

    package static func now(_ code: Int32) -> Never { exit(code) }

    package static func code(_ error: ReeveError) -> Int32 {
        switch error.kind {
        case .invalidParams, .invalidRequest, .unknownMethod, .parseError, .tooLarge: 2
        case .notFound: 4
        case .conflict, .blocked: 5
        case .timeout: 6
        case .unreachable: 3
        default: 1
        }
    }
}
