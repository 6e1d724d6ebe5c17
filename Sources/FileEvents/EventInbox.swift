import Synchronization

/// Where a watcher puts events and one reader takes them from.
///
/// Not an `AsyncStream` with a buffer: that one can drop events, but neither join repetitions nor say for which directory it lost some.
final class EventInbox: Sendable {
    private struct State {
        var backlog: EventBacklog
        var reader: CheckedContinuation<FileEvent?, Never>?
        var isFinished = false
    }

    private let state: Mutex<State>

    init(limit: Int = 16_384) { state = Mutex(State(backlog: EventBacklog(limit: limit))) }

    /// For one reader. It ends after `finish`, once everything has been taken, or when the reader's task is cancelled.
    var events: AsyncStream<FileEvent> { AsyncStream { await self.next() } }

    func put(_ events: [FileEvent]) {
        let (reader, event) = state.withLock { state -> (CheckedContinuation<FileEvent?, Never>?, FileEvent?) in
            for event in events { state.backlog.append(event) }
            guard let reader = state.reader, let event = state.backlog.takeFirst() else { return (nil, nil) }
            state.reader = nil
            return (reader, event)
        }
        reader?.resume(returning: event)
    }

    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    private func next() async -> FileEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<FileEvent?, Never>) in
                let (answer, other) = state.withLock { state -> (FileEvent??, CheckedContinuation<FileEvent?, Never>?) in
                    if let event = state.backlog.takeFirst() { return (.some(event), nil) }
                    if state.isFinished || Task.isCancelled { return (.some(nil), nil) }
                    // A second reader would take events from the first; the first one's stream ends instead of waiting for ever.
                    defer { state.reader = continuation }
                    return (nil, state.reader)
                }
                other?.resume(returning: nil)
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}
