package import ReeveJSON

/// The contract as an OpenRPC 1.3 document, from the same fields that read and write.
package enum OpenRPC {
    package static func document(version: String) -> RPCDiscover.Result {
        var result = RPCDiscover.Result()
        result.openrpc = "1.3.2"
        var info = JSONWriter()
        info.beginObject()
        info.key("title")
        info.value("Reeve control protocol")
        info.key("version")
        info.value(version)
        info.endObject()
        result.info = RawJSON(text: info.text)
        var methods = JSONWriter(capacity: 32_768)
        methods.beginArray()
        for method in MethodCatalog.all { write(method, to: &methods) }
        methods.endArray()
        result.methods = RawJSON(text: methods.text)
        var components = JSONWriter(capacity: 8192)
        components.beginObject()
        components.key("schemas")
        components.beginObject()
        for (name, members) in MethodCatalog.shapes {
            components.key(name)
            object(members, to: &components)
        }
        components.endObject()
        components.endObject()
        result.components = RawJSON(text: components.text)
        return result
    }

    private static func write(_ method: MethodDescription, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.value(method.name)
        writer.key("summary")
        writer.value(method.summary)
        writer.key("paramStructure")
        writer.value("by-name")
        writer.key("params")
        writer.beginArray()
        for member in method.params {
            writer.beginObject()
            writer.key("name")
            writer.value(member.name)
            writer.key("required")
            writer.value(member.isRequired)
            writer.key("description")
            writer.value(describe(member))
            writer.key("schema")
            schema(member, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("result")
        writer.beginObject()
        writer.key("name")
        writer.value("result")
        writer.key("schema")
        object(method.result, to: &writer)
        writer.endObject()
        writer.endObject()
    }

    /// A JSON Schema (2020-12) of an object.
    /// - Parameter isClosed: other members are refused; of answers none are promised to stay away.
    package static func object(_ members: [MethodDescription.Member], isClosed: Bool = false, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.value("object")
        writer.key("properties")
        writer.beginObject()
        for member in members {
            writer.key(member.name)
            schema(member, to: &writer)
        }
        writer.endObject()
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty {
            writer.key("required")
            required.write(to: &writer)
        }
        if isClosed {
            writer.key("additionalProperties")
            writer.value(false)
        }
        writer.endObject()
    }

    private static func describe(_ member: MethodDescription.Member) -> String {
        member.note + (member.constraint.map { " (\($0))" } ?? "")
    }

    private static func schema(_ member: MethodDescription.Member, to writer: inout JSONWriter) {
        writer.beginObject()
        write(member.schema, to: &writer)
        writer.key("description")
        writer.value(describe(member))
        if let fallback = member.fallback {
            writer.key("default")
            writer.raw(fallback.utf8)
        }
        writer.endObject()
    }

    /// The members that say what a value is, inside an object that the caller has begun.
    private static func write(_ schema: Schema, to writer: inout JSONWriter) {
        func type(_ name: String) {
            writer.key("type")
            writer.value(name)
        }
        switch schema {
        case .string: type("string")
        case .integer: type("integer")
        case .number: type("number")
        case .boolean: type("boolean")
        case .oneOf(let words):
            type("string")
            writer.key("enum")
            words.write(to: &writer)
        case .array(let element):
            type("array")
            writer.key("items")
            writer.beginObject()
            write(element, to: &writer)
            writer.endObject()
        case .map(let value):
            type("object")
            writer.key("additionalProperties")
            writer.beginObject()
            write(value, to: &writer)
            writer.endObject()
        case .object(let name):
            writer.key("$ref")
            writer.value("#/components/schemas/\(name)")
        case .anything: break
        }
    }
}
