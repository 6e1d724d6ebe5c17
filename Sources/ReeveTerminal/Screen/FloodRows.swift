/// The beginning of some output as the rows of the screen that libvterm would make of it, without libvterm.
///
/// It reads text, colours and ends of lines, on a screen that moves up by one row for each of its own, as one does whose cursor is at the
/// bottom. With them a flood of output need not go through the emulator, which moves the whole screen for each row: libvterm 0.1.4 takes
/// 17 µs for one of a screen of 200 by 50, and a terminal's device brings a line in 2. What it does not know ends it, at a place where
/// libvterm can be given the rest as if it had had all of it.
struct FloodRows {
    /// A row whose beginning is known.
    struct Start {
        /// Of its first character or of what stands before that since the row above.
        var offset: Int
        /// With which the screen moved up for it.
        var pen: Pen
        /// The row above was full, and a character more came.
        var isContinued: Bool
    }

    /// What the terminal is like.
    struct Stage {
        var columns: Int
        var rows: Int
        /// With which text is written now.
        var pen: Pen
        /// What all cells of the row look like in which the cursor is; nothing is written in them.
        var blank: Pen
    }

    /// How often the screen moves up.
    private(set) var count = 0
    /// Bytes that were read.
    private(set) var length = 0
    /// Offsets of the last character of text, and of what comes behind it; those of nothing are negative.
    private var lastText = (start: -1, end: -1)

    private let stage: Stage
    private let widths: GlyphWidths
    /// The finished rows one after another, as `CellText` makes them.
    private var text: [UInt8] = []
    private var ends: [Int] = []
    /// Of the last rows, and of one more, in turn.
    private var starts: [Start]
    private var column = 0
    /// Columns whose cells have not been written to are left blank in this.
    private var blank: Pen
    private var pen: Pen
    /// The look of the end of `text`.
    private var written = Pen.plain

    /// So much is kept at most until it is known whether it counts.
    private static let mostRows = 8192
    private static let mostText = 512 << 10

    init(_ bytes: UnsafeBufferPointer<UInt8>, on stage: Stage, widths: GlyphWidths) {
        self.stage = stage
        self.widths = widths
        (pen, blank) = (stage.pen, stage.blank)
        starts = Array(repeating: Start(offset: 0, pen: stage.pen, isContinued: false), count: stage.rows + 1)
        text.reserveCapacity(bytes.count + bytes.count / 4)
        read(bytes)
    }

    /// Where a row begins, of those that are still seen at the end.
    func start(of row: Int) -> Start { starts[row % starts.count] }

    /// What the last rows hold is written by libvterm: it then knows the last character, to which a mark may be added. It has to hold one,
    /// unless there was none at all.
    func hasText(from row: Int) -> Bool { lastText.start < 0 || lastText.start >= start(of: row).offset }

    func forEachRow(before end: Int, _ take: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.withUnsafeBufferPointer { all in
            var start = 0
            for rowEnd in ends.prefix(end) {
                take(UnsafeBufferPointer(rebasing: all[start..<rowEnd]))
                start = rowEnd
            }
        }
    }

    // MARK: Reading

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let next: Int?
            switch bytes[index] {
            case 0x20...0x7E: next = letters(bytes, from: index)
            case 0x0D: next = lineEnd(bytes, from: index)
            case 0x1B: next = PenSequence.read(bytes, from: index, &pen)
            case 0xC2...0xF4: next = characters(bytes, from: index)
            default: next = nil
            }
            guard let next else { return stop(at: index) }
            index = next
            if isFull { return stop(at: index) }
        }
        length = index
    }

    private var isFull: Bool { ends.count >= Self.mostRows || text.count >= Self.mostText }

    /// Marks join the character before them, and libvterm does that in another way when the two come apart in the last column. What comes
    /// now may be such a mark, or nothing with a mark behind it. So a character right before it is left out.
    private mutating func stop(at index: Int) {
        length = index
        guard lastText.end == index else { return }
        length = lastText.start
        let row = start(of: count)
        if row.isContinued, row.offset == length { count -= 1 }
        // It is the next to be written.
        lastText = (-1, -1)
    }

    /// One column each.
    private mutating func letters(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var end = start + 1
        while end < bytes.count, bytes[end] &- 0x20 < 0x5F { end += 1 }
        var index = start
        while index < end {
            if column == stage.columns { moveUp(at: index, isContinued: true) }
            let part = min(end - index, stage.columns - column)
            look(pen)
            text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<index + part]))
            column += part
            index += part
            if isFull { break }
        }
        lastText = (index - 1, index)
        return index
    }

    /// Some of several bytes, one or two columns each.
    private mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var written = start
        /// To the end of the row, at once.
        func write(_ rows: inout FloodRows) {
            guard index > written else { return }
            rows.look(rows.pen)
            rows.text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[written..<index]))
            written = index
        }
        while index < bytes.count, let (scalar, count) = Self.scalar(bytes, at: index), let width = widths.width(scalar) {
            if column + width > stage.columns {
                write(&self)
                moveUp(at: index, isContinued: true)
            }
            column += width
            lastText = (index, index + count)
            index += count
        }
        write(&self)
        return index > start ? index : nil
    }

    /// CR LF; CR CR LF is no other.
    private mutating func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count, bytes[index] == 0x0D { index += 1 }
        guard index < bytes.count, bytes[index] == 0x0A else { return nil }
        moveUp(at: index + 1, isContinued: false)
        return index + 1
    }

    /// Ends the row.
    /// - Parameter offset: where the next one begins.
    private mutating func moveUp(at offset: Int, isContinued: Bool) {
        if column < stage.columns, blank != .plain {
            look(blank)
            text.append(contentsOf: repeatElement(0x20, count: stage.columns - column))
        }
        look(.plain)
        ends.append(text.count)
        count += 1
        starts[count % starts.count] = Start(offset: offset, pen: pen, isContinued: isContinued)
        column = 0
        blank = widths.erasedKeepsAttributes ? pen : pen.colours
    }

    private mutating func look(_ new: Pen) {
        guard new != written else { return }
        written = new
        new.write(to: &text)
    }

    /// A character of several bytes, if it is whole and worded as it has to be.
    static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (value: UInt32, count: Int)? {
        let first = bytes[start]
        let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard (0xC2...0xF4).contains(first), start + count <= bytes.count else { return nil }
        var value = UInt32(first) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
        for offset in 1..<count {
            let byte = bytes[start + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= (count == 2 ? 0x80 : count == 3 ? 0x800 : 0x10000), Unicode.Scalar(value) != nil else { return nil }
        return (value, count)
    }
}
