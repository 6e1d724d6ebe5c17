package import ReeveJSON
package import ReeveModel

/// A JSON object with known members. Its list of fields is the only description: reading, writing, the OpenRPC document and
/// `docs/protocol.md` all come from it.
package protocol WireObject: WireCodable {
    init()
    static var fields: [Field<Self>] { get }
}

/// One member of an object.
package struct Field<Root>: Sendable {
    package let name: String
    package let isRequired: Bool
    let type: any WireCodable.Type
    /// Worked out when asked for: only the documents want it, and every program has the fields.
    package var schema: Schema { type.schema }
    package let note: String
    package let constraint: String?
    private let fallbackText: (@Sendable () -> String)?
    /// The value that an absent member stands for, as JSON.
    package var fallback: String? { fallbackText?() }
    /// For hints: "priority: P0 to P3; P2 when absent".
    var description: String {
        let parts = [note, constraint, fallback.map { "\($0) when absent" }].compactMap(\.self)
        return "\(name): \(parts.joined(separator: "; "))"
    }
    let read: @Sendable (inout Root, JSONView) throws(ReeveError) -> Void
    let write: @Sendable (Root, inout JSONWriter) -> Void

    /// A member that must be there.
    package static func required<Value: WireCodable>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ note: String, _ rule: Rule<Value> = .any
    ) -> Field {
        Field(
            name: name, isRequired: true, type: Value.self, note: note, constraint: rule.text, fallbackText: nil,
            read: { root, view throws(ReeveError) in root[keyPath: path] = try rule.read(view) },
            write: { root, writer in
                writer.key(name)
                root[keyPath: path].write(to: &writer)
            })
    }

    /// A member that may be absent; then it is nil, and nil is not sent.
    package static func optional<Value: WireCodable>(
        _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ note: String, _ rule: Rule<Value> = .any
    ) -> Field {
        Field(
            name: name, isRequired: false, type: Value.self, note: note, constraint: rule.text, fallbackText: nil,
            read: { root, view throws(ReeveError) in root[keyPath: path] = try rule.read(view) },
            write: { root, writer in
                guard let value = root[keyPath: path] else { return }
                writer.key(name)
                value.write(to: &writer)
            })
    }
}

extension Field where Root: WireObject {
    /// A member that may be absent; then it has the value that `Root()` gives it.
    package static func defaulted<Value: WireCodable>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ note: String, _ rule: Rule<Value> = .any
    ) -> Field {
        return Field(
            name: name, isRequired: false, type: Value.self, note: note, constraint: rule.text,
            fallbackText: {
                var writer = JSONWriter(capacity: 16)
                Root()[keyPath: path].write(to: &writer)
                return writer.text
            },
            read: { root, view throws(ReeveError) in root[keyPath: path] = try rule.read(view) },
            write: { root, writer in
                writer.key(name)
                root[keyPath: path].write(to: &writer)
            })
    }
}

/// A constraint on a value beyond its type.
package struct Rule<Value: WireCodable>: Sendable {
    let text: String?
    let fault: @Sendable (Value) -> RuleFault?

    package static var any: Rule { Rule(text: nil) { _ in nil } }

    func read(_ view: JSONView) throws(ReeveError) -> Value {
        let value = try Value(reading: view)
        if let fault = fault(value) { throw .invalid(fault.path, fault.message) }
        return value
    }
}

/// What is wrong with a value; written as a plain text where that is all there is to say.
package struct RuleFault: ExpressibleByStringInterpolation {
    /// Where inside the value: `[3]`; empty for the value itself.
    package var path = ""
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
    package init(stringLiteral value: String) { message = value }
}

extension Rule<String> {
    /// Length in UTF-8 bytes.
    package static func bytes(_ range: ClosedRange<Int>) -> Rule {
        Rule(text: "\(range.lowerBound)–\(range.upperBound) bytes") { text in
            range.contains(text.utf8.count)
                ? nil : "\(text.utf8.count) bytes; allowed are \(range.lowerBound) to \(range.upperBound)"
        }
    }

    /// One line for people: bounded, and without control characters.
    package static func line(_ range: ClosedRange<Int>) -> Rule {
        Rule(text: "\(range.lowerBound)–\(range.upperBound) bytes, one line") { text in
            if let fault = bytes(range).fault(text) { return fault }
            let isControl = text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
            return isControl ? "control characters are not allowed here" : nil
        }
    }

    package static var safeName: Rule {
        Rule(text: SafeName.rule) { SafeName.isValid($0) ? nil : "not a valid name: \(SafeName.rule)" }
    }

    /// An absolute path without control characters and without `#`, which tmux would expand.
    package static var directory: Rule {
        Rule(text: "an absolute path") { text in
            guard text.hasPrefix("/"), text.utf8.count <= 4096 else { return "not an absolute path" }
            return text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? "control characters are not allowed here" : nil
        }
    }
}

extension Rule<Int> {
    package static func range(_ range: ClosedRange<Int>) -> Rule {
        Rule(text: "\(range.lowerBound)–\(range.upperBound)") {
            range.contains($0) ? nil : "\($0) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

extension Rule<Double> {
    package static func range(_ range: ClosedRange<Double>) -> Rule {
        Rule(text: "\(range.lowerBound)–\(range.upperBound)") {
            range.contains($0) ? nil : "\($0) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

extension Rule<Int64> {
    package static var notNegative: Rule { Rule(text: "≥ 0") { $0 >= 0 ? nil : "must not be negative" } }
}

extension Rule<[String]> {
    package static func count(_ range: ClosedRange<Int>, each rule: Rule<String>) -> Rule {
        Rule(text: "\(range.lowerBound)–\(range.upperBound) items" + (rule.text.map { ", each \($0)" } ?? "")) { items in
            guard range.contains(items.count) else {
                return "\(items.count) items; allowed are \(range.lowerBound) to \(range.upperBound)"
            }
            for (index, item) in items.enumerated() {
                if let fault = rule.fault(item) { return RuleFault(path: "[\(index)]\(fault.path)", message: fault.message) }
            }
            return nil
        }
    }
}

extension WireObject {
    package static var schema: Schema { .object(_typeName(Self.self, qualified: false)) }

    package init(reading view: JSONView) throws(ReeveError) { self = try Self(reading: view, alsoAllowing: nil) }

    /// Reads an object whose members are exactly the fields, plus one that somebody else has taken care of.
    package init(reading view: JSONView, alsoAllowing extra: String?) throws(ReeveError) {
        guard view.kind == .object else { throw wrongType("an object", view) }
        self.init()
        let fields = Self.fields
        var seen: UInt64 = 0
        var hasExtra = false
        members: for (key, value) in view.members {
            for (index, field) in fields.enumerated() where key.equals(field.name) {
                guard seen & (1 << index) == 0 else {
                    throw .invalid(".\(field.name)", "the member is there twice", hint: "leave one of them out")
                }
                seen |= 1 << index
                do throws(ReeveError) { try field.read(&self, value) } catch {
                    throw error.inside(".\(field.name)").hinting(field.description)
                }
                continue members
            }
            if let extra, key.equals(extra) {
                guard !hasExtra else { throw .invalid(".\(extra)", "the member is there twice", hint: "leave one of them out") }
                hasExtra = true
                continue
            }
            let name = key.string ?? ""
            throw .invalid(
                ".\(name.prefix(64))", "unknown member",
                hint: NearestName.hint(name, in: fields.map(\.name))
                    ?? (fields.isEmpty ? "there are none here" : "known: \(fields.map(\.name).joined(separator: ", "))"))
        }
        for (index, field) in fields.enumerated() where field.isRequired && seen & (1 << index) == 0 {
            throw .invalid(".\(field.name)", "the member is missing", hint: field.description)
        }
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for field in Self.fields { field.write(self, &writer) }
        writer.endObject()
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

/// No members.
package struct Empty: WireObject, Equatable {
    package init() {}
    package static let fields: [Field<Empty>] = []
}
