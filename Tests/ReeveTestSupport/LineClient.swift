import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A plain blocking client of lines.
package final class LineClient: @unchecked Sendable {  // `buffer` belongs to `reader`; the descriptor never changes
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Reading blocks, and the test's own threads are the server's too.
    private let reader = DispatchQueue(label: "line client")
    private let writer = DispatchQueue(label: "line client, sending")

    package struct NotConnected: Error {}

    package init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let end = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw NotConnected() }
        // Bounds a failure; under a sanitizer everything takes its time.
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let n = bytes[offset...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard n > 0 else { return false }
            offset += n
        }
        return true
    }

    package func ask(_ line: String) async -> String? {
        flood(line + "\n", times: 1)
        return await self.line()
    }

    /// Sends without waiting, one text after another: a server that does not read blocks the sender.
    package func flood(_ text: String, times: Int, thenHalfClose: Bool = false) {
        flood(Array(text.utf8), times: times, thenHalfClose: thenHalfClose)
    }

    package func flood(_ bytes: [UInt8], times: Int = 1, thenHalfClose: Bool = false) {
        writer.async { [self] in
            for _ in 0..<times where !send(bytes) { return }
            if thenHalfClose { halfClose() }
        }
    }

    /// Sends for as long as the socket takes it without waiting.
    package func fill(with text: String) {
        let bytes = Array(text.utf8)
        while bytes.withUnsafeBytes({
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }) == bytes.count {}
    }

    /// The next line; nil at the end of the stream.
    package func line() async -> String? {
        await withCheckedContinuation { continuation in reader.async { continuation.resume(returning: self.readLine()) } }
    }

    private func readLine() -> String? {
        var scanned = 0
        while true {
            if let end = buffer[scanned...].firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            scanned = buffer.count
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let n = read(descriptor, &chunk, chunk.count)
            guard n > 0 else { return nil }
            buffer += chunk[..<n]
        }
    }

    package func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }
    package func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
