import Foundation
import ReeveClient
import ReeveModel
import ReeveWire

/// Tells a daemon at work with SIGHUP to reload, with another limit in its configuration, and looks whether that counts.
struct ReloadTurn: Sendable {
    enum Outcome: Sendable, Hashable {
        case counts
        /// The daemon was ended before it was over, or before it began.
        case overtaken
        case wrong(String)
    }

    let daemon: DaemonUnderLoad
    let plan: RoundPlan.Reload
    /// The whole file's part that a run decides.
    let configuration: String
    let patience: Duration

    /// Blocks until it is over.
    func play() -> Outcome {
        guard daemon.isRunning else { return .overtaken }
        do { try daemon.write(configuration) } catch { return .wrong("the configuration cannot be written: \(error)") }
        guard let said = daemon.reload(within: patience) else {
            return daemon.isRunning ? .wrong("\(patience) after SIGHUP it had not reloaded") : .overtaken
        }
        guard said.contains("RELOADING=1") else { return .wrong("it said that it was ready, and not that it reloads: \(said)") }
        do throws(ReeveError) {
            let limit = try ControlClient(path: daemon.socket).call(QueueStatus.self, Empty()).limit
            return limit == plan.parallel ? .counts : .wrong("it has reloaded, and its limit is \(limit), not \(plan.parallel)")
        } catch {
            // Ended meanwhile; if it was not told to, the round says so.
            if error.kind == .unreachable || error.kind == .shuttingDown { return .overtaken }
            return .wrong("it cannot be asked after a reload: \(error)")
        }
    }
}
