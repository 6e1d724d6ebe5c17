package import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Events that no daemon was there to take, one file each, until one starts.
///
/// Any number of `reeve hook` may write while a daemon reads. Nobody waits for anybody: there is no lock that a stopped process could hold.
/// A name says the order and the size, so that nothing has to be opened to keep the bounds:
///
///     00000198a3f6c1d20417-00000198-1042     nanoseconds since 1970 (hexadecimal), pid, bytes
///
/// An event is written under a name that begins with a dot and renamed when it is complete. It is not synced: power that goes within the
/// next seconds takes it along, and what that leaves half-written is known by its size and its last byte, and removed.
package struct HookSpool: Sendable {
    package struct Bounds: Sendable, Hashable {
        package var events: Int
        package var bytes: Int

        package init(events: Int, bytes: Int) {
            self.events = events
            self.bytes = bytes
        }

        package static let standard = Bounds(events: 1000, bytes: 4 << 20)
    }

    package let directory: String
    package let bounds: Bounds

    /// - Parameter directory: `spool` in the state directory. It is made when it is needed; the state directory must be there.
    package init(directory: String, bounds: Bounds = .standard) {
        self.directory = directory
        self.bounds = bounds
    }

    // MARK: - Writing

    /// Keeps an event. When there are too many, the oldest go.
    /// - Returns: how many went.
    @discardableResult
    package func add(_ event: [UInt8]) throws(Refusal) -> Int {
        try PrivateDirectory.prepare(directory)
        let size = event.count + 1
        guard size <= bounds.bytes else { throw Refusal("an event of \(size) bytes is larger than the spool", mend: "none") }
        let name = Entry(time: Self.now(), pid: UInt32(getpid()), size: size).name
        let temporary = "\(directory)/.\(name)"
        try PrivateFile.write(event + [10], to: temporary)
        guard rename(temporary, "\(directory)/\(name)") == 0 else {
            let code = errno
            unlink(temporary)
            throw Refusal(
                "cannot keep an event in \(directory): \(String(cString: strerror(code)))", mend: "make room", code: code)
        }
        return try keepBounds()
    }

    private func keepBounds() throws(Refusal) -> Int {
        let entries = try list().entries
        var count = entries.count
        var bytes = entries.reduce(0) { $0 + $1.size }
        var gone = 0
        for entry in entries {
            if count <= bounds.events, bytes <= bounds.bytes { break }
            // Of two who want to remove it one does, and counts it.
            if unlink("\(directory)/\(entry.name)") == 0 { gone += 1 }
            count -= 1
            bytes -= entry.size
        }
        if gone > 0 { countDropped(gone) }
        return gone
    }

    // MARK: - Reading

    package struct Taken: Sendable, Hashable {
        /// Events that were handed over.
        package var events = 0
        /// Events that had to go since the last time, because there were too many.
        package var dropped = 0
        /// Events that were not complete.
        package var broken = 0

        package init() {}
    }

    /// Hands over all that is there now, the oldest first; each is removed once `handle` has returned. When it throws, that one and those
    /// after it stay. What is added meanwhile is there the next time.
    package func take<Failure: Error>(_ handle: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Taken {
        var taken = Taken()
        guard (try? PrivateDirectory.check(directory)) != nil, let listed = try? list() else { return taken }
        for entry in listed.entries {
            let path = "\(directory)/\(entry.name)"
            // Gone: a writer has made room.
            guard let bytes = try? PrivateFile.read(path) else { continue }
            if bytes.count == entry.size, bytes.last == 10 {
                try handle(Array(bytes.dropLast()))
                taken.events += 1
            } else {
                taken.broken += 1
            }
            unlink(path)
        }
        for name in listed.unfinished where isOld("\(directory)/\(name)") { unlink("\(directory)/\(name)") }
        taken.dropped = takeDropped()
        return taken
    }

    /// How many events wait.
    package var count: Int { (try? list().entries.count) ?? 0 }

    // MARK: - Names

    struct Entry: Comparable {
        var time: UInt64
        var pid: UInt32
        var size: Int

        var name: String { "\(Self.padded(time, 16))-\(Self.padded(UInt64(pid), 8))-\(size)" }

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.pid, left.size) < (right.time, right.pid, right.size)
        }

        private static func padded(_ number: UInt64, _ width: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
    }

    /// Complete ones in order, and the names of those that are being written, or never will be.
    private func list() throws(Refusal) -> (entries: [Entry], unfinished: [String]) {
        guard let stream = opendir(directory) else {
            let code = errno
            if code == ENOENT { return ([], []) }
            throw Refusal(
                "cannot read \(directory): \(String(cString: strerror(code)))", mend: "chmod 700 \(directory)", code: code)
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        var unfinished: [String] = []
        while let found = readdir(stream) {
            withUnsafeBytes(of: &found.pointee.d_name) { name in
                if let entry = Entry(name) {
                    entries.append(entry)
                } else if name[0] == UInt8(ascii: "."), let entry = Entry(UnsafeRawBufferPointer(rebasing: name[1...])) {
                    unfinished.append(".\(entry.name)")
                }
            }
        }
        return (entries.sorted(), unfinished)
    }

    // MARK: - What had to go

    private var droppedPath: String { "\(directory)/dropped" }
    /// Then it says "at least".
    private static let mostCounted = 1 << 20

    /// A byte for each: appending is atomic, adding to a number in a file is not.
    private func countDropped(_ count: Int) {
        guard let descriptor = try? PrivateFile.open(droppedPath, O_WRONLY | O_CREAT | O_APPEND) else { return }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_size < Self.mostCounted else { return }
        let marks = [UInt8](repeating: UInt8(ascii: "."), count: count)
        _ = write(descriptor, marks, count)
    }

    private func takeDropped() -> Int {
        // Renamed first: what is counted from here on goes into a new file.
        let taken = "\(directory)/.dropped-taken"
        guard rename(droppedPath, taken) == 0 else { return 0 }
        var info = stat()
        let count = lstat(taken, &info) == 0 ? Int(info.st_size) : 0
        unlink(taken)
        return count
    }

    private func isOld(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && time(nil) - info.modified > 60
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension stat {
    #if canImport(Glibc)
    fileprivate var modified: Int { st_mtim.tv_sec }
    #else
    fileprivate var modified: Int { st_mtimespec.tv_sec }
    #endif
}

extension HookSpool.Entry {
    /// Only what `name` writes, up to the first zero. By bytes: a full spool has a thousand names, and texts made of them took 8 ms.
    fileprivate init?(_ name: UnsafeRawBufferPointer) {
        var at = 0
        func hexadecimal(_ digits: Int) -> UInt64? {
            guard at + digits < name.count else { return nil }
            var value: UInt64 = 0
            for byte in name[at..<(at + digits)] {
                switch byte {
                case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
                case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
                default: return nil
                }
            }
            guard name[at + digits] == UInt8(ascii: "-") else { return nil }
            at += digits + 1
            return value
        }
        guard let time = hexadecimal(16), let pid = hexadecimal(8) else { return nil }
        let digits = name[at...].prefix { $0 != 0 }
        guard (1...9).contains(digits.count), digits.first != 0x30, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(time: time, pid: UInt32(pid), size: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
}
