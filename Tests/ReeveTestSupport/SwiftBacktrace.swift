import Foundation

/// Whether Swift prints a backtrace of a process that crashes.
package enum SwiftBacktrace {
    /// As it was set for the tests, to be handed on to a program that they start with an environment of its own. `make sanitize` switches it
    /// off: it reads the memory of the process that has crashed, which a sanitizer calls a crime of its own.
    package static let environment = ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"].map { ["SWIFT_BACKTRACE": $0] } ?? [:]
}
