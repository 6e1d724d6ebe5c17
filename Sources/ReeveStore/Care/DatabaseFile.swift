import Ownership
package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What lies where the database should be. Looked at before SQLite opens it: SQLite would take an empty file for a new database, delete
/// the write-ahead log beside it, and follow links.
///
/// Only while no connection of this process is open: closing any descriptor of a file drops all locks that the process has on it
/// (POSIX), and with them SQLite's.
package struct DatabaseFile: Sendable {
    package enum Finding: Sendable, Hashable {
        /// No database yet, nor a trace of one.
        case absent
        /// - Parameter endedUncleanly: a write-ahead log is there, which the last connection of a clean end removes.
        case present(bytes: Int64, endedUncleanly: Bool)
    }

    let path: String
    package init(_ path: String) { self.path = path }

    var log: String { "\(path)-wal" }
    var index: String { "\(path)-shm" }

    /// - Parameter mayBeReadOnly: it is only to be read.
    /// - Throws: `damaged` when what is there is no database of ours; `unavailable` when it must not be written.
    package func examine(mayBeReadOnly: Bool = false) throws(ReeveError) -> Finding {
        let main = try size(path)
        let logged = try size(log)
        _ = try size(index)
        guard let main else {
            guard logged ?? 0 == 0 else {
                throw .damaged("the database \(path) is gone, and its write-ahead log \(log) is still there")
            }
            return .absent
        }
        guard main > 0 else { throw .damaged("the database \(path) is empty: something has cut it to 0 bytes") }
        if !mayBeReadOnly { try checkAccess() }
        let header = try head()
        guard header.starts(with: Array("SQLite format 3\0".utf8)), header.count == 100 else {
            throw .damaged("\(path) is no SQLite database, or its first bytes are overwritten")
        }
        return .present(bytes: main, endedUncleanly: logged ?? 0 > 0)
    }

    /// The size of a plain file; nil when there is none. Links are not followed.
    private func size(_ path: String) throws(ReeveError) -> Int64? {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT { return nil }
            throw .unavailable("cannot look at \(path): \(String(cString: strerror(errno)))")
        }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return Int64(info.st_size)
        case S_IFDIR: throw .damaged("\(path) is a directory; a file of the database should be there")
        case S_IFLNK:
            throw .damaged("\(path) is a link, which is not followed", hint: "put the file itself there; docs/database.md")
        default: throw .damaged("\(path) is no file; a file of the database should be there")
        }
    }

    private func checkAccess() throws(ReeveError) {
        var info = stat()
        // Root may write what nobody is meant to write; whoever took this bit away did not want it written.
        let isLocked = stat(path, &info) == 0 && info.st_mode & S_IWUSR == 0
        guard !isLocked, access(path, R_OK | W_OK) == 0 else {
            let reason = isLocked ? "it is read-only" : String(cString: strerror(errno))
            throw .unavailable(
                "the database \(path) cannot be written: \(reason)", hint: "chmod 600 it; or mount its file system for writing")
        }
        do throws(Refusal) { for file in [path, log, index] { try PrivateFile.check(file) } } catch {
            throw .unavailable(error.reason, hint: error.mend)
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        guard access(directory, W_OK | X_OK) == 0 else {
            throw .unavailable(
                "the directory \(directory) cannot be written: \(String(cString: strerror(errno)))",
                hint: "chmod 700 it; or mount its file system for writing")
        }
    }

    private func head() throws(ReeveError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .unavailable("cannot read \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let n = pread(descriptor, &bytes, bytes.count, 0)
        guard n >= 0 else { throw .unavailable("cannot read \(path): \(String(cString: strerror(errno)))") }
        return Array(bytes[..<n])
    }
}
