package import ReeveModel
import ReeveNotifications
import ReeveTOML

/// `[notifications]`, as it is written.
package struct NotificationKeys: Sendable, Hashable {
    package struct Webhook: Sendable, Hashable {
        package var url = ""
        package var secret = ""
        package var token = ""
        package var events = Set(NoticeKind.choices)
        package var timeout = Duration.seconds(10)
    }

    package var desktop = true
    package var desktopEvents = Set(NoticeKind.choices)
    package var bell = true
    package var bellEvents: Set<NoticeKind> = [.waiting, .review, .error, .failed, .lost, .message]
    package var command: [String] = []
    package var commandEvents = Set(NoticeKind.choices)
    package var commandTimeout = Duration.seconds(10)
    package var quietHours: [String] = []
    package var quietPass: Set<NoticeKind> = []
    package var window = Duration.seconds(1)
    package var webhooks: [String: Webhook] = [:]
    package init() {}

    private static let every = "all of them"

    static let keys: [ConfigurationKey] = [
        restart("notifications.desktop", "boolean", "true", "tell on the desktop, where there is one", \.desktop) {
            (value) throws(Complaint) in try Read.boolean(value)
        },
        restart("notifications.desktop_events", "list of kinds", every, "of what", \.desktopEvents) {
            (value) throws(Complaint) in try kinds(value)
        },
        restart("notifications.bell", "boolean", "true", "ring the bell of the terminals that show the ticket's session", \.bell)
        {
            (value) throws(Complaint) in try Read.boolean(value)
        },
        restart(
            "notifications.bell_events", "list of kinds", #"["waiting", "error", "failed", "lost", "review", "message"]"#,
            "of what",
            \.bellEvents
        ) { (value) throws(Complaint) in try kinds(value) },
        restart(
            "notifications.command", "list of strings", "[]",
            "a command that gets each notice as JSON on its standard input, never through a shell", \.command
        ) { (value) throws(Complaint) in try Read.strings(value) },
        restart("notifications.command_events", "list of kinds", every, "of what", \.commandEvents) {
            (value) throws(Complaint) in try kinds(value)
        },
        restart("notifications.command_timeout", "duration above 0", "10s", "then it is ended", \.commandTimeout) {
            (value) throws(Complaint) in try Read.duration(value, mayBeZero: false)
        },
        restart(
            "notifications.quiet_hours", "list of spans", "[]",
            #"local time in which nothing is told, e.g. `["22:00-07:00"]`; what came is summed up after"#, \.quietHours
        ) { (value) throws(Complaint) in
            let spans = try Read.strings(value)
            do throws(ReeveError) { _ = try QuietHours(parsing: spans) } catch {
                throw Complaint(message: error.message, hint: error.hint)
            }
            return spans
        },
        restart("notifications.quiet_pass", "list of kinds", "[]", "what is told in quiet hours too", \.quietPass) {
            (value) throws(Complaint) in try kinds(value)
        },
        restart(
            "notifications.window", "duration", "1s", "how long news wait for others, so that a burst becomes one notice",
            \.window
        ) { (value) throws(Complaint) in try Read.duration(value, mayBeZero: true) },
    ]

    private static func restart<Value>(
        _ name: String, _ type: String, _ fallback: String, _ note: String,
        _ path: any WritableKeyPath<NotificationKeys, Value> & Sendable,
        _ read: @escaping @Sendable (TOMLTree) throws(Complaint) -> Value
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: type, fallback: fallback, note: note,
            keep: { old, new in new.notifications[keyPath: path] = old.notifications[keyPath: path] }
        ) { (configuration, value) throws(Complaint) in configuration.notifications[keyPath: path] = try read(value) }
    }

    static func kinds(_ value: TOMLTree) throws(Complaint) -> Set<NoticeKind> {
        var kinds: Set<NoticeKind> = []
        for word in try Read.strings(value) {
            guard let kind = NoticeKind.choices.first(where: { $0.rawValue == word }) else {
                throw Complaint(
                    message: "'\(word)' is no kind of notice",
                    hint: "known: \(NoticeKind.choices.map(\.rawValue).joined(separator: ", "))")
            }
            kinds.insert(kind)
        }
        return kinds
    }
}

/// One key of a `[notifications.webhook.NAME]` table.
package struct WebhookKey: Sendable {
    package var name: String
    package var type: String
    package var fallback: String
    package var note: String
    let apply: @Sendable (inout NotificationKeys.Webhook, TOMLTree) throws(Complaint) -> Void

    package static let all: [WebhookKey] = [
        WebhookKey(
            name: "url", type: "string", fallback: "required",
            note: "where notices are posted; `$NAME` takes it from the environment"
        ) {
            (hook, value) throws(Complaint) in
            hook.url = try Read.string(value)
            if !hook.url.hasPrefix("$") {
                do throws(ReeveError) { _ = try WebhookAddress(hook.url) } catch {
                    throw Complaint(message: error.message, hint: error.hint)
                }
            }
        },
        WebhookKey(name: "secret", type: "reference", fallback: "", note: "signs: `$NAME`, or the path of a file of mode 0600") {
            (hook, value) throws(Complaint) in hook.secret = try reference(value)
        },
        WebhookKey(name: "token", type: "reference", fallback: "", note: "sent as a bearer token; as `secret`") {
            (hook, value) throws(Complaint) in hook.token = try reference(value)
        },
        WebhookKey(name: "events", type: "list of kinds", fallback: "all of them", note: "of what") {
            (hook, value) throws(Complaint) in hook.events = try NotificationKeys.kinds(value)
        },
        WebhookKey(name: "timeout", type: "duration above 0", fallback: "10s", note: "for one answer") {
            (hook, value) throws(Complaint) in hook.timeout = try Read.duration(value, mayBeZero: false)
        },
    ]

    private static func reference(_ value: TOMLTree) throws(Complaint) -> String {
        let text = try Read.string(value)
        do throws(ReeveError) { if !text.isEmpty { _ = try SecretReference(text) } } catch {
            throw Complaint(message: error.message, hint: error.hint)
        }
        return text
    }
}
