import Dispatch
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The desktop's notification server (org.freedesktop.Notifications), over the session bus.
package final class DesktopDoor: NotificationDoor {
    #if Systemd && canImport(CSystemd)
    /// Used on `queue` only, one block at a time; the reason why `@unchecked` is true.
    private final class Connection: @unchecked Sendable {
        var bus: SessionBus?
        /// Who answered last: ids are that server's.
        var owner = ""
        /// What is on the screen, by slot.
        var ids: [String: UInt32] = [:]
    }

    /// Whoever is first gives it: the call, or the cancellation.
    private final class Answer: Sendable {
        private typealias Continuation = CheckedContinuation<Result<Void, ReeveError>, Never>
        private let state = Mutex<(continuation: Continuation?, early: Result<Void, ReeveError>?)>((nil, nil))

        func expect(_ continuation: CheckedContinuation<Result<Void, ReeveError>, Never>) {
            let early = state.withLock { state in
                if state.early == nil { state.continuation = continuation }
                return state.early
            }
            if let early { continuation.resume(returning: early) }
        }

        func give(_ result: Result<Void, ReeveError>) {
            state.withLock { state in
                defer { state = (nil, state.early ?? result) }
                return state.continuation
            }?.resume(returning: result)
        }
    }

    private static let mostIDs = 200
    private let connection = Connection()
    #endif

    private let environment: [String: String]
    /// Calls block for as long as the server takes: not on a thread of the cooperative pool, which has as many as there are cores.
    private let queue = DispatchQueue(label: "reeve.desktop-notifications")

    /// - Parameter environment: the daemon's: where the bus is. Asked again for each connection, because a session may begin later.
    package init(environment: [String: String]) { self.environment = environment }

    package func deliver(_ notice: Notice) async throws(ReeveError) {
        #if Systemd && canImport(CSystemd)
        guard let address = BusAddress.find(environment) else {
            throw .unavailable(
                "there is no session bus for desktop notifications",
                hint: "run reeved in your desktop's session, or set desktop = false below [notifications]")
        }
        let connection = connection
        let answer = Answer()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.expect(continuation)
                queue.async {
                    do throws(ReeveError) {
                        try Self.deliver(notice, address, connection)
                        answer.give(.success(()))
                    } catch {
                        answer.give(.failure(error))
                    }
                }
            }
        } onCancel: {
            // The call goes on where it blocks, at most for its own time; nobody waits for it.
            answer.give(.failure(ReeveError(.shuttingDown, "stopped before the notification server answered")))
        }
        try outcome.get()
        #else
        throw .unavailable(
            "this build has no desktop notifications", hint: "build with the Systemd trait on Linux, or use a command")
        #endif
    }

    package func close() async {
        #if Systemd && canImport(CSystemd)
        // Behind a call that still blocks, and not waited for.
        queue.async { [connection] in connection.bus = nil }
        #endif
    }

    #if Systemd && canImport(CSystemd)
    /// A connection that was good may have ended with its bus: then once more with a new one. What was not answered in time is not
    /// repeated: it may be on the screen.
    private static func deliver(_ notice: Notice, _ address: String, _ connection: Connection) throws(ReeveError) {
        let wasConnected = connection.bus != nil
        do throws(SessionBus.Failure) { try attempt(notice, address, connection) } catch {
            guard case .connection(let code) = error else { throw failure(error) }
            connection.bus = nil
            guard wasConnected, code != ETIMEDOUT else { throw failure(error) }
            do throws(SessionBus.Failure) { try attempt(notice, address, connection) } catch {
                if case .connection = error { connection.bus = nil }
                throw failure(error)
            }
        }
    }

    private static func attempt(_ notice: Notice, _ address: String, _ connection: Connection) throws(SessionBus.Failure) {
        let bus: SessionBus
        if let open = connection.bus { bus = open } else { bus = try SessionBus(address) }
        connection.bus = bus
        // Asked each time: servers come and go on the same bus, and notifications are rare.
        let (capabilities, owner) = try bus.capabilities()
        if owner != connection.owner {
            connection.ids = [:]
            connection.owner = owner
        }
        let id = try bus.notify(
            DesktopText(notice, capabilities: capabilities), urgency: notice.urgency,
            replaces: connection.ids[notice.slot] ?? 0)
        if connection.ids.count >= mostIDs { connection.ids = [:] }
        connection.ids[notice.slot] = id
    }

    private static func failure(_ failure: SessionBus.Failure) -> ReeveError {
        switch failure {
        case .connection(let code):
            .unavailable(
                "the session bus cannot be used: \(String(cString: strerror(code)))",
                hint: "is your desktop's session still there?")
        case .refused(let name, let message):
            .unavailable(
                InertText.clean("no desktop notification: \(message) (\(name))"),
                hint: "does a notification server run in your session?")
        }
    }
    #endif
}
