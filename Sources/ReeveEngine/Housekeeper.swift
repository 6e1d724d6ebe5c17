import Logging
import ReeveModel

/// Removes what is no longer kept, a little at a time: every minute, and more often where things are kept for minutes only.
/// `Retention` says what; it is read anew each time, so a reload counts within a minute.
struct Housekeeper: Sendable {
    /// Between two steps: whoever commits meanwhile goes first.
    private static let breath = Duration.milliseconds(20)

    let queue: QueueActor
    let journal: any Journal
    let settings: LiveSettings
    let time: any TimeSource
    let logger: Logger

    func run() async {
        while true {
            do { try await time.sleep(for: pause) } catch { return }
            do { try await keepHouse() } catch is CancellationError { return } catch {
                // The disk is full or worse, which is told elsewhere. The next minute is another chance.
                logger.debug("old things stay for now", metadata: ["error": "\(error)"])
            }
        }
    }

    private var pause: Duration {
        min(.seconds(60), max(.seconds(1), (settings.current.retention.finishedTickets ?? .seconds(240)) / 4))
    }

    private func keepHouse() async throws {
        if let kept = settings.current.retention.finishedTickets {
            let moment = Timestamp(milliseconds: time.wall().milliseconds - kept.milliseconds)
            while try await queue.removeFinished(before: moment) { try await time.sleep(for: Self.breath) }
        }
        while try await journal.tidy() { try await time.sleep(for: Self.breath) }
    }
}
