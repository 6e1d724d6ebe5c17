import FileEvents
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open directory of the folder. Everything is done relative to it, with plain names and without following links: nothing that somebody
/// puts in the way leads out of the folder.
struct FolderDirectory: ~Copyable {
    /// For messages.
    let path: String
    let descriptor: Int32

    /// - Parameter path: of the root: a link to it is followed, since the configuration names it.
    init(root path: String) throws(ReeveError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FolderFailure.error("open", path, errno) }
    }

    /// A directory in `parent`; never through a link.
    init(_ name: String, in parent: borrowing FolderDirectory) throws(ReeveError) {
        path = "\(parent.path)/\(name)"
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ELOOP || code == ENOTDIR {
                throw ReeveError(
                    .conflict, "\(InertText.clean(path)) is no directory of its own but a link or a file",
                    hint: "move it away; reeve makes the directory")
            }
            throw FolderFailure.error("open", path, code)
        }
    }

    deinit { close(descriptor) }

    /// Makes `name` in it if nothing is there.
    func make(_ name: String) throws(ReeveError) {
        guard mkdirat(descriptor, name, 0o777) == 0 || errno == EEXIST else {
            throw FolderFailure.error("make", "\(path)/\(name)", errno)
        }
    }

    func names() throws(ReeveError) -> [String] {
        guard let names = DirectoryEntries.names(descriptor) else { throw FolderFailure.error("list", path, errno) }
        return names
    }

    /// What is at `name`, not what a link there leads to; nil when nothing is.
    func look(_ name: String) throws(ReeveError) -> stat? {
        var info = stat()
        guard fstatat(descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw FolderFailure.error("look at", "\(path)/\(name)", errno)
        }
        return info
    }

    /// A regular file, whole; nil when nothing is there.
    /// - Throws: `TicketFault` for what is no plain file or too large.
    func read(_ name: String) throws -> (bytes: [UInt8], info: stat)? {
        // Non-blocking: a FIFO would wait for its other end.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw TicketFault(file: name, "a link, which is not followed", hint: "put the file itself there")
            case ENXIO: throw TicketFault(file: name, "no plain file", hint: "move it away")
            case EACCES: throw TicketFault(file: name, "may not be read", hint: "chmod u+rw it")
            default: throw FolderFailure.error("open", "\(path)/\(name)", errno)
            }
        }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { throw FolderFailure.error("look at", "\(path)/\(name)", errno) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw TicketFault(file: name, "no plain file", hint: "move it away") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Self.read(file, &chunk)
            if count > 0 {
                bytes += chunk[..<count]
                // One byte too many is enough to know; what is a gigabyte is not read.
                guard bytes.count <= TicketFile.largest else {
                    throw TicketFault(
                        file: name, "the file has more than \(TicketFile.largest) bytes",
                        hint: "put what is long into a file of the project")
                }
            } else if count == 0 {
                return (bytes, info)
            } else if errno != EINTR {
                throw FolderFailure.error("read", "\(path)/\(name)", errno)
            }
        }
    }

    /// A new file that is on the disk when this returns; of a failure nothing is left.
    /// - Parameter mode: exactly that of the file that it replaces; nil leaves it to the umask.
    /// - Returns: what it is now, whatever becomes of its name.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t?) throws(ReeveError) -> stat {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode ?? 0o666)
        guard file >= 0 else { throw FolderFailure.error("make", "\(path)/\(name)", errno) }
        defer { close(file) }
        var offset = 0
        var failure: Int32 = 0
        while offset < bytes.count, failure == 0 {
            let count = Self.write(file, bytes, from: offset)
            if count >= 0 { offset += count } else if errno != EINTR { failure = errno }
        }
        if failure == 0, let mode, fchmod(file, mode) != 0 { failure = errno }
        if failure == 0, fsync(file) != 0 { failure = errno }
        var info = stat()
        if failure == 0, fstat(file, &info) != 0 { failure = errno }
        guard failure == 0 else {
            unlinkat(descriptor, name, 0)
            throw FolderFailure.error("write", "\(path)/\(name)", failure)
        }
        return info
    }

    func remove(_ name: String) throws(ReeveError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw FolderFailure.error("remove", "\(path)/\(name)", errno)
        }
    }

    /// Its entries are on the disk when this returns. Some file systems know no such thing for directories.
    func sync() throws(ReeveError) {
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw FolderFailure.error("sync", path, errno)
        }
    }

    // The C functions, whose names the type's own hide.
    private static func read(_ file: Int32, _ buffer: inout [UInt8]) -> Int { readFile(file, &buffer, buffer.count) }
    private static func write(_ file: Int32, _ bytes: [UInt8], from offset: Int) -> Int {
        bytes[offset...].withUnsafeBytes { writeFile(file, $0.baseAddress, $0.count) }
    }
}

private func readFile(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int { read(descriptor, &buffer, count) }
private func writeFile(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }

/// Why the folder cannot be used, and what to do.
enum FolderFailure {
    static func error(_ verb: String, _ path: String, _ code: Int32) -> ReeveError {
        let message = "cannot \(verb) \(InertText.clean(path)): \(String(cString: strerror(code)))"
        switch code {
        case ENOENT, ENOTDIR: return ReeveError(.notFound, message, hint: "make it, or name another folder")
        case ENOSPC, EDQUOT: return .unavailable(message, hint: ReeveError.makeRoom)
        case EROFS: return .unavailable(message, hint: "mount its file system for writing")
        case EEXIST: return .conflict(message, hint: "move the other file away")
        default: return .unavailable(message, hint: "look at its owner and mode: ls -ld")
        }
    }
}
