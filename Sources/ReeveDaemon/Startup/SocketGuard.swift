import Logging
import ReeveControl
import ReeveModel
import ServiceLifecycle

/// Looks after the control socket's file: a cleaner of temporary files, or a person, may take it away with the whole runtime directory, and
/// no client would find the daemon any more. (Keepers look after theirs.)
struct SocketGuard: Service {
    let directories: Directories
    let time: any TimeSource
    let logger: Logger
    let replace: AsyncStream<ListeningSocket>.Continuation

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                do { try await time.sleep(for: .seconds(2)) } catch { return }
                guard !ListeningSocket.isThere(directories.controlSocket) else { continue }
                do {
                    try directories.prepare()
                    replace.yield(try ListeningSocket(path: directories.controlSocket))
                    logger.warning("the control socket was taken away; it is there again")
                } catch {
                    logger.error("the control socket was taken away", metadata: ["error": "\(error)"])
                }
            }
        }
        replace.finish()
    }
}
