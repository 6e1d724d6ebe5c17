/// The text that `select-layout` takes and `#{window_layout}` prints, e.g. `e121,200x50,0,0{100x50,0,0,0,99x50,101,0,1}`.
///
/// Four hexadecimal digits of a checksum, then cells: `WIDTHxHEIGHT,LEFT,TOP` and the number of the pane, or the children in `{}` (side
/// by side) or `[]` (stacked). tmux ignores the numbers and gives the cells to the panes by their indexes; a cell without a number is
/// taken as well. (Checked with tmux 3.3a.)
package enum TmuxLayoutText {
    /// A cell of this number is written without one.
    static let unnumbered = -1

    package static func write(_ tree: PaneLayoutTree) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        append(tree, to: &bytes)
        let checksum = String(checksum(bytes), radix: 16)
        return String(repeating: "0", count: 4 - checksum.count) + checksum + "," + String(decoding: bytes, as: UTF8.self)
    }

    /// 16 bits, turned right by one before each byte is added.
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0) { sum, byte in ((sum >> 1) | (sum << 15)) &+ UInt16(byte) }
    }

    private static func append(_ tree: PaneLayoutTree, to bytes: inout [UInt8]) {
        let cell = tree.rectangle
        append(cell.width, to: &bytes)
        bytes.append(UInt8(ascii: "x"))
        append(cell.height, to: &bytes)
        for number in [cell.left, cell.top] {
            bytes.append(UInt8(ascii: ","))
            append(number, to: &bytes)
        }
        switch tree {
        case .pane(let pane, _):
            guard pane != unnumbered else { return }
            bytes.append(UInt8(ascii: ","))
            append(pane, to: &bytes)
        case .split(let direction, _, let children):
            bytes.append(UInt8(ascii: direction == .sideBySide ? "{" : "["))
            for (index, child) in children.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(child, to: &bytes)
            }
            bytes.append(UInt8(ascii: direction == .sideBySide ? "}" : "]"))
        }
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        if number >= 10 { append(number / 10, to: &bytes) }
        bytes.append(UInt8(48 + number % 10))
    }

    /// A layout's text back to its cells. Nil if the checksum is wrong, the text is not a layout, or its cells do not fill each other.
    package static func read(_ text: String) -> PaneLayoutTree? {
        let bytes = Array(text.utf8)
        guard bytes.count > 5, bytes[4] == UInt8(ascii: ","),
            let sum = UInt16(String(decoding: bytes[0..<4], as: UTF8.self), radix: 16), sum == checksum(bytes[5...])
        else { return nil }
        var reader = Reader(bytes: bytes, place: 5)
        guard let tree = reader.cell(depth: 0), reader.place == bytes.count else { return nil }
        return tree
    }

    private struct Reader {
        /// More than any window has panes.
        static let deepest = PaneWindow.mostPanes
        let bytes: [UInt8]
        var place: Int

        mutating func take(_ byte: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: byte) else { return false }
            place += 1
            return true
        }

        mutating func number() -> Int? {
            let start = place
            var value = 0
            while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57, place - start < 10 {
                value = value * 10 + Int(bytes[place] - 48)
                place += 1
            }
            return place > start ? value : nil
        }

        mutating func cell(depth: Int) -> PaneLayoutTree? {
            guard depth < Self.deepest, let width = number(), take("x"), let height = number(), take(","), let left = number(),
                take(","), let top = number()
            else { return nil }
            let rectangle = PaneRectangle(left: left, top: top, width: width, height: height)
            if take("{") { return children(.sideBySide, in: rectangle, until: "}", depth: depth) }
            if take("[") { return children(.stacked, in: rectangle, until: "]", depth: depth) }
            let here = place
            // A comma may also lead to the next cell, which has an x behind its first number.
            guard take(","), let pane = number(), place == bytes.count || bytes[place] != UInt8(ascii: "x") else {
                place = here
                return .pane(unnumbered, rectangle)
            }
            return .pane(pane, rectangle)
        }

        mutating func children(
            _ direction: PaneDirection, in area: PaneRectangle, until end: Unicode.Scalar, depth: Int
        ) -> PaneLayoutTree? {
            var result: [PaneLayoutTree] = []
            var next = direction == .sideBySide ? area.left : area.top
            repeat {
                guard let child = cell(depth: depth + 1) else { return nil }
                let cell = child.rectangle
                let fits =
                    direction == .sideBySide
                    ? cell.left == next && cell.top == area.top && cell.height == area.height
                    : cell.top == next && cell.left == area.left && cell.width == area.width
                guard fits else { return nil }
                next = (direction == .sideBySide ? cell.right : cell.bottom) + 1
                result.append(child)
            } while take(",")
            guard take(end), result.count > 1, next - 1 == (direction == .sideBySide ? area.right : area.bottom) else {
                return nil
            }
            return .joined(direction, result)
        }
    }
}
