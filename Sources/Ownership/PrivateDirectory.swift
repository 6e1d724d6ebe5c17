#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Directories that hold what is nobody else's business.
package enum PrivateDirectory {
    /// Makes `path` with mode 0700 if nothing is there, and refuses what somebody else could have prepared: a link, another's, one that is
    /// open. Its parent must be there.
    package static func prepare(_ path: String) throws(Refusal) {
        let isNew = mkdir(path, 0o700) == 0
        if !isNew, errno != EEXIST { throw failure("make", path) }
        // The very one that is looked at is the one that gets the mode.
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        // One that may not be read is looked at all the same.
        guard descriptor >= 0 else { return try check(path) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("look at", path) }
        // Whatever the umask took away; never more than was asked for.
        if isNew, info.st_uid == geteuid(), fchmod(descriptor, 0o700) == 0 { info.st_mode = info.st_mode & ~0o7777 | 0o700 }
        try check(info, path)
    }

    /// Refuses what is no directory of ours, or is open to others.
    package static func check(_ path: String) throws(Refusal) {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw failure("look at", path) }
        try check(info, path)
    }

    private static func check(_ info: stat, _ path: String) throws(Refusal) {
        switch info.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFLNK:
            throw Refusal(
                "\(path) is no directory but a link, which is not followed",
                mend: "give the directory itself, or look where the link leads, then: rm \(quoted(path))")
        default: throw Refusal("\(path) is no directory", mend: "move it away")
        }
        guard info.st_uid == geteuid() else {
            throw Refusal("\(path) belongs to another user (uid \(info.st_uid))", mend: "give a directory of your own")
        }
        guard info.st_mode & 0o077 == 0 else {
            throw Refusal(
                "\(path) is open to others (mode \(octal(info.st_mode)))",
                mend: "look what is in it, then: chmod 700 \(quoted(path))")
        }
    }

    private static func failure(_ verb: String, _ path: String) -> Refusal {
        let code = errno
        return Refusal(
            "cannot \(verb) \(path): \(String(cString: strerror(code)))", mend: "give a directory below one of yours", code: code)
    }
}
