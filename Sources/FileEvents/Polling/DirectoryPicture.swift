#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory as it was at one moment: enough to tell what has changed since another moment.
struct DirectoryPicture: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        var inode: UInt64
        var size: Int64
        /// Nanoseconds since 1970.
        var modified: Int64
    }

    var inode: UInt64
    var entries: [String: Entry]

    init(inode: UInt64, entries: [String: Entry]) {
        self.inode = inode
        self.entries = entries
    }

    /// Nil when it cannot be looked at; `errno` says why.
    init?(of directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, let names = DirectoryEntries.names(descriptor) else { return nil }
        inode = UInt64(info.st_ino)
        entries = [:]
        for name in names {
            var info = stat()
            // It may be gone by now: then the next picture is without it, and so is this one.
            guard fstatat(descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            entries[name] = Entry(inode: UInt64(info.st_ino), size: Int64(info.st_size), modified: info.modifiedNanoseconds)
        }
    }

    /// What a reader is told of the way from `self` to `later`. A rename within the directory is a deletion and a creation: only the
    /// kernel knows better.
    func changes(to later: DirectoryPicture, in directory: String) -> [FileEvent] {
        let gone = entries.keys.filter { later.entries[$0] == nil }.sorted()
        let present = later.entries.keys.sorted()
        return gone.map { FileEvent(directory: directory, name: $0, kind: .deleted) }
            + present.compactMap { name in
                guard let old = entries[name] else { return FileEvent(directory: directory, name: name, kind: .created) }
                return old == later.entries[name] ? nil : FileEvent(directory: directory, name: name, kind: .modified)
            }
    }
}

extension stat {
    fileprivate var modifiedNanoseconds: Int64 {
        #if canImport(Darwin)
        Int64(st_mtimespec.tv_sec) * 1_000_000_000 + Int64(st_mtimespec.tv_nsec)
        #else
        Int64(st_mtim.tv_sec) * 1_000_000_000 + Int64(st_mtim.tv_nsec)
        #endif
    }
}
