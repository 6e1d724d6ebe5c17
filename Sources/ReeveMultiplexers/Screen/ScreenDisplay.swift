import Processes
import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A display of our own on a session that nobody looks at, for a moment: screen has commands that it carries out only for a display, and
/// a window that was never shown stays 80 by 24 whatever it is told (4.09.00).
enum ScreenDisplay {
    /// Attaches, runs `body` once the display is there, and leaves.
    static func visit<Outcome: Sendable>(
        _ session: String, _ server: ScreenServer, _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        var controller: Int32 = -1
        var terminal: Int32 = -1
        var size = winsize()
        size.ws_col = UInt16(ScreenSettings.width)
        size.ws_row = UInt16(ScreenSettings.height)
        guard openpty(&controller, &terminal, nil, nil, &size) == 0 else {
            throw ReeveError.unavailable("no terminal is left for screen", hint: "raise LimitNOFILE")
        }
        for descriptor in [controller, terminal] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(controller, F_SETFL, O_NONBLOCK)
        let (ours, theirs) = (controller, terminal)
        let hasLeft = Ended()
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                defer { hasLeft.set() }
                _ = try await ProcessRunner.attach(
                    ScreenCommand.attach(server.settings.binary, session), environment: server.settings.callEnvironment,
                    descriptor: theirs)
                return nil
            }
            group.addTask {
                // The terminal that is gone is what makes screen let go of it, also when the client is killed.
                defer { close(ours) }
                try await arrive(session, server, ours)
                let outcome = try await body()
                await leave(server, ours, hasLeft)
                return outcome
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw ReeveError.unavailable("screen did not show the session")
        }
    }

    /// Our client's end, for the task that waits for it.
    private final class Ended: Sendable {
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        func set() { flag.withLock { $0 = true } }
    }

    /// Typed and not told by an order, which would detach whoever came last; and not just closed: for a terminal that is suddenly gone a
    /// server stands still for a second, with everything in it.
    private static func leave(_ server: ScreenServer, _ terminal: Int32, _ hasLeft: Ended) async {
        _ = write(terminal, "\u{1}d", 2)
        for _ in 1...200 where !hasLeft.isSet {
            drain(terminal)
            try? await server.time.sleep(for: .milliseconds(5))
        }
    }

    private static func arrive(_ session: String, _ server: ScreenServer, _ terminal: Int32) async throws {
        for _ in 1...200 {
            drain(terminal)
            if case .attached = try await server.fence(session) { return drain(terminal) }
            try await server.time.sleep(for: .milliseconds(5))
        }
        throw ReeveError.unavailable("screen did not show the session")
    }

    /// What is drawn is thrown away; a terminal that nobody reads would hold the client up.
    private static func drain(_ terminal: Int32) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while read(terminal, &chunk, chunk.count) > 0 {}
    }
}
