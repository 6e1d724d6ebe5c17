package import ReeveModel

/// Tells what happens in many directories: inotify on Linux, looking again and again elsewhere (`PollingWatcher`).
///
/// Not told: what happens below subdirectories, changes of a network file system that another machine made, and that a directory *above*
/// a watched one was renamed. Whoever must not miss anything lists the directory after `add`, and again now and then.
package final class DirectoryWatcher: Sendable {
    #if os(Linux)
    /// Whether directories are looked at every second instead of the kernel telling.
    package static let isPolling = false
    private let watcher: InotifyWatcher
    #else
    package static let isPolling = true
    private let watcher: PollingWatcher
    #endif

    /// For one reader. Events of one directory come in the order in which they happened. It ends after `close`, once all have been taken.
    package let events: AsyncStream<FileEvent>

    /// - Throws: `unavailable` when this user has too many watchers or this process too many files.
    package init() throws(ReeveError) {
        #if os(Linux)
        watcher = try InotifyWatcher()
        #else
        watcher = PollingWatcher(time: Sleeping())
        #endif
        events = watcher.events
    }

    /// From now on events of `directory` come, written as it is here. Adding it again is no error, and needed after `directoryGone`.
    /// A link to a directory is followed.
    /// - Throws: `notFound`, `invalidParams` for what is no directory, `unavailable` when the limit of watches is reached.
    package func add(_ directory: String) throws(ReeveError) { try watcher.add(directory) }

    /// Events that have happened may still come.
    package func remove(_ directory: String) { watcher.remove(directory) }

    /// Ends the stream. Once is enough; also done when nobody holds the watcher any more.
    package func close() { watcher.close() }

    deinit { watcher.close() }
}

#if !os(Linux)
/// The fallback waits and never asks what time it is, so it takes no clock from outside.
private struct Sleeping: TimeSource {
    private let start = ContinuousClock.now
    func wall() -> Timestamp { Timestamp(milliseconds: 0) }
    func uptime() -> Duration { start.duration(to: .now) }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration, clock: .continuous) }
}
#endif
