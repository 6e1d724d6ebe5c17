package import ReeveJSON
package import ReeveModel

/// A value of the wire: it can be read, written and described. Errors are `invalid_params` with a path that each level extends.
package protocol WireCodable: Sendable {
    static var schema: Schema { get }
    init(reading view: JSONView) throws(ReeveError)
    func write(to writer: inout JSONWriter)
}

/// What a value looks like, for `rpc.discover` and `docs/protocol.md`.
package indirect enum Schema: Sendable, Equatable {
    case string, integer, number, boolean
    case oneOf([String])
    case array(Schema)
    case map(Schema)
    /// A named shape, described by its own fields.
    case object(String)
    /// An event's data: its shape depends on the event's kind.
    case anything
}

func wrongType(_ expected: String, _ view: JSONView) -> ReeveError {
    .invalid("", "expected \(expected), found \(view.kindName)")
}

extension String: WireCodable {
    package static var schema: Schema { .string }
    package init(reading view: JSONView) throws(ReeveError) {
        guard let text = view.string else { throw wrongType("a string", view) }
        // A NUL can reach neither an argument vector, nor a file name, nor a terminal's buffer.
        guard !text.utf8.contains(0) else { throw .invalid("", "a NUL character") }
        self = text
    }
    package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int64: WireCodable {
    package static var schema: Schema { .integer }
    package init(reading view: JSONView) throws(ReeveError) {
        guard view.kind == .number else { throw wrongType("an integer", view) }
        guard let value = view.integer else { throw .invalid("", "expected an integer of 64 bits") }
        self = value
    }
    package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int: WireCodable {
    package static var schema: Schema { .integer }
    package init(reading view: JSONView) throws(ReeveError) { self = Int(try Int64(reading: view)) }
    package func write(to writer: inout JSONWriter) { writer.value(Int64(self)) }
}

/// A number that need not be whole. Never infinite: JSON has no word for that.
extension Double: WireCodable {
    package static var schema: Schema { .number }
    package init(reading view: JSONView) throws(ReeveError) {
        guard view.kind == .number else { throw wrongType("a number", view) }
        guard let value = Double(String(decoding: view.raw, as: UTF8.self)), value.isFinite else {
            throw .invalid("", "expected a number of 64 bits")
        }
        self = value
    }
    package func write(to writer: inout JSONWriter) { writer.raw(description.utf8) }
}

extension Bool: WireCodable {
    package static var schema: Schema { .boolean }
    package init(reading view: JSONView) throws(ReeveError) {
        guard let value = view.boolean else { throw wrongType("true or false", view) }
        self = value
    }
    package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Array: WireCodable where Element: WireCodable {
    package static var schema: Schema { .array(Element.schema) }
    package init(reading view: JSONView) throws(ReeveError) {
        guard view.kind == .array else { throw wrongType("an array", view) }
        self = []
        reserveCapacity(view.count)
        for (index, item) in view.items.enumerated() {
            do throws(ReeveError) { append(try Element(reading: item)) } catch { throw error.inside("[\(index)]") }
        }
    }
    package func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.write(to: &writer) }
        writer.endArray()
    }
}

extension Dictionary: WireCodable where Key == String, Value: WireCodable {
    package static var schema: Schema { .map(Value.schema) }
    package init(reading view: JSONView) throws(ReeveError) {
        guard view.kind == .object else { throw wrongType("an object", view) }
        self = [:]
        for (key, value) in view.members {
            let name = try String(reading: key)
            guard self[name] == nil else { throw .invalid(".\(name)", "the member is there twice") }
            do throws(ReeveError) { self[name] = try Value(reading: value) } catch { throw error.inside(".\(name)") }
        }
    }
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            value.write(to: &writer)
        }
        writer.endObject()
    }
}

/// An enum whose raw values are the words of the wire.
package protocol WireWord: WireCodable, RawRepresentable, CaseIterable where RawValue == String {}

extension WireWord {
    package static var schema: Schema { .oneOf(allCases.map(\.rawValue)) }
    package init(reading view: JSONView) throws(ReeveError) {
        let word = try String(reading: view)
        guard let value = Self(rawValue: word) else {
            let words = Self.allCases.map(\.rawValue)
            throw .invalid(
                "", "'\(word.prefix(64))' is none of \(words.joined(separator: ", "))", hint: NearestName.hint(word, in: words))
        }
        self = value
    }
    package func write(to writer: inout JSONWriter) { writer.value(rawValue) }
}

extension ReeveError {
    /// The same fault, seen from one level further out.
    func inside(_ step: String) -> ReeveError {
        var outer = self
        outer.path = step + (path ?? "")
        return outer
    }
}
