package struct QueueAnswer: WireObject {
    package var paused = false
    package var queued = 0
    package var running = 0
    package var limit = 0
    package var hold: String?
    package init() {}
    package static let fields: [Field<QueueAnswer>] = [
        .required("paused", \.paused, "whether anything is launched"),
        .required("queued", \.queued, "tickets that wait"),
        .required("running", \.running, "tickets in work"),
        .required("limit", \.limit, "how many may be in work together"),
        .optional("hold", \.hold, "why nothing is launched though the queue is not paused"),
    ]
}

package enum QueueStatus: WireMethod {
    package static let name = "queue.status"
    package static let summary = "How full the queue is."
    package typealias Params = Empty
    package typealias Result = QueueAnswer
}

package enum QueuePause: WireMethod {
    package static let name = "queue.pause"
    package static let summary = "From now on nothing is launched, from any door; what runs goes on."
    package static let isMutating = true
    package typealias Params = Empty
    package typealias Result = QueueAnswer
}

package enum QueueResume: WireMethod {
    package static let name = "queue.resume"
    package static let summary = "Launches again."
    package static let isMutating = true
    package typealias Params = Empty
    package typealias Result = QueueAnswer
}

package enum QueueLaunch: WireMethod {
    package static let name = "queue.launch"
    package static let summary = "Launches a ticket now, or the first one; answers when its agent runs."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .optional("ticket", \.ticket, "the first in the queue's order when absent", .safeName)
        ]
    }
    package typealias Result = TicketAnswer
}
