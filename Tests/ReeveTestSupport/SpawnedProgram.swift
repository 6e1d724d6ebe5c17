import Foundation
import Synchronization

#if canImport(Glibc)
package import Glibc
#elseif canImport(Darwin)
package import Darwin
#endif

/// A program that a test has started. Not Foundation's `Process`: that crashes in a test process that holds ten thousand descriptors
/// (swift-corelibs-foundation 6.3), which some tests of this one do.
package final class SpawnedProgram: Sendable {
    package enum Output: Sendable {
        case nothing
        /// Appended to, made if it is not there.
        case file(String)
        case descriptor(Int32)
    }

    package enum End: Sendable, Hashable { case exited(Int32), signalled(Int32) }

    package struct CannotStart: Error { package var reason: String }

    package let processIdentifier: pid_t
    private let end = Mutex<End?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts `arguments[0]`, a path, with nothing but this environment and these descriptors.
    package init(
        _ arguments: [String], environment: [String: String], output: Output = .nothing, errors: Output = .nothing
    ) throws {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        func descriptor(_ output: Output) throws -> Int32 {
            let path: String
            switch output {
            case .descriptor(let descriptor): return descriptor
            case .nothing: path = "/dev/null"
            case .file(let named): path = named
            }
            let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw CannotStart(reason: "cannot open \(path): \(String(cString: strerror(errno)))") }
            opened.append(file)
            return file
        }
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        opened.append(input)
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(0, input), (1, try descriptor(output)), (2, try descriptor(errors))] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        #if canImport(Glibc)
        // Whatever this process has open, close-on-exec or not. The Glibc module does not show the function (glibc 2.34 and later have it).
        if let function = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
            _ = unsafeBitCast(function, to: CloseFrom.self)(&actions, 3)
        }
        #endif
        // A thread of a Dispatch pool blocks almost all signals, and its children would: a shell could then end nothing that it has started.
        #if canImport(Glibc)
        var attributes = posix_spawnattr_t()
        #else
        var attributes: posix_spawnattr_t?
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var started: pid_t = 0
        let code = Self.withCStrings(arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
                posix_spawn(&started, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw CannotStart(reason: "\(arguments[0]): \(String(cString: strerror(code)))") }
        processIdentifier = started
        // A thread of its own: waiting for a process blocks it.
        Thread { [self] in reap() }.start()
    }

    package var isRunning: Bool { end.withLock { $0 == nil } }
    /// The exit status; nil while it runs and when a signal ended it.
    package var exitStatus: Int32? { if case .exited(let code) = end.withLock({ $0 }) { code } else { nil } }
    package var howItEnded: End? { end.withLock { $0 } }

    package func terminate() { send(SIGTERM) }
    /// To the process alone, while it runs: another may have its number later.
    package func send(_ signal: Int32) { if isRunning { kill(processIdentifier, signal) } }

    /// Blocks until it has ended.
    @discardableResult
    package func wait() -> End {
        ended.wait()
        ended.signal()
        return end.withLock { $0 } ?? .exited(-1)
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(processIdentifier, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        end.withLock { $0 = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal) }
        ended.signal()
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let first = buffer.baseAddress else { preconditionFailure("the terminating nil is there") }
            return body(first)
        }
    }
}
