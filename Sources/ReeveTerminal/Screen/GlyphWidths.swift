import CTerminalEmulator

/// How many columns a character takes on its own. The emulator is asked itself, in a small terminal that nobody sees: its tables are its
/// own and differ from version to version.
final class GlyphWidths {
    private let emulator: OpaquePointer
    private let screen: OpaquePointer
    private let state: OpaquePointer
    /// Whether what is erased keeps more of the pen than its colours; that differs between versions, too.
    let erasedKeepsAttributes: Bool
    /// Where the widths of each 256 characters stand, counted from one; zero if they have not been asked for.
    private var places = [UInt16](repeating: 0, count: Int(end >> 8))
    private var widths: [UInt8] = []

    /// Of the characters that are asked for: the first two planes. More would be memory that anybody's output may take.
    private static let end: UInt32 = 0x20000

    init?() {
        guard let emulator = vterm_new(1, 8) else { return nil }
        vterm_set_utf8(emulator, 1)
        self.emulator = emulator
        screen = vterm_obtain_screen(emulator)
        state = vterm_obtain_state(emulator)
        vterm_screen_reset(screen, 1)
        Self.write("\u{1B}[1m\u{1B}[2K\u{1B}[m", to: emulator)
        erasedKeepsAttributes = Self.cell(0, of: screen).attrs.bold != 0
    }

    deinit { vterm_free(emulator) }

    private static func write(_ text: String, to emulator: OpaquePointer) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { _ = vterm_input_write(emulator, $0.baseAddress, $0.count) }
        }
    }

    private static func cell(_ column: Int32, of screen: OpaquePointer) -> VTermScreenCell {
        var cell = VTermScreenCell()
        _ = vterm_screen_get_cell(screen, VTermPos(row: 0, col: column), &cell)
        return cell
    }

    /// One or two columns; nil for what joins the character before it, is no character, or is shown as another one.
    func width(_ scalar: UInt32) -> Int? {
        guard scalar < Self.end else { return nil }
        let block = Int(scalar >> 8)
        if places[block] == 0 { ask(block) }
        let width = widths[Int(places[block] - 1) << 8 + Int(scalar & 0xFF)]
        return width == 0 ? nil : Int(width)
    }

    private func ask(_ block: Int) {
        let first = UInt32(block) << 8
        let answers = (first..<first + 256).map(ask)
        widths += answers
        places[block] = UInt16(widths.count >> 8)
    }

    private func ask(_ value: UInt32) -> UInt8 {
        // Control characters do not get to the emulator.
        guard value >= 0xA0, let scalar = Unicode.Scalar(value) else { return 0 }
        Self.write("\r\u{1B}[2Ka\(Character(scalar))", to: emulator)
        var position = VTermPos()
        vterm_state_get_cursorpos(state, &position)
        let (before, cell) = (Self.cell(0, of: screen), Self.cell(1, of: screen))
        let width = position.col - 1
        guard width == 1 || width == 2, before.chars.1 == 0, cell.chars.0 == value, cell.chars.1 == 0, Int32(cell.width) == width
        else { return 0 }
        // Such a one is taken for half of a wide character where rows are made text of.
        return width == 1 && CellText.isWide(value) ? 0 : UInt8(width)
    }
}
