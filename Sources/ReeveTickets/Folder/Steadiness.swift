/// When a file may be read: not while it is being written.
///
/// A writer that closed the file, or renamed a complete one to its name, is done: it is read now. Of any other writer nothing is known,
/// so it is read when size and time of change have stood still for 500 ms; and after 10 s in any case, because a writer that goes on for
/// ever would hide the file for ever. What is read too early then is reported like any wrong file and read again when it changes.
package struct Steadiness: Sendable, Hashable {
    package static let stillness = Duration.milliseconds(500)
    package static let patience = Duration.seconds(10)

    package enum Verdict: Sendable, Hashable {
        case read
        /// Look again then.
        case wait(until: Duration)
    }

    /// Since when it is known to be written; all moments are of `TimeSource.uptime`.
    private let since: Duration
    private var isClosed = false
    private var stamp: FileStamp?
    private var stillSince: Duration

    package init(at now: Duration) {
        since = now
        stillSince = now
    }

    /// Its writer has closed it, or it came by a rename.
    package mutating func close() { isClosed = true }

    /// Somebody writes.
    package mutating func touch(at now: Duration) {
        isClosed = false
        stillSince = now
    }

    /// - Parameter stamp: as the file is now.
    package mutating func look(_ stamp: FileStamp, at now: Duration) -> Verdict {
        if isClosed { return .read }
        if stamp != self.stamp {
            // The first look is no change: it stands still since it was told of.
            if self.stamp != nil { stillSince = now }
            self.stamp = stamp
        }
        let due = min(stillSince + Self.stillness, since + Self.patience)
        return now >= due ? .read : .wait(until: due)
    }
}

/// All files that are being written, and when to look at which.
package struct SteadyFiles<File: Hashable & Sendable>: Sendable {
    private var waiting: [File: (rule: Steadiness, due: Duration)] = [:]

    package init() {}

    /// Files that must not be read, or taken for gone, yet.
    package var unsettled: Set<File> { Set(waiting.keys) }

    /// The next moment at which `due` has something.
    package var next: Duration? { waiting.values.map(\.due).min() }

    /// An event of the file. It is due at once when its writer is done.
    package mutating func note(_ file: File, isComplete: Bool, at now: Duration) {
        var rule = waiting[file]?.rule ?? Steadiness(at: now)
        if isComplete { rule.close() } else { rule.touch(at: now) }
        waiting[file] = (rule, isComplete ? now : min(now + Steadiness.stillness, waiting[file]?.due ?? .seconds(Int64.max / 4)))
    }

    /// It is gone.
    package mutating func forget(_ file: File) { waiting[file] = nil }

    /// Files to look at now.
    package func due(at now: Duration) -> [File] { waiting.filter { $0.value.due <= now }.map(\.key) }

    /// - Returns: true when it may be read; it is no longer waited for then.
    package mutating func look(_ file: File, _ stamp: FileStamp, at now: Duration) -> Bool {
        guard var (rule, _) = waiting[file] else { return true }
        switch rule.look(stamp, at: now) {
        case .read:
            waiting[file] = nil
            return true
        case .wait(let until):
            waiting[file] = (rule, until)
            return false
        }
    }
}
