package import ReeveJSON
package import ReeveModel
package import ReeveWire

/// A plain blocking client of the control socket. No event loop: a command asks one thing and waits for it, and has to be quick
/// to start.
package final class ControlClient {
    private let connection: LineConnection
    private let patience: Duration?
    private var nextID = 1
    /// The last request is whole in the daemon's socket: one that is stopped reads it when it goes on.
    package private(set) var hasSent = false
    private var waitingEvents: [JSONView] = []

    /// - Parameter patience: the longest wait for an answer; where nil, `Patience` has one for each method.
    /// - Throws: `unreachable` when nobody listens at `path`.
    package init(path: String, patience: Duration? = nil) throws(ReeveError) {
        self.patience = patience
        connection = try LineConnection(path: path, within: patience ?? Patience.atOnce)
    }

    init(connection: LineConnection, patience: Duration? = nil) {
        self.patience = patience
        self.connection = connection
    }

    /// Called five times a second while an answer is waited for: to show that something happens.
    package func whileWaiting(_ body: (() -> Void)?) { connection.onWait = body }

    /// Calls a method and waits for its answer.
    package func call<M: WireMethod>(_ method: M.Type, _ params: M.Params) throws(ReeveError) -> M.Result {
        let answer = try request(M.name, params.json)
        do throws(ReeveError) { return try M.Result(reading: answer) } catch {
            // Not the caller's fault: an `invalid_params` would say so.
            throw ReeveError(
                .unavailable, "the daemon's answer to \(M.name) is not understood: \(error.message)",
                hint: "reeve --version and system.version should say the same; restart the daemon after an upgrade")
        }
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
        let deadline = Deadline(patience ?? Patience.of(method))
        hasSent = false
        do throws(ReeveError) { try connection.send(writer.bytes + [10], until: deadline) } catch {
            // A daemon that has no room for another connection says so and hangs up, before it has read anything.
            guard let refusal = try? connection.readLine(until: Deadline(.zero)).member("error") else { throw error }
            throw Response.readError(refusal)
        }
        hasSent = true
        while true {
            let answer = try connection.readLine(until: deadline)
            if answer.member("method") != nil, answer.member("id") == nil {
                waitingEvents.append(answer)
                continue
            }
            if let error = answer.member("error") { throw Response.readError(error) }
            guard answer.member("id")?.integer == Int64(id), let result = answer.member("result") else { continue }
            return result
        }
    }

    /// The next notification; waits for it however long it takes. Nil when nobody reads `output` any more (a pipe whose reader
    /// has ended): without that, a follower of a quiet daemon would stay behind for ever.
    package func nextNotification(whileOpen output: Int32) throws(ReeveError) -> JSONView? {
        if !waitingEvents.isEmpty { return waitingEvents.removeFirst() }
        while true {
            guard let line = try connection.readLine(whileOpen: output) else { return nil }
            if line.member("method") != nil { return line }
        }
    }
}
