import ArgumentParser
import ReeveClient
import ReeveHooks
import ReeveJSON
import ReeveModel

/// What agents call when something happens. It never disturbs them: nothing on standard output, exit status 0, and no longer than
/// it takes, whatever comes in and whoever listens.
struct Hook: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell the daemon of an agent's event; agents call this.",
        discussion: "Reads the event on standard input, or as the last argument. Prints nothing, and always ends with 0.")
    @Argument(help: "The agent's kind.") var kind: String
    @Argument(parsing: .allUnrecognized, help: .hidden) var rest: [String] = []

    func run() throws { Self.tell([kind] + rest) }

    /// - Parameter words: what stands behind `hook`; nothing in them is a mistake that could be told to anybody.
    static func tell(_ words: [String]) {
        guard let kind = words.first, SafeName.isValid(kind) else { return }
        let input = words.count > 1 ? HookInput(bytes: Array((words.last ?? "").utf8)) : HookInput.read()
        let envelope = HookEnvelope.around(input, kind: kind).bytes
        if deliver(envelope) { return }
        _ = try? HookSpool(directory: spool).add(envelope)
    }

    /// - Returns: false when no daemon can have heard it.
    private static func deliver(_ envelope: [UInt8]) -> Bool {
        guard let path = try? CommonOptions.socketPath(nil),
            let client = try? ControlClient(path: path, patience: .milliseconds(60))
        else { return false }
        do throws(ReeveError) {
            _ = try client.request("agent.event", envelope)
            return true
        } catch {
            return isHeard(error, wasSent: client.hasSent)
        }
    }

    /// Whether a daemon that answered so, or not at all, has the event.
    static func isHeard(_ error: ReeveError, wasSent: Bool) -> Bool {
        switch error.kind {
        // One that is stopped has it in its socket and will read it.
        case .unreachable: wasSent && error.message.contains("does not answer")
        // It has no room, or no time, for it.
        case .busy, .shuttingDown: false
        // One that refuses it has heard it.
        default: true
        }
    }

    private static var spool: String {
        if let directory = Environment["REEVE_SPOOL"] { return directory }
        if let directory = Environment["REEVE_STATE_DIR"] { return "\(directory)/spool" }
        if let directory = Environment["XDG_STATE_HOME"] { return "\(directory)/reeve/spool" }
        return "\(Environment["HOME"] ?? "")/.local/state/reeve/spool"
    }
}
