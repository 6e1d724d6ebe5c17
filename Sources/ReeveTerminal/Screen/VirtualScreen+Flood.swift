import CTerminalEmulator

/// How a flood of output gets past the emulator.
///
/// Screen, cursor, colours and what has scrolled away are afterwards what they would be if libvterm had had every byte. That is why the
/// last rows are always written by it, and why whatever is unusual about the terminal leaves all of it to libvterm.
extension VirtualScreen {
    /// Takes the beginning of some output: the line that is under way, then as many rows as would only scroll by.
    /// - Returns: what is left to be written.
    func skim(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let rest = writeLines(bytes, atLeast: 1)
        guard !rest.isEmpty else { return rest }
        guard let widths, let stage else { return writeLines(rest, atLeast: flood) }
        let flooding = FloodRows(rest, on: stage, widths: widths)
        let first = flooding.count - rows + 1
        // For fewer it is not worth it; and all that is on the screen now has to go.
        guard flooding.count >= 2 * rows, flooding.hasText(from: first) else {
            return writeLines(rest, atLeast: max(flooding.length, flood))
        }
        for row in 0..<rows - 1 { scrollback.append(text(row: row, isStyled: true)) }
        flooding.forEachRow(before: first) { scrollback.append($0) }
        skippedRows += first
        let start = flooding.start(of: first)
        isReplaying = true
        // The row in which the cursor is becomes what it would be if the screen had just moved up for it.
        emulate(start.pen.shortSequences + Array("\u{1B}[2K".utf8))
        filter.count(start.offset)
        emulate(filter.clean(UnsafeBufferPointer(rebasing: rest[start.offset..<flooding.length])))
        isReplaying = false
        return UnsafeBufferPointer(rebasing: rest[flooding.length...])
    }

    /// Gives the emulator the beginning of some output, up to the end of a line that is in no sequence: there it may be cut.
    /// - Parameter least: bytes.
    /// - Returns: what is left to be written.
    private func writeLines(_ bytes: UnsafeBufferPointer<UInt8>, atLeast least: Int) -> UnsafeBufferPointer<UInt8> {
        var safe: [UInt8] = []
        var start = 0
        var end = min(least, bytes.count) - 1
        repeat {
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            end = min(end + 1, bytes.count)
            safe += filter.clean(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end
        } while start < bytes.count && !filter.isAtRest
        emulate(safe)
        return UnsafeBufferPointer(rebasing: bytes[start...])
    }

    /// The terminal as far as rows depend on it; nil if they are more than text on a screen that moves up.
    private var stage: FloodRows.Stage? {
        guard filter.isAtRest, modes.isPlain, !isAlternate, !isOnSecondBuffer, !isReversed else { return nil }
        // Of two columns a wide character leaves the cursor in the first one, waiting to go to the next row even after a CR.
        // What leaves a single row is not told.
        guard columns > 2, rows > 1, cursor == (0, rows - 1), let pen = Pen(state), let blank = blank(row: rows - 1) else {
            return nil
        }
        return FloodRows.Stage(columns: columns, rows: rows, pen: pen, blank: blank)
    }

    /// What all cells of a row look like; nil if something is written in one or they differ.
    private func blank(row: Int) -> Pen? {
        var look: Pen?
        for column in 0..<columns {
            var cell = VTermScreenCell()
            _ = vterm_screen_get_cell(screen, VTermPos(row: Int32(row), col: Int32(column)), &cell)
            let pen = Pen(cell)
            guard cell.chars.0 == 0, pen == look ?? pen else { return nil }
            look = pen
        }
        return look
    }
}
