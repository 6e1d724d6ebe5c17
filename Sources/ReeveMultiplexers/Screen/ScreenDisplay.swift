import Processes
import ReeveModel

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
        let outcome = try await attached(session, server, ours: controller, theirs: terminal, body)
        // What comes next is told whether somebody looks, and that is not us any more.
        for _ in 1...100 {
            if case .detached = try await server.fence(session) { break }
            try await server.time.sleep(for: .milliseconds(5))
        }
        return outcome
    }

    private static func attached<Outcome: Sendable>(
        _ session: String, _ server: ScreenServer, ours: Int32, theirs: Int32,
        _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                _ = try await ProcessRunner.attach(
                    ScreenCommand.attach(server.settings.binary, session), environment: server.settings.callEnvironment,
                    descriptor: theirs)
                return nil
            }
            group.addTask {
                // The terminal that is gone is what makes screen let go of it, also when the client is killed.
                defer { close(ours) }
                try await arrive(session, server, ours)
                return try await body()
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw ReeveError.unavailable("screen did not show the session")
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
