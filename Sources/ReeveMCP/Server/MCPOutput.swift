import Synchronization

/// Where answers go. A request of its own is answered at once; those of a batch together, when the last one is done.
final class MCPOutput: Sendable {
    private struct State {
        /// Nil outside of a batch.
        var left: Int?
        var answers: [[UInt8]] = []
    }

    private let state: Mutex<State>
    private let write: @Sendable ([UInt8]) -> Void

    init(write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
        state = Mutex(State())
    }

    /// - Parameter count: how many messages the batch has; each of them says exactly once what its answer is.
    init(batchOf count: Int, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
        state = Mutex(State(left: count))
    }

    /// - Parameter answer: nil for what is not answered: a notification, a cancelled request.
    func settle(_ answer: [UInt8]?) {
        let ready = state.withLock { state -> [UInt8]? in
            guard let left = state.left else { return answer }
            if let answer { state.answers.append(answer) }
            state.left = left - 1
            // A batch of notifications alone gets no answer at all, not an empty array.
            guard left == 1, !state.answers.isEmpty else { return nil }
            return [UInt8(ascii: "[")] + state.answers.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        }
        if let ready { write(ready) }
    }
}
