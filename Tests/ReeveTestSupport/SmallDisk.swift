import Foundation

#if canImport(Glibc)
import Glibc

/// A file system that can really be full: a small tmpfs of our own, for its owner alone.
package struct SmallDisk: Sendable {
    package struct CannotMount: Error { package var reason: String }

    /// Root, and allowed to mount; elsewhere there is no way to have a small file system.
    package static let isPossible: Bool = {
        guard getuid() == 0, let scratch = try? Scratch() else { return false }
        defer { scratch.remove() }
        guard let disk = try? SmallDisk(at: scratch.path, kilobytes: 64) else { return false }
        disk.remove()
        return true
    }()

    private let path: String

    /// Mounts it over a directory, whose own content is out of sight until `remove`.
    package init(at path: String, kilobytes: Int) throws {
        self.path = path
        guard mount("tmpfs", path, "tmpfs", 0, "mode=0700,size=\(kilobytes)k") == 0 else {
            throw CannotMount(reason: String(cString: strerror(errno)))
        }
    }

    /// Takes up all room that is left.
    package func fill() throws {
        let file = open("\(path)/filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(file) }
        let page = [UInt8](repeating: 0, count: 4096)
        while write(file, page, page.count) > 0 {}
        guard errno == ENOSPC else { throw CocoaError(.fileWriteUnknown) }
    }

    /// From now on it has so much room in all.
    package func resize(kilobytes: Int) -> Bool {
        mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "mode=0700,size=\(kilobytes)k") == 0
    }

    /// Also while files on it are open: those go with the last who has one.
    package func remove() { umount2(path, Int32(MNT_DETACH)) }
}
#endif
