package import ReeveModel

package enum SystemPing: WireMethod {
    package static let name = "system.ping"
    package static let summary = "Answers at once."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var pong = true
        package init() {}
        package static let fields: [Field<Result>] = [.required("pong", \.pong, "true")]
    }
}

package enum SystemStatus: WireMethod {
    package static let name = "system.status"
    package static let summary = "The whole picture in one line: counts, backends, event cursor."
    package typealias Params = Empty

    package struct Counts: WireObject, Equatable {
        package var queued = 0
        package var running = 0
        package var waiting = 0
        package var review = 0
        package var done = 0
        package var failed = 0
        package var cancelled = 0
        package var lost = 0
        package init() {}
        package static let fields: [Field<Counts>] = [
            .required("queued", \.queued, "tickets"),
            .required("running", \.running, "tickets in work"),
            .required("waiting", \.waiting, "of these, agents that wait for you"),
            .required("review", \.review, "tickets"),
            .required("done", \.done, "tickets"),
            .required("failed", \.failed, "tickets"),
            .required("cancelled", \.cancelled, "tickets"),
            .required("lost", \.lost, "tickets"),
        ]
    }

    package struct Retries: WireObject, Equatable {
        package var waiting = 0
        package var nextTry: String?
        package var down = 0
        package var downTickets: [String] = []
        package init() {}
        package static let fields: [Field<Retries>] = [
            .required("waiting", \.waiting, "tickets that are put off until their next try"),
            .optional("nextTry", \.nextTry, "the first of them; RFC 3339, UTC"),
            .required("down", \.down, "tickets that were started too often and stay down until somebody retries them"),
            .required("downTickets", \.downTickets, "the latest ten of them, the newest first"),
        ]
    }

    package struct Result: WireObject {
        package var version = ""
        package var pid = 0
        package var startedAt = ""
        package var paused = false
        package var counts = Counts()
        package var retries: Retries?
        package var brakes: [BrakeShape]?
        package var backends: [BackendShape] = []
        package var cursor: Int64 = 0
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("version", \.version, "of the daemon"),
            .required("pid", \.pid, "of the daemon"),
            .required("startedAt", \.startedAt, "RFC 3339, UTC"),
            .required("paused", \.paused, "whether the queue launches nothing"),
            .required("counts", \.counts, "tickets by state"),
            .optional("retries", \.retries, "what is, and is no more, tried again by itself; absent: nothing"),
            .optional("brakes", \.brakes, "what is not launched because launches failed one after another; absent: nothing"),
            .required("backends", \.backends, "the multiplexers"),
            .required("cursor", \.cursor, "the newest event's seq"),
        ]
    }
}

/// A breaker that is open.
package struct BrakeShape: WireObject, Equatable {
    package var agent: String?
    package var failures = 0
    package var reason = ""
    package var since = ""
    package var nextTry: String?
    package init() {}

    package init(_ brake: LaunchBreaker.Brake) {
        if case .kind(let kind) = brake.scope { agent = kind }
        failures = brake.failures
        reason = brake.reason
        since = brake.since.rfc3339
        nextTry = brake.nextTry?.rfc3339
    }

    package static let fields: [Field<BrakeShape>] = [
        .optional("agent", \.agent, "the agent kind that is not launched; absent: none is"),
        .required("failures", \.failures, "launches that failed, one after another"),
        .required("reason", \.reason, "of the last failure"),
        .required("since", \.since, "RFC 3339, UTC"),
        .optional("nextTry", \.nextTry, "when one launch is let through; absent while one is being tried"),
    ]
}

package enum BackendState: String, WireWord { case up, down, unknown }

package struct BackendShape: WireObject, Equatable {
    package var name = ""
    package var state = BackendState.unknown
    package var detail: String?
    package init() {}
    package static let fields: [Field<BackendShape>] = [
        .required("name", \.name, "e.g. tmux"),
        .required("state", \.state, "whether it answers"),
        .optional("detail", \.detail, "version and pid, or what is wrong"),
    ]
}

package enum SystemVersion: WireMethod {
    package static let name = "system.version"
    package static let summary = "The versions of daemon and protocol."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var version = ""
        package var `protocol` = 1
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("version", \.version, "of the daemon"),
            .required("protocol", \.protocol, "grows when something existing changes its meaning"),
        ]
    }
}

package enum SystemReload: WireMethod {
    package static let name = "system.reload"
    package static let summary = "Reads the configuration again; a wrong file changes nothing."
    package static let isMutating = true
    package typealias Params = Empty
    package struct Result: WireObject {
        package var changed: [String] = []
        package var needsRestart: [String] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("changed", \.changed, "keys whose value in the file is not what the daemon worked with"),
            .required(
                "needsRestart", \.needsRestart, "those of them that count only after a restart; named at every reload until then"
            ),
        ]
    }
}

package enum SystemShutdown: WireMethod {
    package static let name = "system.shutdown"
    package static let summary = "Stops the daemon; agents and their terminals go on."
    package static let isMutating = true
    package typealias Params = Empty
    package typealias Result = Empty
}
