import ReeveJSON
import ReeveModel

/// Answers as bytes, without their newline.
enum MCPReply {
    /// Who answers: as `serverInfo` everywhere.
    struct Server: Sendable {
        var name = "reeve"
        var title = "Reeve"
        var version: String

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            for (name, value) in [("name", name), ("title", title), ("version", version)] {
                writer.key(name)
                writer.value(value)
            }
            writer.endObject()
        }
    }

    /// - Parameter modern: of a request that carried its revision: the answer says what kind of result it is, and whose.
    static func result(_ id: MCPID, modern: Server?, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        begin(&writer)
        writer.key("id")
        id.write(to: &writer)
        writer.key("result")
        writer.beginObject()
        if let modern {
            writer.key("resultType")
            writer.value("complete")
            writer.key("_meta")
            writer.beginObject()
            writer.key(MCPVersion.Key.server)
            modern.write(to: &writer)
            writer.endObject()
        }
        members(&writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// - Parameter nullID: how an id that could not be read is written: as null, or not at all.
    static func error(_ error: MCPError, id: MCPID?, nullID: Bool) -> [UInt8] {
        var writer = JSONWriter()
        begin(&writer)
        if let id {
            writer.key("id")
            id.write(to: &writer)
        } else if nullID {
            writer.key("id")
            writer.raw("null".utf8)
        }
        writer.key("error")
        writer.beginObject()
        writer.key("code")
        writer.value(error.code.rawValue)
        writer.key("message")
        writer.value(error.message)
        if let requested = error.requested {
            writer.key("data")
            writer.beginObject()
            writer.key("supported")
            write(MCPVersion.perRequest, to: &writer)
            writer.key("requested")
            writer.value(requested)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    static func toolResult(_ result: MCPToolResult, _ id: MCPID, modern: Server?) -> [UInt8] {
        self.result(id, modern: modern) { writer in
            writer.key("content")
            writer.beginArray()
            writer.beginObject()
            writer.key("type")
            writer.value("text")
            writer.key("text")
            writer.value(InertText.clean(result.text, keepingLines: true))
            writer.endObject()
            writer.endArray()
            writer.key("isError")
            writer.value(result.isError)
        }
    }

    static func write(_ versions: [MCPVersion], to writer: inout JSONWriter) {
        writer.beginArray()
        for version in versions { writer.value(version.rawValue) }
        writer.endArray()
    }

    private static func begin(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("jsonrpc")
        writer.value("2.0")
    }
}
