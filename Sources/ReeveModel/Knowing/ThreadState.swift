/// What a thread (one conversation with an agent) is doing. The words are those of `docs/states.md`.
package enum ThreadState: String, Sendable, Hashable, CaseIterable {
    /// Nothing was asked of it yet.
    case idle
    /// The model works.
    case running
    /// A tool of the agent works.
    case tool
    /// A person must answer: a permission, a question, a plan.
    case waiting
    /// Its turn has ended as it should.
    case done
    /// Its turn has ended by a fault.
    case error
    /// Its turn was broken off.
    case interrupted
    /// The conversation is over, or its process has gone.
    case ended
    /// It cannot be told. Never acted upon.
    case unknown

    /// A turn is open.
    package var isOpen: Bool {
        switch self {
        case .running, .tool, .waiting: true
        case .idle, .done, .error, .interrupted, .ended, .unknown: false
        }
    }

    /// What a person wants to be told of once.
    package var isNews: Bool {
        switch self {
        case .waiting, .done, .error, .interrupted: true
        case .idle, .running, .tool, .ended, .unknown: false
        }
    }
}
