package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The fallback where no kernel tells: compares each directory with how it was an `interval` before.
///
/// It looks only while somebody waits for an event, so it needs no task of its own and nothing is lost between two waits. What it cannot
/// tell: `closedAfterWrite`, `movedIn` and `movedOut` (they are `modified`, `created`, `deleted`), and what was undone within an interval.
/// Each look lists every directory: with some ten thousand files that is felt.
package final class PollingWatcher: Sendable {
    private struct State {
        var pictures: [String: DirectoryPicture] = [:]
        var pending: [FileEvent] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let interval: Duration

    package init(time: any TimeSource, interval: Duration = .seconds(1)) {
        self.time = time
        self.interval = interval
    }

    /// For one reader. After `close` it ends within an interval.
    package var events: AsyncStream<FileEvent> { AsyncStream { await self.next() } }

    package func add(_ directory: String) throws(ReeveError) {
        let failure: ReeveError? = state.withLock { state in
            guard !state.isClosed else { return WatchFailure.closed(directory) }
            guard state.pictures[directory] == nil else { return nil }
            guard let picture = DirectoryPicture(of: directory) else { return WatchFailure.error(errno, watching: directory) }
            state.pictures[directory] = picture
            return nil
        }
        if let failure { throw failure }
    }

    package func remove(_ directory: String) { state.withLock { _ = $0.pictures.removeValue(forKey: directory) } }

    package func close() { state.withLock { $0.isClosed = true } }

    private func next() async -> FileEvent? {
        while true {
            let (event, isClosed) = state.withLock { state -> (FileEvent?, Bool) in
                if state.pending.isEmpty, !state.isClosed { look(&state) }
                return (state.pending.isEmpty ? nil : state.pending.removeFirst(), state.isClosed)
            }
            if event != nil || isClosed || Task.isCancelled { return event }
            do { try await time.sleep(for: interval) } catch { return nil }
        }
    }

    private func look(_ state: inout State) {
        for (directory, old) in state.pictures.sorted(by: { $0.key < $1.key }) {
            if let new = DirectoryPicture(of: directory), new.inode == old.inode {
                state.pending += old.changes(to: new, in: directory)
                state.pictures[directory] = new
            } else {
                state.pending.append(FileEvent(directory: directory, kind: .directoryGone))
                state.pictures[directory] = nil
            }
        }
    }
}
