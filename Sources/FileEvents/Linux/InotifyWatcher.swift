#if os(Linux)
import Dispatch
import Glibc
import ReeveModel
import Synchronization

/// inotify on one descriptor for all directories.
///
/// Read by a dispatch source and not by a thread of our own: nothing of it runs or is held while no file changes, its events come one
/// after another, and its cancel handler is the one moment at which nobody reads the descriptor any more, so that closing it can never
/// hit a descriptor that has been given to somebody else. A thread in `poll` would need a second descriptor to be woken for its end, and
/// a join.
final class InotifyWatcher: Sendable {
    /// What the handlers share. Apart from the watcher, which the handlers must not keep alive.
    private final class Shared: Sendable {
        let descriptor: Int32
        let table = Mutex(WatchTable())
        let inbox = EventInbox()
        init(_ descriptor: Int32) { self.descriptor = descriptor }

        /// Reads what is there. Bounded: a flood of events does not keep the queue from the cancel handler; the source calls again.
        func drain() {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            for _ in 0..<16 {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    return
                }
                let records = buffer.withUnsafeBytes { InotifyRecord.parse(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                inbox.put(table.withLock { table in records.flatMap { events(of: $0, &table) } })
            }
        }

        func events(of record: InotifyRecord, _ table: inout WatchTable) -> [FileEvent] {
            if record.isOverflow { return table.directories.map { FileEvent(directory: $0, kind: .overflow) } }
            // Whatever took the watch away, nothing is told of these directories any more. Most were told to be gone before.
            if record.isWatchGone { return table.forget(record.watch).map { FileEvent(directory: $0, kind: .directoryGone) } }
            guard let kind = record.kind else { return [] }
            guard kind == .directoryGone else {
                return table.directories(of: record.watch).map { FileEvent(directory: $0, name: record.name, kind: kind) }
            }
            // One that was moved away would go on telling under a path that is not its own.
            if record.has(IN_MOVE_SELF) { inotify_rm_watch(descriptor, record.watch) }
            return table.forget(record.watch).map { FileEvent(directory: $0, kind: .directoryGone) }
        }
    }

    private let shared: Shared
    // Unsafe only by its type: `cancel`, all that is called once it is set up, may be called from any thread.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    init() throws(ReeveError) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw WatchFailure.errorOfStarting(errno) }
        let shared = Shared(descriptor)
        self.shared = shared
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: "reeve.file-events"))
        source.setEventHandler { shared.drain() }
        source.setCancelHandler {
            Glibc.close(shared.descriptor)
            shared.inbox.finish()
        }
        source.resume()
    }

    var events: AsyncStream<FileEvent> { shared.inbox.events }

    func add(_ directory: String) throws(ReeveError) {
        let failure: ReeveError? = shared.table.withLock { table in
            guard !table.isClosed else { return WatchFailure.closed(directory) }
            let watch = inotify_add_watch(shared.descriptor, directory, InotifyRecord.interest)
            guard watch >= 0 else { return WatchFailure.error(errno, watching: directory) }
            if let unused = table.set(directory, watch) { inotify_rm_watch(shared.descriptor, unused) }
            return nil
        }
        if let failure { throw failure }
    }

    func remove(_ directory: String) {
        shared.table.withLock { table in
            guard !table.isClosed, let unused = table.remove(directory) else { return }
            inotify_rm_watch(shared.descriptor, unused)
        }
    }

    func close() {
        // Before the descriptor is closed: from now on nobody adds to it.
        let isFirst = shared.table.withLock { table in
            defer { table.isClosed = true }
            return !table.isClosed
        }
        if isFirst { source.cancel() }
    }
}
#endif
