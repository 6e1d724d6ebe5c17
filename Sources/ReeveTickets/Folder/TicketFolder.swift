package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder with `queue/`, `in-progress/` and `completed/`, as Operator lays it out below `.tickets`.
///
/// Holds nothing open and remembers nothing: each call opens the directories anew, so that a folder which was moved away or mounted over is
/// noticed. All calls block for as long as the disk takes. One process writes at a time; people and editors may write at any time, and what
/// they write is never lost.
package struct TicketFolder: Sendable {
    /// A file of the folder.
    package struct Entry: Sendable, Hashable {
        package var place: TicketPlace
        package var name: String
        package var stamp: FileStamp

        package init(place: TicketPlace, name: String, stamp: FileStamp) {
            self.place = place
            self.name = name
            self.stamp = stamp
        }

        /// Below the root, for people: `queue/a.md`.
        package var path: String { "\(place.rawValue)/\(name)" }
    }

    /// What is in a file, and what it was when that was read.
    package struct Content: Sendable, Hashable {
        package var bytes: [UInt8]
        package var mark: ContentMark
        package var stamp: FileStamp
    }

    /// Absolute.
    package let root: String

    package init(_ root: String) { self.root = root }

    /// The directories to watch.
    package var directories: [(place: TicketPlace, path: String)] { TicketPlace.allCases.map { ($0, "\(root)/\($0.rawValue)") } }

    package func path(_ place: TicketPlace, _ name: String) -> String { "\(root)/\(place.rawValue)/\(name)" }

    /// The directory that the projects are in: the folder's parent.
    package var projects: String {
        guard let slash = root.lastIndex(of: "/"), slash != root.startIndex else { return "/" }
        return String(root[..<slash])
    }

    /// Makes the three directories where they are missing. The root must be there.
    /// - Throws: `notFound` without a root, `conflict` where one of them is a link or a file.
    package func prepare() throws(ReeveError) {
        let root = try FolderDirectory(root: root)
        for place in TicketPlace.allCases {
            try root.make(place.rawValue)
            _ = try FolderDirectory(place.rawValue, in: root)
        }
    }

    /// The tickets' files, by place and name, and what looks like one but is none: links, directories, names that are not UTF-8.
    package func list() throws(ReeveError) -> (entries: [Entry], faults: [TicketFault]) {
        let root = try FolderDirectory(root: root)
        var entries: [Entry] = []
        var faults: [TicketFault] = []
        for place in TicketPlace.allCases {
            let directory = try FolderDirectory(place.rawValue, in: root)
            for name in try directory.names() where TicketFileName.isTicket(name) {
                let path = "\(place.rawValue)/\(name)"
                guard let info = try directory.look(name) else {
                    // Gone since it was listed, or not to be found by a name that was mended.
                    if name.unicodeScalars.contains("\u{FFFD}") {
                        faults.append(TicketFault(file: path, "its name is not UTF-8", hint: "rename it"))
                    }
                    continue
                }
                switch info.st_mode & S_IFMT {
                case S_IFREG: entries.append(Entry(place: place, name: name, stamp: FileStamp(info)))
                case S_IFLNK:
                    faults.append(TicketFault(file: path, "a link, which is not followed", hint: "put the file itself there"))
                default: faults.append(TicketFault(file: path, "no plain file", hint: "move it away"))
                }
            }
        }
        return (entries, faults)
    }

    /// Nil: nothing is there.
    package func stamp(_ place: TicketPlace, _ name: String) throws(ReeveError) -> FileStamp? {
        guard Self.isPlain(name) else { return nil }
        let directory = try FolderDirectory(place.rawValue, in: FolderDirectory(root: root))
        return try directory.look(name).map { FileStamp($0) }
    }

    /// A file's bytes; nil when nothing is there.
    /// - Throws: `invalidParams` with the file as path for a link, what is no plain file, or too large; `unavailable` when it cannot be read.
    package func read(_ place: TicketPlace, _ name: String) throws(ReeveError) -> Content? {
        guard Self.isPlain(name) else { return nil }
        let directory = try FolderDirectory(place.rawValue, in: FolderDirectory(root: root))
        return try Self.content(name, directory, place)
    }

    static func content(
        _ name: String, _ directory: borrowing FolderDirectory, _ place: TicketPlace
    ) throws(ReeveError) -> Content? {
        do {
            guard let (bytes, info) = try directory.read(name) else { return nil }
            return Content(bytes: bytes, mark: ContentMark(of: bytes), stamp: FileStamp(info))
        } catch let fault as TicketFault {
            throw fault.within("\(place.rawValue)/\(name)").error
        } catch let error as ReeveError {
            throw error
        } catch {
            throw ReeveError(.internal, "\(error)")
        }
    }

    /// One component that is not hidden: never a way to elsewhere.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("/") && !name.hasPrefix(".") && !name.utf8.contains(0)
    }
}

/// What tells that a file has changed without reading it.
package struct FileStamp: Sendable, Hashable {
    package var inode: UInt64
    package var size: Int64
    /// Nanoseconds since 1970.
    package var modified: Int64

    package init(inode: UInt64, size: Int64, modified: Int64) {
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    init(_ info: stat) {
        #if canImport(Darwin)
        let time = info.st_mtimespec
        #else
        let time = info.st_mtim
        #endif
        self.init(
            inode: UInt64(info.st_ino), size: Int64(info.st_size),
            modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
