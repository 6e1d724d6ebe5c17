import ReeveAgents
import ReeveModel
import Synchronization

/// Files in memory; what is not among them is looked for on the disk.
final class FakeFiles: TranscriptFiles {
    struct File: Sendable {
        var inode: UInt64
        var bytes: [UInt8]
        var modified: Timestamp
    }

    private struct State {
        var files: [String: File] = [:]
        var inodes: UInt64 = 0
        var largestRead = 0
        var opened: [String] = []
    }

    private let state = Mutex(State())

    struct Open: OpenTranscript {
        let file: File
        let note: @Sendable (Int) -> Void

        var identity: FileIdentity { FileIdentity(device: 1, inode: file.inode) }
        var size: Int64 { Int64(file.bytes.count) }
        var modified: Timestamp { file.modified }

        func read(at offset: Int64, upTo count: Int) -> [UInt8] {
            note(count)
            guard offset < size else { return [] }
            return Array(file.bytes[Int(offset)..<min(file.bytes.count, Int(offset) + count)])
        }
    }

    func open(_ path: String) -> (any OpenTranscript)? {
        guard TranscriptPaths.mayBeOpened(path) else { return nil }
        let file = state.withLock {
            $0.opened.append(path)
            return $0.files[path]
        }
        guard let file else { return DiskTranscriptFiles().open(path) }
        return Open(file: file) { count in self.state.withLock { $0.largestRead = max($0.largestRead, count) } }
    }

    var paths: [String] { state.withLock { $0.files.keys.sorted() } }
    var opened: [String] { state.withLock { $0.opened } }
    var largestRead: Int { state.withLock { $0.largestRead } }

    /// Makes the file if it is not there.
    func change(_ path: String, at now: Timestamp, _ body: (inout [UInt8]) -> Void) {
        state.withLock { state in
            state.inodes += 1
            var file = state.files[path] ?? File(inode: state.inodes, bytes: [], modified: now)
            body(&file.bytes)
            file.modified = now
            state.files[path] = file
        }
    }

    func append(_ path: String, _ text: String, at now: Timestamp = Timestamp(milliseconds: 0)) {
        change(path, at: now) { $0 += Array(text.utf8) }
    }

    func delete(_ path: String) { state.withLock { $0.files[path] = nil } }
}
