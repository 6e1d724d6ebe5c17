import ReeveJSON

/// How a text is written where a piece goes: on lines of its own with that indentation, or in one line.
struct JSONLayout {
    /// Nil: everything in one line.
    var lines: Lines?
    /// What stands between a name and its value, with the colon.
    var colon: [UInt8] = Array(": ".utf8)
    /// What stands after a comma in one line.
    var gap: [UInt8] = []

    struct Lines {
        /// `\n` or `\r\n`.
        var end: [UInt8]
        /// Of the line on which the value begins.
        var indentation: [UInt8]
        /// One level of it.
        var unit: [UInt8]
    }

    static let compact = JSONLayout(lines: nil, colon: Array(":".utf8))

    /// That of what is inside a container which is written so.
    var inner: JSONLayout {
        var copy = self
        if let lines { copy.lines?.indentation = lines.indentation + lines.unit }
        return copy
    }

    func container(_ open: String, _ close: String, _ parts: [[UInt8]]) -> [UInt8] {
        let opening = Array(open.utf8)
        let closing = Array(close.utf8)
        guard !parts.isEmpty else { return opening + closing }
        guard let lines else { return opening + Array(parts.joined(separator: [UInt8(ascii: ",")] + gap)) + closing }
        let next = lines.end + lines.indentation + lines.unit
        return opening + next + Array(parts.joined(separator: [UInt8(ascii: ",")] + next)) + lines.end + lines.indentation
            + closing
    }
}

extension JSONLayout {
    /// That of a whole text, as far as it shows it.
    init(of root: JSONView) {
        let bytes = root.document.bytes
        if root.count == 0 || bytes[root.range].contains(10) {
            let end: [UInt8] = bytes.firstIndex(of: 10).map { $0 > 0 && bytes[$0 - 1] == 13 } == true ? [13, 10] : [10]
            lines = Lines(end: end, indentation: [], unit: Self.firstIndentation(bytes) ?? Array("  ".utf8))
        }
        if let (key, value) = root.members.first(where: { _ in true }) {
            let written = bytes[key.range.upperBound..<value.range.lowerBound]
            // Somebody who breaks lines or aligns values there gets what everybody writes.
            if written.count <= 3, !written.contains(10) { colon = Array(written) }
        }
        // `{"a": 1, "b": 2}` has a space behind the comma, `{"a":1,"b":2}` none; with one member the colon says which it would be.
        gap = colon.last == 32 ? [32] : []
    }

    private static func firstIndentation(_ bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            rest = rest[(end + 1)...]
            let indentation = rest.prefix(while: isBlank)
            if !indentation.isEmpty { return Array(indentation) }
        }
        return nil
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    /// How far the line is indented on which `offset` is.
    static func indentation(at offset: Int, in bytes: [UInt8]) -> [UInt8] {
        let start = bytes[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? 0
        return Array(bytes[start..<offset].prefix(while: isBlank))
    }
}

extension JSONView {
    /// Where the members (each with its name) or items are.
    var children: [Range<Int>] {
        kind == .object ? members.map { $0.key.range.lowerBound..<$0.value.range.upperBound } : items.map(\.range)
    }
}
