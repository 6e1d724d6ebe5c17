package import ReeveModel

/// The folder that a ticket's file is in: the coarse state, as Operator has it.
package enum TicketPlace: String, Sendable, Hashable, CaseIterable {
    case queue
    case inProgress = "in-progress"
    case completed

    /// Where a ticket in this state belongs. Everything that is finished, however, is in `completed`; `status` in its file says how.
    package init(of state: TicketState) {
        self =
            switch state {
            case .queued: .queue
            case .running, .review: .inProgress
            case .done, .failed, .cancelled, .lost: .completed
            }
    }
}

extension TicketState {
    /// The `status` that a file of a ticket in this state has: Operator's word where it has one.
    package var fileStatus: String {
        switch self {
        case .queued: "queued"
        case .running: "running"
        case .review: "awaiting"
        case .done: "completed"
        case .failed, .cancelled, .lost: rawValue
        }
    }
}
