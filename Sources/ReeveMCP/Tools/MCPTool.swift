import ReeveJSON
package import ReeveModel
import ReeveWire

/// What a tool says: to the agent, which reads it and goes on from there.
package struct MCPToolResult: Sendable, Hashable {
    package var text: String
    package var isError = false

    package init(_ text: String) { self.text = text }

    /// What is wrong, and what to do next.
    package init(_ error: ReeveError) {
        let place = error.path.map { $0.isEmpty || $0 == "$" ? "" : " (\($0))" } ?? ""
        text = error.message + place + (error.hint.map { "\n\($0)" } ?? "")
        isError = true
    }
}

/// A tool: what a client is told of it, and what it does.
package struct MCPTool: Sendable {
    package var name: String
    var title: String
    var description: String
    /// It changes nothing: clients may let an agent call it without asking.
    var isReading: Bool
    /// A JSON Schema as JSON.
    var schema: [UInt8]
    /// - Parameter arguments: an object; nil when there are none.
    let call: @Sendable (JSONView?, MCPDesk) throws(ReeveError) -> String

    init<Arguments: WireObject>(
        _ name: String, title: String, isReading: Bool = false, _ description: String, _ arguments: Arguments.Type,
        _ body: @escaping @Sendable (Arguments, MCPDesk) throws(ReeveError) -> String
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.isReading = isReading
        var writer = JSONWriter()
        OpenRPC.object(MethodDescription.members(Arguments.self), isClosed: true, to: &writer)
        schema = writer.bytes
        call = { (view, desk) throws(ReeveError) in
            guard let view else { return try body(try Self.none(Arguments.self), desk) }
            return try body(try Arguments(reading: view), desk)
        }
    }

    private static func none<Arguments: WireObject>(_ type: Arguments.Type) throws(ReeveError) -> Arguments {
        if let missing = Arguments.fields.first(where: \.isRequired) {
            throw .invalid(".\(missing.name)", "the argument is missing", hint: missing.note)
        }
        return Arguments()
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in [("name", name), ("title", title), ("description", description)] {
            writer.key(name)
            writer.value(value)
        }
        writer.key("inputSchema")
        writer.raw(schema)
        writer.key("annotations")
        writer.beginObject()
        writer.key("readOnlyHint")
        writer.value(isReading)
        if !isReading {
            writer.key("destructiveHint")
            writer.value(false)
        }
        writer.key("openWorldHint")
        writer.value(false)
        writer.endObject()
        writer.endObject()
    }
}
