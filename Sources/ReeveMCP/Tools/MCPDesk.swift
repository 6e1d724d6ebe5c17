import ReeveClient
package import ReeveModel
import ReeveWire

/// The daemon, asked for one ticket: the agent's own.
package struct MCPDesk: Sendable {
    /// What an agent's environment says.
    package struct Surroundings: Sendable {
        /// Where the daemon listens, or why nobody knows.
        package var socket: Result<String, ReeveError>
        package var ticket: String?
        package var launch: String?

        package init(socket: Result<String, ReeveError>, ticket: String?, launch: String?) {
            self.socket = socket
            self.ticket = ticket
            self.launch = launch
        }
    }

    /// Longer than any of the calls takes; an agent that waits for ever does nothing at all.
    private static let patience = Duration.seconds(30)

    let surroundings: Surroundings
    private let patience: Duration

    package init(_ surroundings: Surroundings, patience: Duration? = nil) {
        self.surroundings = surroundings
        self.patience = patience ?? Self.patience
    }

    func ticket() throws(ReeveError) -> String {
        guard let ticket = surroundings.ticket else {
            throw ReeveError(
                .notFound, "no ticket: REEVE_TICKET is not set",
                hint: """
                    Agents that Reeve has started have it. If this is one, its configuration keeps the variable from this server: \
                    pass REEVE_TICKET, REEVE_SOCKET and REEVE_LAUNCH on. Otherwise work on without these tools.
                    """)
        }
        return ticket
    }

    /// A connection for each call: a daemon that has been restarted in between is found again.
    func call<M: WireMethod>(_ method: M.Type, _ params: M.Params) throws(ReeveError) -> M.Result {
        do throws(ReeveError) {
            return try ControlClient(path: try surroundings.socket.get(), patience: patience).call(M.self, params)
        } catch {
            guard error.kind == .unreachable else { throw error }
            throw ReeveError(
                .unreachable, "Reeve cannot be reached: \(error.message)",
                hint: """
                    Go on with your work; nothing was recorded for certain. Try again later; if it matters, tell your person in this \
                    terminal: \(error.hint ?? "reeve doctor says what is wrong").
                    """)
        }
    }
}
