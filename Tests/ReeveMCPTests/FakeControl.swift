import Dispatch
import Foundation
import ReeveJSON
import ReeveTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A control socket that answers as it is told.
final class FakeControl: Sendable {
    /// The result of a method as JSON, or an error member: `#"error":{…}`; nil is never answered.
    typealias Script = @Sendable (_ method: String, _ params: String) -> String?

    private let scratch: Scratch
    private let listener: Int32
    private let script: Script
    private let seen = Mutex<[(method: String, params: String)]>([])

    var socket: String { "\(scratch.path)/c.sock" }
    var requests: [(method: String, params: String)] { seen.withLock { $0 } }

    static func with(_ script: @escaping Script, _ body: (FakeControl) async throws -> Void) async throws {
        let control = try FakeControl(script)
        defer { control.end() }
        try await body(control)
    }

    private init(_ script: @escaping Script) throws {
        self.script = script
        scratch = try Scratch()
        #if canImport(Glibc)
        listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        listener = Darwin.socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(scratch.path)/c.sock".utf8)) }
        let end = listener
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
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
        shutdown(listener, Int32(2))
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
                guard let answer = script(method, params) else { continue }
                let id = view.member("id")?.integer.map(String.init) ?? "null"
                let member = answer.hasPrefix(#""error""#) ? answer : #""result":\#(answer)"#
                let bytes = Array(#"{"id":\#(id),\#(member)}"#.utf8) + [10]
                guard write(connection, bytes, bytes.count) == bytes.count else { return }
            }
        }
    }
}

/// What an answer waits for, however long the conversation takes until then.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }
    /// Each opening lets one through.
    func wait() { semaphore.wait() }
}

/// Answers as a daemon gives them.
enum Answer {
    static let ticket =
        #"{"ticket":{"id":"FEAT-1","title":"Parse\u001b[2J it","body":"First\nsecond","type":"FEAT","agent":"claude","priority":"P2","state":"running","step":"code","createdAt":"2026-01-02T03:04:05.678Z","attempts":1}}"#
    static let step =
        #"{"step":"code","visit":2,"prompt":"Write the parser.","outputs":["code","test"],"doneWhen":["report","artifacts"],"artifacts":["*.swift"],"review":"pr","feedback":"too slow","next":"document"}"#
    static let steps =
        #"{"steps":[{"step":"plan","visit":1,"agent":"codex","outcome":"approved","summary":"A plan","files":["PLAN.md"],"verdict":"good","startedAt":"2026-01-02T03:04:05.678Z"},{"step":"code","visit":2,"agent":"claude","outcome":"running","startedAt":"2026-01-02T03:05:05.678Z"}]}"#
    static func agent(_ state: String, _ reason: String = "r") -> String {
        #"{"agent":{"ticket":"FEAT-1","kind":"claude","state":"\#(state)","reason":"\#(reason)","since":"2026-01-02T03:04:05.678Z","session":"op-FEAT-1","backend":"tmux","launch":"L","startedAt":"2026-01-02T03:04:05.678Z"}}"#
    }
    static let status = #"{"status":{"text":"building","tone":"info","time":"2026-01-02T03:04:05.678Z"}}"#
    static let progress = #"{"progress":{"percent":37,"time":"2026-01-02T03:04:05.678Z"}}"#
    static let line = #"{"line":{"number":7,"message":"m","tone":"neutral","time":"2026-01-02T03:04:05.678Z"}}"#

    /// All is well, and a ticket is told when the gate is opened.
    static func good(ticketsBehind gate: Gate) -> FakeControl.Script {
        { method, params in
            if method == "ticket.get" { gate.wait() }
            return good(method, params)
        }
    }

    /// All is well.
    @Sendable static func good(_ method: String, _ params: String) -> String? {
        switch method {
        case "ticket.get": ticket
        case "ticket.step": step
        case "ticket.steps": steps
        case "agent.report": agent("waiting", "question")
        case "metadata.status": status
        case "metadata.progress": progress
        case "metadata.log": line
        default: nil
        }
    }
}
