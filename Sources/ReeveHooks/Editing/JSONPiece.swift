package import ReeveJSON

/// What is put into a JSON text: a value that is not written yet, because how it is written depends on where it goes.
package indirect enum JSONPiece: Sendable, Hashable {
    case object([Member])
    case array([JSONPiece])
    case string(String)
    case number(Int64)

    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSONPiece

        package init(_ name: String, _ value: JSONPiece) {
            self.name = name
            self.value = value
        }
    }

    /// Whether a text says the same, however it is written and in whatever order its members are.
    package func isSaid(by view: JSONView) -> Bool {
        guard let own = try? JSONDocument(bytes(.compact)) else { return false }
        return own.root.fingerprint == view.fingerprint
    }

    func bytes(_ layout: JSONLayout) -> [UInt8] {
        switch self {
        case .object(let members):
            layout.container("{", "}", members.map { Self.quoted($0.name) + layout.colon + $0.value.bytes(layout.inner) })
        case .array(let items): layout.container("[", "]", items.map { $0.bytes(layout.inner) })
        case .string(let text): Self.quoted(text)
        case .number(let number): Array(String(number).utf8)
        }
    }

    static func quoted(_ text: String) -> [UInt8] {
        var writer = JSONWriter(capacity: text.utf8.count + 2)
        writer.value(text)
        return writer.bytes
    }
}
