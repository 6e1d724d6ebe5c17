import Logging
import ReeveEngine
import ReeveModel
import ReeveNotifications

/// Who is told, and how: the doors of the configuration, fed from the event log.
struct Notifications: Sendable {
    let keys: NotificationKeys
    /// The daemon's: where secrets are looked up.
    let environment: [String: String]
    /// What the command gets of it.
    let inherited: [String: String]
    let engine: Engine
    let journal: any Journal
    let time: any TimeSource
    let logger: Logger

    private static let meta = "notifications"

    func service() async throws -> Notifier<EventLog> {
        let kept = try await journal.meta(Self.meta).flatMap { Bookmark($0) }
        let newest = await engine.hub.cursor
        let bookmark = kept ?? Bookmark(memory: NotificationMemory(cursor: newest))
        let quiet = (try? QuietHours(parsing: keys.quietHours)) ?? QuietHours()
        let journal = journal
        return Notifier(
            events: EventLog(hub: engine.hub, cursor: bookmark.memory.cursor, time: time), bookmark: bookmark,
            settings: NotificationPolicy.Settings(window: keys.window, quiet: quiet, passing: keys.quietPass),
            routes: try routes(),
            time: time, localOffset: { LocalTime.offset(at: $0) },
            isVisible: { [engine] tickets in
                let seen = await engine.backends.seen()
                guard !seen.isEmpty else { return [] }
                return tickets.filter { ticket in engine.board.agent(ticket).map { seen.contains($0.sessionID) } ?? false }
            },
            keep: { text in try await journal.enqueue([.setMeta(key: Self.meta, value: text)]).value() }, logger: logger)
    }

    private func routes() throws -> [NotificationRoute] {
        var routes: [NotificationRoute] = []
        if keys.desktop {
            routes.append(
                NotificationRoute(name: "desktop", door: DesktopDoor(environment: environment), kinds: keys.desktopEvents))
        }
        if keys.bell {
            let engine = engine
            let bell = BellDoor { (ticket) throws(ReeveError) in
                guard let ticket else { return }
                do { try await engine.desk.ring(ticket) } catch {
                    throw error as? ReeveError ?? ReeveError(.internal, "\(error)")
                }
            }
            routes.append(NotificationRoute(name: "bell", door: bell, kinds: keys.bellEvents))
        }
        if !keys.command.isEmpty {
            let door = CommandDoor(
                arguments: keys.command, environment: inherited, limit: keys.commandTimeout, time: time)
            routes.append(NotificationRoute(name: "command", door: door, kinds: keys.commandEvents, width: 2))
        }
        for (name, hook) in keys.webhooks.sorted(by: { $0.key < $1.key }) {
            let url = hook.url.hasPrefix("$") ? environment[String(hook.url.dropFirst())] ?? "" : hook.url
            let address: WebhookAddress
            do throws(ReeveError) { address = try WebhookAddress(url) } catch {
                logger.error(
                    "a webhook is left out", metadata: ["webhook": "\(name)", "error": "\(error.message)"])
                continue
            }
            let door = WebhookDoor(
                address: address, secret: try hook.secret.isEmpty ? nil : SecretReference(hook.secret),
                token: try hook.token.isEmpty ? nil : SecretReference(hook.token), environment: environment,
                patience: hook.timeout,
                time: time)
            routes.append(NotificationRoute(name: "webhook.\(name)", door: door, kinds: hook.events, isKept: true))
        }
        return routes
    }
}
