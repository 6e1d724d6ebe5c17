import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Brings a finished file to where it is to stay: whole or not at all, through no link, and with nothing left behind on failure.
struct FileDelivery {
    var target: String
    /// A plain file that is there may be replaced.
    var replaces: Bool

    /// - Throws: `conflict` when the target is taken, before anything is done.
    func check() throws(ReeveError) {
        var info = stat()
        guard lstat(target, &info) == 0 else {
            guard errno == ENOENT else { throw cannot("look at") }
            return
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .conflict("\(target) is no plain file, and is not replaced", hint: "give another name")
        }
        guard replaces else { throw .conflict("\(target) is there already", hint: "give another name, or --force to replace it") }
    }

    /// The source is gone afterwards, whatever comes of it.
    func move(_ source: String) throws(ReeveError) {
        defer { unlink(source) }
        try check()
        if place(source) { return syncDirectory() }
        if errno == EEXIST { try check() }
        // Another file system, or one without hard links: a copy beside the target, and that one is put in place.
        let draft = "\(target).\(String(UInt64.random(in: .min ... .max), radix: 36)).part"
        defer { unlink(draft) }
        try copy(source, draft)
        if place(draft) { return syncDirectory() }
        if errno == EEXIST { try check() }
        if !replaces, errno == EPERM || errno == EOPNOTSUPP {
            // No hard links here: the name is taken by an empty file first.
            let claim = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if claim >= 0 {
                close(claim)
                if rename(draft, target) == 0 { return syncDirectory() }
            }
        }
        throw cannot("make")
    }

    /// `link` fails where `rename` would replace what somebody has put there meanwhile.
    private func place(_ file: String) -> Bool { replaces ? rename(file, target) == 0 : link(file, target) == 0 }

    private func copy(_ source: String, _ draft: String) throws(ReeveError) {
        let input = open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard input >= 0 else { throw cannot("read the copy for") }
        defer { close(input) }
        let output = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw cannot("make") }
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let n = read(input, &chunk, chunk.count)
            if n < 0, errno == EINTR { continue }
            guard n >= 0 else { throw cannot("read the copy for") }
            if n == 0 { break }
            var offset = 0
            while offset < n {
                let written = chunk[offset..<n].withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                if written < 0, errno == EINTR { continue }
                guard written >= 0 else { throw cannot("write") }
                offset += written
            }
        }
        guard fsync(output) == 0 else { throw cannot("write") }
    }

    private func syncDirectory() {
        let slash = target.lastIndex(of: "/") ?? target.startIndex
        let directory = open(slash == target.startIndex ? "/" : String(target[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private func cannot(_ verb: String) -> ReeveError {
        .unavailable(
            "cannot \(verb) \(target): \(String(cString: strerror(errno)))",
            hint: "nothing is left behind; give a FILE where you may write and where there is room")
    }
}
