package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Which file a path led to: a file that was replaced has another one.
package struct FileIdentity: Sendable, Hashable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// A file as it was opened: what is read belongs to that file, whatever becomes of the path meanwhile.
package protocol OpenTranscript {
    var identity: FileIdentity { get }
    var size: Int64 { get }
    var modified: Timestamp { get }
    /// Fewer bytes at the end of the file, none after it or when it cannot be read.
    func read(at offset: Int64, upTo count: Int) -> [UInt8]
}

/// The port to the disk.
package protocol TranscriptFiles: Sendable {
    /// Nil: there is no such regular file, or it may not be read.
    func open(_ path: String) -> (any OpenTranscript)?
}

/// The disk. Nothing stays open between two looks.
package struct DiskTranscriptFiles: TranscriptFiles {
    package init() {}

    package func open(_ path: String) -> (any OpenTranscript)? {
        guard TranscriptPaths.mayBeOpened(path) else { return nil }
        return DiskTranscript(path)
    }
}

/// Read with `pread`: no offset of its own, no buffer.
private final class DiskTranscript: OpenTranscript {
    let identity: FileIdentity
    let size: Int64
    let modified: Timestamp
    private let descriptor: Int32

    /// Not blocking: a pipe in a transcript's place must not hold us up.
    init?(_ path: String) {
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        #else
        let descriptor = Darwin.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        #endif
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        identity = FileIdentity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
        size = Int64(status.st_size)
        #if canImport(Glibc)
        let time = status.st_mtim
        #else
        let time = status.st_mtimespec
        #endif
        modified = Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    deinit { close(descriptor) }

    func read(at offset: Int64, upTo count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let n = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
                if n < 0, errno == EINTR { continue }
                guard n > 0 else { return }
                filled += n
            }
        }
    }
}
