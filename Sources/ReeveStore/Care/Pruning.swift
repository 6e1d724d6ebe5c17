import GRDB
import ReeveModel

/// Keeping house in small steps, each a transaction of its own: a commit waits for one of them at most.
extension CommitWriter {
    /// Rows at a time: some milliseconds.
    private static let rowsPerStep: Int64 = 4096
    /// Pages at a time that go back to the file system: 1 MiB.
    private static let pagesPerStep = 256
    /// Free pages that are worth keeping: the next tickets and events need them. 4 MiB.
    private static let pagesKept = 1024

    /// Drops old events and answers. True when there may be more.
    ///
    /// Only ever the beginning of the log, so that it has no gap: after the wall clock has been put back, an event may be "older"
    /// than one before it. The newest stays, whatever its age: the numbering hangs on it.
    func pruneStep() throws -> Bool {
        let retention = retention()
        let now = time.wall().milliseconds
        return try pool.write { db in
            var isMore = false
            if let first = try Int64.fetchOne(db, sql: "SELECT MIN(seq) FROM event"),
                let last = try Int64.fetchOne(db, sql: "SELECT MAX(seq) FROM event")
            {
                let firstYoung = try Int64.fetchOne(
                    db, sql: "SELECT seq FROM event WHERE seq <= ? AND time >= ? ORDER BY seq LIMIT 1",
                    arguments: [first + Self.rowsPerStep, now - retention.events.milliseconds])
                let wanted = max(firstYoung ?? first + Self.rowsPerStep, last - Int64(retention.maxEvents) + 1)
                let end = min(wanted, last, first + Self.rowsPerStep)
                if end > first { try db.execute(sql: "DELETE FROM event WHERE seq < ?", arguments: [end]) }
                isMore = end == first + Self.rowsPerStep && end < last
            }
            try db.execute(
                sql: "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer WHERE created_at < ? LIMIT ?)",
                arguments: [now - Self.answersKept.milliseconds, Self.rowsPerStep])
            return isMore || db.changesCount == Int(Self.rowsPerStep)
        }
    }

    /// Gives some free pages back. True when there may be more. A database that was made before this was arranged keeps its size, and
    /// uses its free pages again.
    func shrinkStep() throws -> Bool {
        try pool.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard free > Self.pagesKept, try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2 else { return false }
            let pages = min(Self.pagesPerStep, free - Self.pagesKept)
            // It frees a page with every step of the statement, so all of them are fetched.
            _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(pages))")
            return free - pages > Self.pagesKept
        }
    }
}
