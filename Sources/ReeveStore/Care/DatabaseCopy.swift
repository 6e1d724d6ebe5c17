import GRDB
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Copies a database that may be in use, page by page, into one file that needs no other beside it.
///
/// The copy is of one moment: the source is read within one transaction. It is made beside its target under a name of its own, looked
/// over, synced, and only then renamed, so whatever stands at the target is a whole copy or what was there before.
struct DatabaseCopy {
    /// A megabyte at a time: between two steps the copy can be given up.
    private static let pagesPerStep: CInt = 256
    private static let stepsPerSync = 8

    var target: String
    /// What stands at the target may be replaced.
    var replaces: Bool

    /// - Parameter progress: pages done and pages in all; throws to give up.
    /// - Returns: the copy's size.
    func make(from source: DatabaseQueue, progress: @escaping (Int, Int) throws -> Void) throws -> Int64 {
        try refuseTarget()
        let draft = "\(target).\(String(UInt64.random(in: .min ... .max), radix: 36)).part"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.cannot("make", draft) }
        defer { close(descriptor) }
        var isMoved = false
        // SQLite may leave a journal of its own beside a copy that was given up.
        defer { if !isMoved { for file in [draft, "\(draft)-journal", "\(draft)-wal", "\(draft)-shm"] { unlink(file) } } }
        try copy(source, draft, descriptor, progress)
        guard fsync(descriptor) == 0 else { throw Self.cannot("write", draft) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw Self.cannot("look at", draft) }
        try move(draft)
        isMoved = true
        Self.syncDirectory(of: target)
        return Int64(info.st_size)
    }

    private func copy(
        _ source: DatabaseQueue, _ draft: String, _ descriptor: Int32, _ progress: @escaping (Int, Int) throws -> Void
    ) throws {
        let copy = try DatabaseQueue(path: draft)
        try source.read { db in
            // The transaction begins with the first look, not before. Without one each step would begin its own, and a commit in
            // between would send the copy back to its first page: under steady work it would never end.
            _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_schema")
            try copy.writeWithoutTransaction { target in
                var steps = 0
                try db.backup(to: target, pagesPerStep: Self.pagesPerStep) { step in
                    steps += 1
                    // The disk takes it in portions: all of it at the end would keep the commits of others waiting for the same disk.
                    if steps % Self.stepsPerSync == 0 { _ = fsync(descriptor) }
                    try progress(step.completedPageCount, step.totalPageCount)
                }
            }
        }
        // The header says WAL, as in the source; without it the copy is one file, whoever opens it.
        let mode = try copy.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
        guard mode == "delete" else { throw ReeveError(.internal, "the copy's journal mode is \(mode ?? "unknown")") }
        let findings = try copy.read { try DatabaseExamination.quick($0) }
        try copy.close()
        if let first = findings.first {
            throw ReeveError.damaged("the copy is not sound, so no backup was made: \(first)", hint: "reeve db check")
        }
    }

    private func refuseTarget() throws(ReeveError) {
        var info = stat()
        guard lstat(target, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .conflict("\(target) is no plain file, and is not replaced", hint: "give another name")
        }
        if !replaces { throw .conflict("\(target) is there already", hint: "give another name, or --force to replace it") }
    }

    private func move(_ draft: String) throws {
        if replaces {
            guard rename(draft, target) == 0 else { throw Self.cannot("make", target) }
        } else {
            // Unlike a rename this does not replace what somebody else has put there meanwhile.
            if link(draft, target) == 0 {
                unlink(draft)
                return
            }
            if errno == EEXIST { throw ReeveError.conflict("\(target) is there already", hint: "give another name") }
            // File systems without hard links (FAT, some network ones): the name is taken by an empty file first.
            let claim = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard claim >= 0 else { throw Self.cannot("make", target) }
            close(claim)
            guard rename(draft, target) == 0 else { throw Self.cannot("make", target) }
        }
    }

    static func syncDirectory(of path: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let descriptor = open(slash == path.startIndex ? "/" : String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func cannot(_ verb: String, _ path: String) -> ReeveError {
        .unavailable(
            "cannot \(verb) \(path): \(String(cString: strerror(errno)))",
            hint: "nothing is left behind; give a FILE where you may write and where there is room")
    }
}
