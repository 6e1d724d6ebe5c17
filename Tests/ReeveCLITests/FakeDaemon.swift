import Foundation
import ReeveJSON
import ReeveTestSupport
import ReeveWire
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A socket that answers as it is told, for the real `reeve`: what no daemon does on request, such as to say nothing.
final class FakeDaemon: Sendable {
    /// The lines to send for a request: its method, its params, its id.
    typealias Script = @Sendable (_ method: String, _ params: String, _ id: String) -> [String]

    let scratch: Scratch
    private let listener: Int32
    private let script: Script
    private let seen = Mutex<[(method: String, params: String)]>([])

    var socket: String { "\(scratch.path)/control.sock" }
    var requests: [(method: String, params: String)] { seen.withLock { $0 } }

    /// Runs `body` with a daemon whose every method has the result that `results` gives; one without is never answered.
    static func with(_ results: [String: String], _ body: (FakeDaemon) async throws -> Void) async throws {
        try await with({ method, _, id in results[method].map { [#"{"id":\#(id),"result":\#($0)}"#] } ?? [] }, body)
    }

    static func with(_ script: @escaping Script, _ body: (FakeDaemon) async throws -> Void) async throws {
        let daemon = try FakeDaemon(script)
        defer { daemon.end() }
        try await body(daemon)
    }

    private init(_ script: @escaping Script) throws {
        self.script = script
        scratch = try Scratch()
        listener = unixSocket()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array("\(scratch.path)/control.sock".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 16) == 0)
        Thread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    private func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        scratch.remove()
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let n = read(connection, &chunk, chunk.count), n > 0 {
            buffer += chunk[..<n]
            while let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                guard let view = try? JSONDocument(line).root, let method = view.member("method")?.string else { return }
                let params = view.member("params").map { String(decoding: $0.raw, as: UTF8.self) } ?? "{}"
                seen.withLock { $0.append((method, params)) }
                for answer in script(method, params, view.member("id")?.integer.map(String.init) ?? "null") {
                    let bytes = Array((answer + "\n").utf8)
                    guard send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
                }
            }
        }
    }
}

private func unixSocket() -> Int32 { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }

/// What a program has printed and ended with.
typealias Ran = ProgramRun

extension ProgramRun {
    /// Runs a program with the least that a program needs, and this.
    static func program(_ arguments: [String], _ environment: [String: String] = [:]) async -> Ran {
        let least = ["PATH": "\(Programs.directory):/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
        return await of(arguments, environment: least.merging(environment) { $1 })
    }

    static func reeve(_ arguments: String..., environment: [String: String] = [:]) async -> Ran {
        await program([Programs.path("reeve")] + arguments, environment)
    }

    /// What `reeve doctor` says in the end: it gives a daemon two seconds for an answer, and a busy machine takes longer.
    static func doctor(
        _ arguments: String..., environment: [String: String], until isExpected: (Ran) -> Bool
    ) async -> Ran {
        var said = Ran.notRun
        _ = await eventually {
            said = await program([Programs.path("reeve"), "doctor"] + arguments, environment)
            return isExpected(said)
        }
        return said
    }

    /// A shell's line; `$REEVE` is the program.
    static func shell(_ line: String, _ environment: [String: String] = [:]) async -> Ran {
        await program(
            ["/bin/bash", "--norc", "-c", line], ["REEVE": Programs.path("reeve")].merging(environment) { $1 })
    }
}

/// Answers as a daemon gives them.
enum Answer {
    static let status = #"""
        {"version":"0.1.0","pid":1,"startedAt":"2026-01-02T03:04:05.678Z","paused":false,"counts":{"queued":0,"running":0,"waiting":0,"review":0,"done":0,"failed":0,"cancelled":0,"lost":0},"retries":{"waiting":0,"down":0,"downTickets":[]},"brakes":[],"backends":[{"name":"tmux","state":"up","detail":"tmux 9.9, pid 7"}],"cursor":0}
        """#

    static func ticket(_ id: String, _ state: String) -> String {
        #"{"id":"\#(id)","title":"x","type":"TASK","agent":"mine","priority":"P2","state":"\#(state)","createdAt":"2026-01-02T03:04:05.678Z","attempts":0}"#
    }
}
