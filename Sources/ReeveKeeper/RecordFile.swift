import KeeperLink
import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The session's launch record on disk.
struct RecordFile {
    private let descriptor: Int32
    private(set) var record: LaunchRecord
    /// Facts that the disk has not taken yet.
    private var unwritten: [UInt8] = []

    init(path: String) throws(Refusal) {
        descriptor = try PrivateFile.open(path, O_RDWR | O_CREAT | O_APPEND)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let n = read(descriptor, &chunk, chunk.count), n > 0 { bytes += chunk[..<n] }
        record = LaunchRecord(parsing: bytes)
        // A line torn by a crash must not swallow the next one.
        if let last = bytes.last, last != 10 { writeAll(descriptor, [10]) }
        Self.syncDirectory(of: path)
    }

    /// Appends one line. True when it is on the disk, which `claimed` has to be before its program starts; every other entry is a
    /// fact, and stays one in memory when the disk does not take it.
    @discardableResult
    mutating func append(_ launch: String, _ entry: LaunchRecord.Entry) -> Bool {
        writeLeftovers()
        let line = LaunchRecord.line(launch, entry)
        let bytes = Array(line.utf8)
        if entry != .claimed { record.apply(String(line.dropLast())) }
        let before = lseek(descriptor, 0, SEEK_END)
        guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
            // A torn line would swallow the next one.
            _ = ftruncate(descriptor, before)
            unwritten += entry == .claimed ? [] : bytes
            return false
        }
        guard fsync(descriptor) == 0 else { return false }
        if entry == .claimed { record.apply(String(line.dropLast())) }
        return true
    }

    /// Tries again what a full disk has refused.
    mutating func writeLeftovers() {
        guard !unwritten.isEmpty else { return }
        let before = lseek(descriptor, 0, SEEK_END)
        if unwritten.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == unwritten.count, fsync(descriptor) == 0 {
            unwritten = []
        } else {
            _ = ftruncate(descriptor, before)
        }
    }

    /// A new file's name is only durable once its directory is.
    private static func syncDirectory(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let directory = open(String(path[..<slash]), O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { return }
        _ = fsync(directory)
        close(directory)
    }
}
