import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of the person's, in the person's directories: it is not ours, may be open to others, and may be a link that a manager of dotfiles
/// has made. `Ownership` has the files that are Reeve's.
struct PersonsFile: Sendable, Hashable {
    /// As it was asked for.
    var path: String
    /// Where it is, every link resolved.
    var target: String
    /// The last part of `path` is a link.
    var isLink: Bool
    /// Nil when there is none.
    var bytes: [UInt8]?
    var mode: UInt32

    /// No settings file of a person is larger.
    static let largest = 4 << 20

    /// Reads a file whose place is `path`.
    /// - Parameter home: links may lead anywhere below these directories, and nowhere else.
    static func look(at path: String, within home: [String]) throws(ReeveError) -> PersonsFile {
        let shown = InertText.clean(path)
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw ReeveError(
                .invalidParams, "\(shown) is no absolute path", hint: "give HOME and the agent's directory as absolute paths")
        }
        var info = stat()
        let isLink = lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
        guard let target = resolved(path) else {
            if isLink {
                throw ReeveError(.conflict, "\(shown) is a link that leads nowhere", hint: "remove the link, then again")
            }
            throw ReeveError(
                .conflict, "the directory of \(shown) cannot be reached", hint: "see where its links lead: namei -l \(shown)")
        }
        let allowed = home.compactMap { resolved($0) }
        guard allowed.contains(where: { isInside(target, $0) }) else {
            throw ReeveError(
                .conflict, "\(shown) leads to \(InertText.clean(target)), which is outside of your home directory",
                hint: "change that file yourself, or put one in its place that is in your home directory")
        }
        var file = PersonsFile(path: path, target: target, isLink: isLink, bytes: nil, mode: 0o600)
        try file.read(shown)
        return file
    }

    private mutating func read(_ shown: String) throws(ReeveError) {
        let descriptor = open(target, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return try Self.checkDirectory(above: target) }
            throw Self.failure("read", shown)
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw Self.failure("look at", shown) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw ReeveError(.conflict, "\(shown) is no plain file", hint: "move it away, then again")
        }
        guard info.st_uid == geteuid() else {
            throw ReeveError(
                .conflict, "\(shown) belongs to another user (uid \(info.st_uid))", hint: "run this as its owner, or move it away"
            )
        }
        guard info.st_size <= Self.largest else {
            throw ReeveError(
                .tooLarge, "\(shown) has \(info.st_size) bytes; more than 4 MiB is not read", hint: "see what is in it")
        }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = readFile(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("read", shown)
            }
            text += chunk[..<count]
            guard text.count <= Self.largest else {
                throw ReeveError(.tooLarge, "\(shown) grows while it is read", hint: "again when nothing writes to it")
            }
        }
        bytes = text
        mode = UInt32(info.st_mode & 0o7777)
        try Self.checkDirectory(above: target)
    }

    // MARK: - Changing

    /// Puts other bytes in its place at once, with the mode it had; nil takes it away. Refused when it is no more what was read.
    func replace(with new: [UInt8]?, within home: [String]) throws(ReeveError) {
        let shown = InertText.clean(path)
        guard try Self.look(at: path, within: home) == self else {
            throw ReeveError(.conflict, "\(shown) has changed meanwhile; nothing of it was touched", hint: "run this again")
        }
        guard let new else {
            guard unlink(target) == 0 else { throw Self.failure("remove", shown) }
            return Self.sync(directoryOf: target)
        }
        try Self.makeDirectories(above: target)
        let temporary = try Self.write(new, beside: target, mode: mode, shown)
        // The last look before the exchange: an agent writes its settings too.
        guard (try? Self.look(at: path, within: home)) == self else {
            unlink(temporary)
            throw ReeveError(.conflict, "\(shown) has changed meanwhile; nothing of it was touched", hint: "run this again")
        }
        guard rename(temporary, target) == 0 else {
            let error = Self.failure("replace", shown)
            unlink(temporary)
            throw error
        }
        Self.sync(directoryOf: target)
    }

    /// Keeps what is in it in a file of its own beside it, unless there is one: that is older and worth more.
    func keep(as backup: String) throws(ReeveError) {
        var info = stat()
        guard let bytes, lstat(backup, &info) != 0 else { return }
        let shown = InertText.clean(backup)
        let temporary = try Self.write(bytes, beside: backup, mode: 0o600, shown)
        defer { unlink(temporary) }
        // Not `rename`, which would replace one that somebody has made meanwhile.
        if link(temporary, backup) != 0, errno != EEXIST {
            // A file system without hard links.
            guard errno == EPERM || errno == ENOTSUP, rename(temporary, backup) == 0 else { throw Self.failure("make", shown) }
        }
        Self.sync(directoryOf: backup)
    }

    private static func write(_ bytes: [UInt8], beside target: String, mode: UInt32, _ shown: String) throws(ReeveError) -> String
    {
        let name = target.split(separator: "/").last.map(String.init) ?? "file"
        let temporary = "\(directory(of: target))/.\(name).reeve-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", shown) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { writeFile(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                let error = failure("write", shown)
                unlink(temporary)
                throw error
            }
        }
        guard fchmod(descriptor, mode_t(mode)) == 0, fsync(descriptor) == 0 else {
            let error = failure("write", shown)
            unlink(temporary)
            throw error
        }
        return temporary
    }

    // MARK: - Places

    /// The place with every link resolved; what is not there yet is put behind what is. Nil: something on the way leads nowhere.
    static func resolved(_ path: String) -> String? {
        var missing: [Substring] = []
        var parts = path.split(separator: "/")
        var info = stat()
        while true {
            let place = "/" + parts.joined(separator: "/")
            if let found = real(place) {
                if missing.isEmpty { return found }
                guard stat(found, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else { return nil }
                return (found == "/" ? "" : found) + "/" + missing.reversed().joined(separator: "/")
            }
            guard lstat(place, &info) != 0, errno == ENOENT, let last = parts.popLast(), last != "..", last != "." else {
                return nil
            }
            missing.append(last)
        }
    }

    /// The directory, or the nearest one above it that is there: it must be this user's, or another could exchange what is in it.
    private static func checkDirectory(above target: String) throws(ReeveError) {
        var place = directory(of: target)
        var info = stat()
        while stat(place, &info) != 0, place.count > 1 { place = directory(of: place) }
        guard info.st_uid == geteuid() else {
            throw ReeveError(
                .conflict, "\(InertText.clean(place)) belongs to another user (uid \(info.st_uid))", hint: "run this as its owner"
            )
        }
    }

    private static func makeDirectories(above target: String) throws(ReeveError) {
        var place = ""
        for part in directory(of: target).split(separator: "/") {
            place += "/\(part)"
            guard mkdir(place, 0o700) == 0 || errno == EEXIST || access(place, F_OK) == 0 else {
                throw failure("make", InertText.clean(place))
            }
        }
    }

    static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func directory(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    private static func isInside(_ path: String, _ directory: String) -> Bool {
        directory == "/" || path == directory || path.hasPrefix(directory + "/")
    }

    private static func sync(directoryOf path: String) {
        let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ verb: String, _ shown: String) -> ReeveError {
        let code = errno
        let hint =
            switch code {
            case ENOSPC, EDQUOT: "make room"
            case EROFS: "its file system cannot be written to"
            default: "it and its directory must be yours and let you in"
            }
        return .unavailable("cannot \(verb) \(shown): \(String(cString: strerror(code)))", hint: hint)
    }
}

// The C functions, whose names the type's own hide.
private func readFile(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int { read(descriptor, &buffer, count) }
private func writeFile(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
