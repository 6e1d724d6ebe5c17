package import ReeveModel

/// One thing on the disk that tells of threads, whatever its form. The port of the daemon's actor: it holds one for each file, and polls
/// it when the file has changed.
package enum ThreadSource: Sendable {
    case lines(ThreadFollower)
    case amp(AmpThread)
    case openCode(OpenCodeDatabase)

    /// Nil: this kind has nothing of that form.
    package init?(kind: String, form: TranscriptPaths.Form, path: String) {
        switch (kind, form) {
        case ("amp", .document): self = .amp(AmpThread(path: path))
        case ("opencode", .database), ("kilo", .database): self = .openCode(OpenCodeDatabase(kind: kind, path: path))
        case (_, .lines):
            guard let follower = ThreadFollower(kind: kind, path: path) else { return nil }
            self = .lines(follower)
        default: return nil
        }
    }

    /// What is new since the last time.
    package mutating func poll(_ files: some TranscriptFiles) -> [ThreadReport] {
        switch self {
        case .lines(var follower):
            let report = follower.poll(files)
            self = .lines(follower)
            return report.map { [$0] } ?? []
        case .amp(var thread):
            let report = thread.poll(files)
            self = .amp(thread)
            return report.map { [$0] } ?? []
        case .openCode(var database):
            let reports = database.poll(files)
            self = .openCode(database)
            return reports
        }
    }

    /// Lines that could not be read.
    package var skipped: Int {
        if case .lines(let follower) = self { follower.skipped } else { 0 }
    }
}
