import Foundation
import ReeveJSON
import ReeveMCP
import ReeveModel
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The server as a client has it: two pipes, and a process — here a thread — that ends when the first is closed.
final class Conversation: @unchecked Sendable {  // the buffer belongs to `reader`; the descriptors never change
    private let toServer: Int32
    private let fromServer: Int32
    private var buffer: [UInt8] = []
    private let reader = DispatchQueue(label: "conversation")
    private let isOver = DispatchSemaphore(value: 0)

    static func with(
        socket: String = "/nonexistent/reeve.sock", ticket: String? = "FEAT-1", launch: String? = "L",
        patience: Duration? = nil, _ body: (Conversation) async throws -> Void
    ) async throws {
        let surroundings = MCPDesk.Surroundings(socket: .success(socket), ticket: ticket, launch: launch)
        let conversation = try Conversation(MCPDesk(surroundings, patience: patience))
        do { try await body(conversation) } catch {
            conversation.hangUp()
            throw error
        }
        conversation.hangUp()
        await conversation.end()
    }

    /// After `initialize` with this version.
    static func initialized(
        _ version: String = "2025-11-25", socket: String = "/nonexistent/reeve.sock", ticket: String? = "FEAT-1",
        patience: Duration? = nil, _ body: (Conversation) async throws -> Void
    ) async throws {
        try await with(socket: socket, ticket: ticket, patience: patience) { talk in
            let answer = try await talk.ask(
                #"{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"\#(version)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
            )
            #expect(answer.member("result")?.member("protocolVersion")?.string == version)
            talk.send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            try await body(talk)
        }
    }

    private init(_ desk: MCPDesk) throws {
        signal(SIGPIPE, SIG_IGN)
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        try #require(pipe(&input) == 0 && pipe(&output) == 0)
        toServer = input[1]
        fromServer = output[0]
        let (theirInput, theirOutput) = (input[0], output[1])
        Thread { [isOver] in
            MCPPipes.serve(desk: desk, version: "0.1.0", input: theirInput, output: theirOutput)
            close(theirInput)
            close(theirOutput)
            isOver.signal()
        }.start()
    }

    private let hasHungUp = Mutex(false)
    deinit { close(fromServer) }

    func hangUp() {
        hasHungUp.withLock { done in
            if !done { close(toServer) }
            done = true
        }
    }

    private func end() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            reader.async { [isOver] in
                // Bounds a failure only.
                #expect(isOver.wait(timeout: .now() + 60) == .success)
                continuation.resume()
            }
        }
    }

    func send(_ text: String) { send(Array(text.utf8) + [10]) }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(toServer, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            offset += count
        }
    }

    struct Ended: Error {}

    /// The next message; throws `Ended` at the end of the output.
    func next() async throws -> JSONView {
        let line = await withCheckedContinuation { continuation in
            reader.async { continuation.resume(returning: self.readLine()) }
        }
        guard let line else { throw Ended() }
        return try JSONDocument(line).root
    }

    /// Sends, and reads one message.
    func ask(_ text: String) async throws -> JSONView {
        send(text)
        return try await next()
    }

    /// Nothing has been said but what was read: the answer to a ping is the next one. For revisions that have `ping`.
    func expectSilence(_ place: SourceLocation = #_sourceLocation) async throws {
        let answer = try await ask(#"{"jsonrpc":"2.0","id":"silence","method":"ping"}"#)
        #expect(answer.member("id")?.string == "silence", sourceLocation: place)
    }

    private func readLine() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = read(fromServer, &chunk, chunk.count)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}

extension JSONView {
    var errorCode: Int64? { member("error")?.member("code")?.integer }
    var text: String { member("result")?.member("content")?.items.first?.member("text")?.string ?? "" }
    var isToolError: Bool? { member("result")?.member("isError")?.boolean }
    var json: String { String(decoding: raw, as: UTF8.self) }
}

enum Line {
    static func call(_ id: Int, _ tool: String, _ arguments: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
    }

    /// Of the revision without a handshake.
    static func modern(_ id: Int, _ method: String, _ params: String = "", version: String = "2026-07-28") -> String {
        let meta =
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"\#(version)","io.modelcontextprotocol/clientCapabilities":{}}"#
        return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(meta)\#(params.isEmpty ? "" : ",")\#(params)}}"#
    }
}

/// The next answer is this error.
func expectError(
    _ code: Int64, _ place: SourceLocation = #_sourceLocation, _ body: () async throws -> JSONView
) async throws {
    let found = try await body().errorCode
    #expect(found == code, sourceLocation: place)
}

/// What is awaited is this.
func expect<Value: Equatable>(
    _ value: Value?, _ place: SourceLocation = #_sourceLocation, _ body: () async throws -> Value?
) async throws {
    let found = try await body()
    #expect(found == value, sourceLocation: place)
}
