import ReeveModel

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a command reads, as a descriptor that has it all: a pipe would have to be fed, and ends its writer when the reader goes first.
enum StandardInput {
    static func open(_ bytes: [UInt8]?) throws -> FileDescriptor {
        guard let bytes else { return try FileDescriptor.open("/dev/null", .readOnly) }
        var path = Array("/tmp/reeve-input.XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw failure(errno) }
        let file = FileDescriptor(rawValue: descriptor)
        do {
            // Without a name nobody else can open it, and nothing is left if we end here.
            guard unlink(path) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw failure(errno) }
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }

    private static func failure(_ code: Int32) -> ReeveError {
        .unavailable("no temporary file can be written: \(String(cString: strerror(code)))", hint: "make room in /tmp")
    }
}
