package import ReeveModel
package import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A plain blocking client of the control socket. No event loop: a command asks one thing and waits for it, and has to be quick to start.
package final class ControlClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var nextID = 1
    private var waitingEvents: [JSONView] = []

    /// - Throws: `unreachable` when nobody listens at `path`.
    package init(path: String) throws(ReeveError) {
        #if canImport(Glibc)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard descriptor >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw ReeveError(.unreachable, "the socket path is too long: \(path)", hint: "107 bytes is the limit")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            throw ReeveError(
                .unreachable, "no daemon answers at \(path): \(String(cString: strerror(errno)))",
                hint: "systemctl --user start reeve, or reeved in another terminal")
        }
    }

    deinit { close(descriptor) }

    /// Calls a method and waits for its answer.
    package func call<M: WireMethod>(_ method: M.Type, _ params: M.Params) throws(ReeveError) -> M.Result {
        try M.Result(reading: try request(M.name, params.json))
    }

    /// The result as it came; `params` is JSON.
    package func request(_ method: String, _ params: [UInt8]) throws(ReeveError) -> JSONView {
        let id = nextID
        nextID += 1
        var writer = JSONWriter(capacity: params.count + 64)
        writer.beginObject()
        writer.key("id")
        writer.value(Int64(id))
        writer.key("method")
        writer.value(method)
        writer.key("params")
        writer.raw(params)
        writer.endObject()
        try send(writer.bytes + [10])
        while true {
            let answer = try readLine()
            if answer.member("method") != nil, answer.member("id") == nil {
                waitingEvents.append(answer)
                continue
            }
            if let error = answer.member("error") { throw Response.readError(error) }
            guard answer.member("id")?.integer == Int64(id), let result = answer.member("result") else { continue }
            return result
        }
    }

    /// The next notification; waits for it.
    package func nextNotification() throws(ReeveError) -> JSONView {
        if !waitingEvents.isEmpty { return waitingEvents.removeFirst() }
        while true {
            let line = try readLine()
            if line.member("method") != nil { return line }
        }
    }

    private func send(_ bytes: [UInt8]) throws(ReeveError) {
        var offset = 0
        while offset < bytes.count {
            #if canImport(Glibc)
            let n = bytes[offset...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            #else
            let n = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if n > 0 { offset += n } else if errno != EINTR { throw Self.hungUp }
        }
    }

    private func readLine() throws(ReeveError) -> JSONView {
        var scanned = 0
        while true {
            if let end = buffer[scanned...].firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return try JSONDocument(line).root
            }
            scanned = buffer.count
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let n = read(descriptor, &chunk, chunk.count)
            if n > 0 { buffer += chunk[..<n] } else if n == 0 || errno != EINTR { throw Self.hungUp }
        }
    }

    private static let hungUp = ReeveError(
        .unreachable, "the daemon closed the connection", hint: "what was asked may have happened; look before you ask again")
}
