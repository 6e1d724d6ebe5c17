import Dispatch
import ReeveJSON
import ReeveModel
import Synchronization

/// The Model Context Protocol, without its pipes: lines in, lines out.
///
/// Everything but tools is answered at once by whoever brings the line. Tools ask the daemon and may take a while: they are carried out one
/// after another, in the order of their requests, beside that. So a client that pings meanwhile is answered, and one that cancels is heard.
package final class MCPServer: Sendable {
    /// Calls that wait or are carried out.
    static let mostCalls = 64

    private struct State {
        /// What `initialize` has agreed on.
        var version: MCPVersion?
        /// Tool calls that are not answered yet; true when somebody has cancelled them.
        var calls: [MCPID: Bool] = [:]
    }

    private let state = Mutex(State())
    private let desk: MCPDesk
    private let server: MCPReply.Server
    private let write: @Sendable ([UInt8]) -> Void
    private let worker = DispatchQueue(label: "reeve.mcp.tools")
    private let work = DispatchGroup()

    /// - Parameter write: takes a message without its newline, from any thread.
    package init(desk: MCPDesk, version: String, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.desk = desk
        self.write = write
        server = MCPReply.Server(version: version)
    }

    private var version: MCPVersion? { state.withLock(\.version) }
    private var nullID: Bool { version?.wantsNullID ?? true }

    // MARK: Lines

    /// Takes one line, without its newline.
    package func receive(_ line: [UInt8]) {
        guard line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { return }
        let root: JSONView
        do throws(ReeveError) { root = try JSONDocument(line).root } catch {
            return refuse(MCPError(.parseError, error.message))
        }
        guard root.kind == .array else { return handle(MCPMessage(root), MCPOutput(write: write)) }
        guard let version, version.allowsBatches else {
            return refuse(MCPError(.invalidRequest, "batches are not part of this revision of the protocol"))
        }
        guard root.count > 0 else { return refuse(MCPError(.invalidRequest, "an empty batch")) }
        let output = MCPOutput(batchOf: root.count, write: write)
        for item in root.items { handle(MCPMessage(item), output) }
    }

    /// A line that was longer than the limit; what was in it is gone.
    package func receiveTooLong(limit: Int) {
        refuse(MCPError(.invalidRequest, "a message is at most \(limit) bytes; this one was skipped"))
    }

    /// Returns when all calls have been answered, at the latest after `limit`.
    package func finish(within limit: Duration) {
        _ = work.wait(timeout: .now() + .milliseconds(Int(limit.milliseconds)))
    }

    private func refuse(_ error: MCPError) { write(MCPReply.error(error, id: nil, nullID: nullID)) }

    // MARK: Messages

    private func handle(_ message: MCPMessage, _ output: MCPOutput) {
        switch message {
        case .response: output.settle(nil)
        case .notification(let method, let params):
            if method == "notifications/cancelled", let id = params?.member("requestId").flatMap({ MCPID($0) }) { cancel(id) }
            output.settle(nil)
        case .invalid(let id, let error): output.settle(MCPReply.error(error, id: id, nullID: nullID))
        case .request(let id, let method, let params):
            do throws(MCPError) {
                if try isPerRequest(params) {
                    try answer(id, method, params, modern: server, output)
                } else {
                    try answerWithHandshake(id, method, params, output)
                }
            } catch {
                output.settle(MCPReply.error(error, id: id, nullID: nullID))
            }
        }
    }

    /// Whether the request says which revision it is of, and all else that such a request has to say.
    private func isPerRequest(_ params: JSONView?) throws(MCPError) -> Bool {
        let meta = params?.member("_meta")
        guard let asked = meta?.member(MCPVersion.Key.version) else { return false }
        guard let word = asked.string else { throw MCPError(.invalidParams, "\(MCPVersion.Key.version) must be a string") }
        guard let version = MCPVersion(rawValue: word), MCPVersion.perRequest.contains(version) else {
            throw MCPError(.unsupportedVersion, "Unsupported protocol version", requested: String(word.prefix(64)))
        }
        guard meta?.member(MCPVersion.Key.capabilities)?.kind == .object else {
            throw MCPError(.invalidParams, "_meta has no \(MCPVersion.Key.capabilities)")
        }
        return true
    }

    private func answerWithHandshake(
        _ id: MCPID, _ method: String, _ params: JSONView?, _ output: MCPOutput
    ) throws(MCPError) {
        switch method {
        case "initialize": output.settle(try initialize(id, params))
        case "ping": output.settle(MCPReply.result(id, modern: nil) { _ in })
        default:
            guard version != nil else {
                let known = (MCPVersion.withHandshake + MCPVersion.perRequest).map(\.rawValue).sorted().joined(separator: ", ")
                throw MCPError(
                    .invalidParams,
                    "send initialize first, or say the protocol version in _meta (\(MCPVersion.Key.version)); known are \(known)")
            }
            try answer(id, method, params, modern: nil, output)
        }
    }

    private func initialize(_ id: MCPID, _ params: JSONView?) throws(MCPError) -> [UInt8] {
        guard let asked = params?.member("protocolVersion")?.string else {
            throw MCPError(.invalidParams, "initialize has no protocolVersion")
        }
        for name in ["capabilities", "clientInfo"] {
            if let member = params?.member(name), member.kind != .object {
                throw MCPError(.invalidParams, "\(name) must be an object")
            }
        }
        // What we do not know, or what has no handshake, is answered with the newest that we both may know.
        let agreed = MCPVersion.withHandshake.first { $0.rawValue == asked } ?? MCPVersion.withHandshake[0]
        let isFirst = state.withLock { state in
            guard state.version == nil else { return false }
            state.version = agreed
            return true
        }
        guard isFirst else { throw MCPError(.invalidRequest, "initialize has been answered already") }
        return MCPReply.result(id, modern: nil) { writer in
            writer.key("protocolVersion")
            writer.value(agreed.rawValue)
            writeCapabilities(to: &writer)
            writer.key("serverInfo")
            server.write(to: &writer)
            writer.key("instructions")
            writer.value(Self.instructions)
        }
    }

    /// - Parameter modern: for a request that carried its revision.
    private func answer(
        _ id: MCPID, _ method: String, _ params: JSONView?, modern: MCPReply.Server?, _ output: MCPOutput
    ) throws(MCPError) {
        switch (method, modern != nil) {
        case ("tools/list", _):
            // There is one page, so nobody can have been given a cursor.
            guard params?.member("cursor") == nil else { throw MCPError(.invalidParams, "there is no such cursor") }
            output.settle(
                MCPReply.result(id, modern: modern) { writer in
                    writer.key("tools")
                    writer.beginArray()
                    for tool in MCPTools.all { tool.write(to: &writer) }
                    writer.endArray()
                    if modern != nil { writeCaching(to: &writer) }
                })
        case ("tools/call", _): try call(id, params, modern: modern, output)
        case ("server/discover", true):
            output.settle(
                MCPReply.result(id, modern: modern) { writer in
                    writer.key("supportedVersions")
                    MCPReply.write(MCPVersion.perRequest, to: &writer)
                    writeCapabilities(to: &writer)
                    writer.key("instructions")
                    writer.value(Self.instructions)
                    writeCaching(to: &writer)
                })
        default: throw MCPError(.methodNotFound, "no method '\(InertText.clean(String(method.prefix(64))))'")
        }
    }

    private func writeCapabilities(to writer: inout JSONWriter) {
        writer.key("capabilities")
        writer.beginObject()
        writer.key("tools")
        writer.beginObject()
        writer.endObject()
        writer.endObject()
    }

    /// The tools are the same for everybody, and change only with this program.
    private func writeCaching(to writer: inout JSONWriter) {
        writer.key("ttlMs")
        writer.value(Int64(3_600_000))
        writer.key("cacheScope")
        writer.value("public")
    }

    private static let instructions = """
        You work on a ticket for a person who is not watching all the time. Read it with ticket and step. Say what you are at with status, \
        how far with progress, what you found with log. When you cannot go on, ask; when you have finished, report.
        """

    // MARK: Tools

    private func call(_ id: MCPID, _ params: JSONView?, modern: MCPReply.Server?, _ output: MCPOutput) throws(MCPError) {
        guard let name = params?.member("name")?.string else { throw MCPError(.invalidParams, "tools/call has no name") }
        guard let tool = MCPTools.all.first(where: { $0.name == name }) else {
            throw MCPError(.invalidParams, "Unknown tool: \(InertText.clean(String(name.prefix(64))))")
        }
        let arguments = params?.member("arguments")
        guard arguments == nil || arguments?.kind == .object else {
            throw MCPError(.invalidParams, "arguments must be an object")
        }
        enum Place { case taken, full, free }
        let place = state.withLock { state -> Place in
            if state.calls[id] != nil { return .taken }
            if state.calls.count >= Self.mostCalls { return .full }
            state.calls[id] = false
            return .free
        }
        switch place {
        case .taken: throw MCPError(.invalidRequest, "a request with this id is being carried out")
        case .full:
            let busy = ReeveError(.busy, "\(Self.mostCalls) calls wait already", hint: "wait for their results first")
            output.settle(MCPReply.toolResult(MCPToolResult(busy), id, modern: modern))
        case .free:
            worker.async(group: work) { [self] in
                let result = isCancelled(id) ? nil : carryOut(tool, arguments)
                // Looked at again: it may have been cancelled meanwhile, and must not be answered then.
                let answer = end(id) ? nil : result.map { MCPReply.toolResult($0, id, modern: modern) }
                output.settle(answer)
            }
        }
    }

    private func carryOut(_ tool: MCPTool, _ arguments: JSONView?) -> MCPToolResult {
        do throws(ReeveError) { return MCPToolResult(try tool.call(arguments, desk)) } catch { return MCPToolResult(error) }
    }

    /// What is done cannot be undone; what waits is not begun, and neither is answered.
    private func cancel(_ id: MCPID) { state.withLock { if $0.calls[id] != nil { $0.calls[id] = true } } }
    private func isCancelled(_ id: MCPID) -> Bool { state.withLock { $0.calls[id] ?? false } }
    /// Forgets the call. True when it was cancelled.
    private func end(_ id: MCPID) -> Bool { state.withLock { $0.calls.removeValue(forKey: id) ?? false } }
}
