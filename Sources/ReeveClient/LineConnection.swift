import ReeveJSON
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The socket: lines out, lines in, each with a deadline.
final class LineConnection {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    /// Called five times a second while an answer is waited for.
    var onWait: (() -> Void)?

    /// - Throws: `unreachable` when nobody listens at `path`.
    init(path: String, within patience: Duration) throws(ReeveError) {
        self.path = path
        #if canImport(Glibc)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        guard descriptor >= 0 else {
            throw ReeveError(.unavailable, "no socket can be made: \(String(cString: strerror(errno)))")
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw ReeveError(.unreachable, "the socket path is too long: \(path)", hint: "107 bytes is the limit")
        }
        guard !bytes.isEmpty else {
            // The kernel would take it for an abstract name of 108 zeros.
            throw ReeveError(.unreachable, "the socket path is empty", hint: "look at --socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // connect() blocks while the queue of a daemon that does not accept is full; this bounds it.
        var limit = timeval(tv_sec: Int(max(1, patience.components.seconds)), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        while true {
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if connected == 0 { break }
            if errno == EINTR { continue }
            if errno == EAGAIN { throw silent }
            throw ReeveError(
                .unreachable, "no daemon answers at \(path): \(String(cString: strerror(errno)))",
                hint: "systemctl --user start reeve, or reeved in another terminal")
        }
    }

    /// A connection that is there already; closed with this.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func send(_ bytes: [UInt8], until deadline: Deadline) throws(ReeveError) {
        var offset = 0
        while offset < bytes.count {
            guard try wait(for: Int16(POLLOUT), until: deadline) else { throw silent }
            #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let n = bytes[offset...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            #else
            let n = bytes[offset...].withUnsafeBytes { Darwin.send(descriptor, $0.baseAddress, $0.count, MSG_DONTWAIT) }
            #endif
            if n > 0 { offset += n } else if errno != EINTR, errno != EAGAIN { throw Self.hungUp }
        }
    }

    func readLine(until deadline: Deadline) throws(ReeveError) -> JSONView {
        var scanned = 0
        while true {
            if let line = try line(from: &scanned) { return line }
            guard try wait(for: Int16(POLLIN), until: deadline) else { throw silent }
            try fill()
        }
    }

    /// Nil when `output` has lost its reader before a line came.
    func readLine(whileOpen output: Int32) throws(ReeveError) -> JSONView? {
        var scanned = 0
        while true {
            if let line = try line(from: &scanned) { return line }
            var ends = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: output, events: 0, revents: 0),
            ]
            guard poll(&ends, 2, -1) > 0 else { continue }
            if ends[0].revents != 0 { try fill() } else if ends[1].revents != 0 { return nil }
        }
    }

    /// Whether it is ready; false when the time is over.
    private func wait(for events: Int16, until deadline: Deadline) throws(ReeveError) -> Bool {
        while true {
            var end = pollfd(fd: descriptor, events: events, revents: 0)
            let left = deadline.milliseconds
            let slice = onWait == nil ? left : left < 0 ? 200 : min(left, 200)
            let ready = poll(&end, 1, slice)
            if ready > 0 { return true }
            if ready == 0 { onWait?() }
            // Looked at once more even when the time is over: after Ctrl+Z and `fg` the answer may have been there for long.
            if ready == 0, left == 0 { return false }
            if ready < 0, errno != EINTR { throw Self.hungUp }
        }
    }

    private func fill() throws(ReeveError) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let n = read(descriptor, &chunk, chunk.count)
        if n > 0 { buffer += chunk[..<n] } else if n == 0 || errno != EINTR && errno != EAGAIN { throw Self.hungUp }
    }

    private func line(from scanned: inout Int) throws(ReeveError) -> JSONView? {
        guard let end = buffer[scanned...].firstIndex(of: 10) else {
            scanned = buffer.count
            return nil
        }
        let line = Array(buffer[..<end])
        buffer.removeFirst(end + 1)
        scanned = 0
        do throws(ReeveError) { return try JSONDocument(line).root } catch {
            throw ReeveError(
                .unreachable, "what answers at \(path) is no reeved: \(error.message)", hint: "look at --socket and REEVE_SOCKET")
        }
    }

    private var silent: ReeveError {
        ReeveError(
            .unreachable, "the daemon does not answer at \(path)",
            hint: "systemctl --user status reeve says whether it runs; one that was stopped goes on after kill -CONT PID")
    }

    private static let hungUp = ReeveError(
        .unreachable, "the daemon closed the connection", hint: "what was asked may have happened; look before you ask again")
}
