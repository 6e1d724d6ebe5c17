#if os(Linux)
import Glibc

/// One `struct inotify_event` of inotify(7), read from the bytes that the kernel hands out.
struct InotifyRecord: Sendable, Hashable {
    var watch: Int32
    var mask: UInt32
    var name: String?

    /// Everything that `DirectoryWatcher` asks for. `IN_EXCL_UNLINK`: a file that is removed but still written to is of no interest.
    static let interest =
        UInt32(
            IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)
        | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)

    /// All records in what one `read` returned. The kernel never cuts one in two; bytes that are no whole record end the list.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> [InotifyRecord] {
        let head = MemoryLayout<inotify_event>.size
        var records: [InotifyRecord] = []
        var offset = 0
        while offset + head <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = offset + head + Int(event.len)
            guard end <= bytes.count else { break }
            // The name is filled up with NUL to the alignment of the next record.
            let name = bytes[(offset + head)..<end].prefix { $0 != 0 }
            records.append(
                InotifyRecord(watch: event.wd, mask: event.mask, name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self))
            )
            offset = end
        }
        return records
    }

    func has(_ bit: Int32) -> Bool { mask & UInt32(bit) != 0 }
    var isOverflow: Bool { has(IN_Q_OVERFLOW) }
    /// The kernel has taken the watch away: its number means nothing more.
    var isWatchGone: Bool { has(IN_IGNORED) }

    /// Nil: nothing that a reader would be told.
    var kind: FileEvent.Kind? {
        // The directory itself first: such a record may carry other bits (`IN_ISDIR`) but never a name.
        if has(IN_DELETE_SELF) || has(IN_MOVE_SELF) || has(IN_UNMOUNT) { return .directoryGone }
        guard name != nil else { return nil }
        if has(IN_CLOSE_WRITE) { return .closedAfterWrite }
        if has(IN_MOVED_TO) { return .movedIn }
        if has(IN_MOVED_FROM) { return .movedOut }
        if has(IN_CREATE) { return .created }
        if has(IN_MODIFY) { return .modified }
        if has(IN_DELETE) { return .deleted }
        return nil
    }
}
#endif
