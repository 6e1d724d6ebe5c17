package import ReeveJSON

/// Surgery on a JSON text: something is put in or taken out, and every other byte stays.
///
/// What was put in can be taken out again without a record of what was there before, also when other parts were edited meanwhile. The
/// text itself says which of the containers are ours:
///
/// - Into a container with something in it, a piece goes to the end, behind a comma. Taking it out takes the comma with it.
/// - A container that is empty keeps what is in it (spaces, line breaks), then a space, then the piece, and nothing before its closing
///   bracket: `{}` becomes `{ "a": 1}`. Nobody else writes it so, thus it is known to have been there, and empty.
/// - What contains nothing but the piece and looks otherwise was made for it, and goes with it.
///
/// A program that writes the whole file anew in its own layout takes those marks away; then an empty container counts as made for it.
package struct JSONEdit: Sendable {
    package private(set) var bytes: [UInt8]
    package private(set) var root: JSONView

    package init(_ bytes: [UInt8]) throws(JSONDocument.Fault) {
        root = try JSONDocument(scanning: bytes).root
        self.bytes = bytes
    }

    /// Adds a member at the end. The name must not be there yet.
    package mutating func add(_ name: String, _ value: JSONPiece, to object: JSONView) {
        put(in: object) { layout in JSONPiece.quoted(name) + layout.colon + value.bytes(layout) }
    }

    /// Adds an item at the end.
    package mutating func append(_ item: JSONPiece, to array: JSONView) { put(in: array) { layout in item.bytes(layout) } }

    /// Writes another value in the place of one.
    package mutating func replace(_ view: JSONView, with piece: JSONPiece) {
        var layout = JSONLayout(of: root)
        layout.lines?.indentation = JSONLayout.indentation(at: view.range.lowerBound, in: bytes)
        if !bytes[view.range].contains(10) { layout.lines = nil }
        splice(view.range, piece.bytes(layout))
    }

    /// Takes out the child at `index`, with its comma.
    /// - Returns: what is left of the container.
    @discardableResult
    package mutating func remove(_ index: Int, from container: JSONView) -> Remainder {
        let children = container.children
        let child = children[index]
        if index > 0 {
            splice(children[index - 1].upperBound..<child.upperBound, [])
            return .others
        }
        if children.count > 1 {
            splice(child.lowerBound..<children[1].lowerBound, [])
            return .others
        }
        let before = bytes[(container.range.lowerBound + 1)..<child.lowerBound]
        let wasThere = before.last == 32 && child.upperBound == container.range.upperBound - 1
        let inside = (container.range.lowerBound + 1)..<(container.range.upperBound - 1)
        splice(inside, wasThere ? Array(before.dropLast()) : [])
        return wasThere ? .emptyAsBefore : .empty
    }

    package enum Remainder: Sendable, Hashable {
        /// Something of somebody else's is in it.
        case others
        /// It was made for what is gone.
        case empty
        /// It was there before, empty.
        case emptyAsBefore
    }

    private mutating func put(in container: JSONView, _ text: (JSONLayout) -> [UInt8]) {
        var layout = JSONLayout(of: root)
        let children = container.children
        let below = JSONLayout.indentation(at: container.range.lowerBound, in: bytes) + (layout.lines?.unit ?? [])
        guard let last = children.last else {
            layout.lines?.indentation = below
            let end = container.range.upperBound - 1
            return splice(end..<end, [32] + text(layout))
        }
        // As the child before it was put where it is.
        let start = children.count > 1 ? children[children.count - 2].upperBound : container.range.lowerBound + 1
        let before = bytes[start..<last.lowerBound]
        if let line = before.lastIndex(of: 10) {
            layout.lines?.indentation = Array(before[(line + 1)...].prefix(while: JSONLayout.isBlank))
        } else if bytes[last].contains(10) {
            layout.lines?.indentation = below
        } else {
            layout.lines = nil
        }
        let separator = layout.lines.map { $0.end + $0.indentation } ?? layout.gap
        splice(last.upperBound..<last.upperBound, [UInt8(ascii: ",")] + separator + text(layout))
    }

    /// What results is JSON again: pieces are written here, and what is cut is whole values with their commas.
    private mutating func splice(_ range: Range<Int>, _ replacement: [UInt8]) {
        var changed = bytes
        changed.replaceSubrange(range, with: replacement)
        guard let document = try? JSONDocument(scanning: changed) else {
            preconditionFailure("an edit has made what is not JSON out of what was")
        }
        bytes = changed
        root = document.root
    }
}
