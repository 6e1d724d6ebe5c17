import ReeveJSON
import ReeveModel
import ReeveWire
import Synchronization

/// A connection as somebody who can be asked: the server's own requests, on the connection that its peer made.
package protocol PeerLink: AnyObject, Sendable {
    /// Asks and waits for the answer, for as long as it takes; give up by cancelling.
    /// - Parameter params: the JSON of an object.
    /// - Returns: the JSON of the result.
    /// - Throws: the error that the peer answers with; `unavailable` once it has gone; `too_large` for what is no line of the protocol any more,
    ///   before anything of it is sent.
    func call(_ method: String, params: [UInt8]) async throws -> [UInt8]
    /// Returns when the peer has gone.
    func awaitGone() async
    var isGone: Bool { get }
}

/// The server's questions on one connection that have no answer yet.
final class PeerCalls: Sendable {
    /// Before the number: no id of a client's own looks like it by accident.
    private static let prefix = "h-"

    private struct State {
        var waiting: [String: Promise<[UInt8]>] = [:]
        var next = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private static let gone = ReeveError.unavailable("the other side has closed its connection")

    /// - Returns: the line to send, and where its answer will be.
    func begin(_ method: String, params: [UInt8]) throws -> (id: String, line: [UInt8], answer: Promise<[UInt8]>) {
        let answer = Promise<[UInt8]>()
        let id = try state.withLock { state in
            if state.isOver { throw Self.gone }
            state.next += 1
            let id = "\(Self.prefix)\(state.next)"
            state.waiting[id] = answer
            return id
        }
        var writer = JSONWriter(capacity: params.count + 96)
        writer.beginObject()
        for (key, text) in [("jsonrpc", "2.0"), ("id", id), ("method", method)] {
            writer.key(key)
            writer.value(text)
        }
        writer.key("params")
        writer.raw(params)
        writer.endObject()
        // The other side skips a longer line and answers nothing: nobody would ever know what has become of it.
        guard writer.bytes.count < LineFraming.longest else {
            state.withLock { _ = $0.waiting.removeValue(forKey: id) }
            throw ReeveError(
                .tooLarge, "what the other side is to be told has more than 1 MiB as a line",
                hint: "nothing was sent; make it shorter")
        }
        return (id, writer.bytes, answer)
    }

    /// Nobody waits any more.
    func abandon(_ id: String) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.settle(.failure(ReeveError(.timeout, "nobody waits any more")))
    }

    /// - Returns: false when this is no answer to anything that was asked here.
    func take(_ view: JSONView) -> Bool {
        guard view.kind == .object, view.member("method") == nil, let id = view.member("id")?.string, id.hasPrefix(Self.prefix)
        else { return false }
        let result: Result<[UInt8], ReeveError>
        if let value = view.member("result") {
            result = .success(Array(value.raw))
        } else if let error = view.member("error") {
            result = .failure(Response.readError(error))
        } else {
            return false
        }
        // An answer that comes too late is one all the same.
        state.withLock { $0.waiting.removeValue(forKey: id) }?.settle(result)
        return true
    }

    func end() {
        let waiting = state.withLock { state in
            defer {
                state.waiting = [:]
                state.isOver = true
            }
            return state.waiting
        }
        for answer in waiting.values { answer.settle(.failure(Self.gone)) }
    }
}
