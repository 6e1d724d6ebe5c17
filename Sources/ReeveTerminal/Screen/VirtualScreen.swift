import CTerminalEmulator

/// What a terminal shows, as libvterm keeps it, and what has scrolled away.
///
/// A class because libvterm calls back with a pointer to it.
package final class VirtualScreen {
    private let emulator: OpaquePointer
    let screen: OpaquePointer
    let state: OpaquePointer
    private let callbacks: UnsafeMutablePointer<VTermScreenCallbacks>
    private(set) var columns: Int
    private(set) var rows: Int
    var filter: OutputFilter
    private(set) var showsCursor = true
    /// As `DECSCUSR` numbers it.
    private(set) var cursorShape = 0
    /// Rows that look different since somebody asked.
    private var changed: Set<Int> = []
    private var bells = 0
    /// What the emulator answers to the program's questions.
    private var answers: [UInt8] = []
    var scrollback: Scrollback
    /// The lines that scroll away are kept already.
    var isReplaying = false
    /// For tests: how many rows the emulator has not seen.
    var skippedRows = 0
    /// As the emulator has them, whatever the program has asked for.
    private(set) var isOnSecondBuffer = false
    private(set) var isReversed = false
    /// Not before something is asked of it: most terminals never see a flood.
    private(set) lazy var widths = GlyphWidths()
    /// Counts the writes; a part of the fingerprint.
    private var writes = 0
    private var shownWrites = 0

    /// Output of this size may skip the emulator, bytes.
    let flood: Int

    /// What the emulator gets at once, bytes; more if there is no place to cut.
    private static let piece = 4096

    /// - Parameters:
    ///   - columns: at least two: libvterm has no place for a wide character in one.
    ///   - flood: output of this size may skip the emulator, bytes.
    package init?(columns: Int, rows: Int, scrollback: Scrollback, flood: Int = 8192) {
        let columns = max(columns, 2)
        guard let emulator = vterm_new(Int32(rows), Int32(columns)) else { return nil }
        self.emulator = emulator
        self.columns = columns
        self.rows = rows
        self.scrollback = scrollback
        self.flood = max(flood, 1)
        filter = OutputFilter(columns: columns, rows: rows)
        vterm_set_utf8(emulator, 1)
        screen = vterm_obtain_screen(emulator)
        state = vterm_obtain_state(emulator)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: VTermScreenCallbacks())
        callbacks.pointee.damage = { rectangle, context in
            VirtualScreen.at(context)?.damage(Int(rectangle.start_row)..<Int(rectangle.end_row))
            return 1
        }
        callbacks.pointee.sb_pushline = { columns, cells, context in
            VirtualScreen.at(context)?.scrolledAway(UnsafeBufferPointer(start: cells, count: Int(columns)))
            return 1
        }
        callbacks.pointee.bell = { context in
            VirtualScreen.at(context)?.bells += 1
            return 1
        }
        callbacks.pointee.settermprop = { property, value, context in
            if let value { VirtualScreen.at(context)?.set(property, value.pointee) }
            return 1
        }
        let own = Unmanaged.passUnretained(self).toOpaque()
        vterm_screen_set_callbacks(screen, callbacks, own)
        vterm_output_set_callback(
            emulator,
            { bytes, length, context in
                guard let bytes else { return }
                let buffer = UnsafeRawBufferPointer(start: bytes, count: length)
                VirtualScreen.at(context)?.answers.append(contentsOf: buffer)
            }, own)
        vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_SCROLL)
        vterm_screen_enable_altscreen(screen, 1)
        vterm_screen_reset(screen, 1)
    }

    deinit {
        vterm_free(emulator)
        callbacks.deallocate()
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> VirtualScreen? {
        context.map { Unmanaged<VirtualScreen>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: What the emulator tells

    private func damage(_ range: Range<Int>) { changed.formUnion(range) }

    private func scrolledAway(_ cells: UnsafeBufferPointer<VTermScreenCell>) {
        guard !isReplaying else { return }
        var text = CellText()
        var skipped = 0
        for cell in cells {
            if skipped > 0 {
                skipped -= 1
                continue
            }
            text.append(cell, isStyled: true)
            skipped = max(Int(cell.width) - 1, 0)
        }
        scrollback.append(text.finished())
    }

    private func set(_ property: VTermProp, _ value: VTermValue) {
        switch property {
        case VTERM_PROP_CURSORVISIBLE: showsCursor = value.boolean != 0
        case VTERM_PROP_CURSORSHAPE: cursorShape = max(0, Int(value.number) * 2 - 1)
        case VTERM_PROP_ALTSCREEN: isOnSecondBuffer = value.boolean != 0
        case VTERM_PROP_REVERSE: isReversed = value.boolean != 0
        default: break
        }
    }

    // MARK: Output of the program

    /// Takes what the program has written.
    package func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
        writes &+= 1
        var rest = bytes
        while rest.count >= flood { rest = skim(rest) }
        emulate(filter.clean(rest))
        vterm_screen_flush_damage(screen)
    }

    /// - Parameter safe: what has been through the filter.
    func emulate(_ safe: [UInt8]) {
        safe.withUnsafeBufferPointer { safe in
            safe.withMemoryRebound(to: CChar.self) { text in
                guard let text = text.baseAddress else { return }
                // In pieces, because libvterm puts four bytes for each of these on the stack.
                var start = 0
                while start < safe.count {
                    let end = Self.endOfPiece(safe, from: start)
                    _ = vterm_input_write(emulator, text + start, end - start)
                    start = end
                }
            }
        }
    }

    /// Before a control character: in the middle of some text a cut could be seen. libvterm reads on in the character set in which it
    /// began, and in the last column it takes a mark that comes later for a character of its own.
    private static func endOfPiece(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard bytes.count - start > piece else { return bytes.count }
        var end = start + piece
        while end > start, bytes[end] >= 0x20 { end -= 1 }
        if end > start { return end }
        end = start + piece
        while end < bytes.count, bytes[end] >= 0x20 { end += 1 }
        return end
    }

    package func resize(columns: Int, rows: Int) {
        let columns = max(columns, 2)
        guard columns != self.columns || rows != self.rows else { return }
        forgetRegion()
        self.columns = columns
        self.rows = rows
        filter.resized(columns: columns, rows: rows)
        writes &+= 1
        vterm_set_size(emulator, Int32(rows), Int32(columns))
        keepCursorInside()
        vterm_screen_flush_damage(screen)
        changed = Set(0..<rows)
    }

    /// libvterm 0.1.4 keeps a scrolling region that begins below a smaller screen, and then moves what is not its own. Other terminals
    /// (xterm, tmux) forget it as well when their size changes.
    private func forgetRegion() {
        guard modes.hasRegion else { return }
        let place = cursor
        emulate(Array("\u{1B}[r\u{1B}[\(place.row + 1);\(place.column + 1)H".utf8))
    }

    /// Of a screen that becomes smaller, libvterm 0.1.4 moves up the text and with it a cursor that was far above the text's end: out of the
    /// screen, and it writes there.
    private func keepCursorInside() {
        let place = cursor
        guard place.row < 0 || place.column < 0 else { return }
        emulate(Array("\u{1B}[\(max(place.row, 0) + 1);\(max(place.column, 0) + 1)H".utf8))
    }

    // MARK: Looking at it

    var modes: TerminalModes { filter.modes }
    var title: String { filter.title }
    var isAlternate: Bool { filter.modes.isAlternate }

    var cursor: (column: Int, row: Int) {
        var position = VTermPos()
        vterm_state_get_cursorpos(state, &position)
        return (Int(position.col), Int(position.row))
    }

    /// The rows that look different since the last call.
    func takeChangedRows() -> Set<Int> {
        shownWrites = writes
        defer { changed = [] }
        return changed.filter { $0 < rows }
    }

    /// Also of the cursor and of modes, which damage no row.
    var hasNews: Bool { writes != shownWrites || !changed.isEmpty || bells > 0 }

    /// How often the bell rang since the last call.
    func takeBells() -> Int {
        defer { bells = 0 }
        return bells
    }

    /// What the program is answered, since the last call.
    func takeAnswers() -> [UInt8] {
        defer { answers = [] }
        return answers
    }

    /// One row, its blank end dropped.
    func text(row: Int, isStyled: Bool) -> [UInt8] {
        var text = CellText()
        var column = 0
        while column < columns {
            var cell = VTermScreenCell()
            _ = vterm_screen_get_cell(screen, VTermPos(row: Int32(row), col: Int32(column)), &cell)
            text.append(cell, isStyled: isStyled)
            column += max(Int(cell.width), 1)
        }
        return text.finished()
    }

    /// The last lines of what has scrolled away and the screen; of a full-screen program only the screen, for what it covers is not its own.
    package func lines(_ wanted: Int, isStyled: Bool) -> [[UInt8]] {
        var shown = (0..<rows).map { text(row: $0, isStyled: isStyled) }
        let isBlank = { (line: [UInt8]) in CellText.plain(line).allSatisfy { $0 == 0x20 } }
        while let last = shown.last, isBlank(last) { shown.removeLast() }
        if shown.count >= wanted || isAlternate { return shown.suffix(wanted) }
        let before = scrollback.newest(wanted - shown.count).map { isStyled ? Array($0) : CellText.plain($0) }
        var all = before + shown
        while let last = all.last, isBlank(last) { all.removeLast() }
        return all
    }

    /// Changes whenever the program writes something that is seen: rows, cursor, number of lines.
    package var fingerprint: String {
        let place = cursor
        let text = (0..<rows).map { String(decoding: self.text(row: $0, isStyled: false), as: UTF8.self) }.joined(separator: "\n")
        return "\(text)\n\(place.column),\(place.row),\(scrollback.count),\(isAlternate ? 1 : 0)"
    }

    // MARK: Keys

    /// The bytes of a key with a name of its own, as the program has asked for them.
    func bytes(of key: VTermKey) -> [UInt8] {
        let before = takeAnswers()
        vterm_keyboard_key(emulator, key, VTERM_MOD_NONE)
        let bytes = takeAnswers()
        answers = before
        return bytes
    }
}
