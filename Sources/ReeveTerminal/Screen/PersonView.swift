/// What one person's terminal shows already, so that it is sent only what has changed since.
///
/// It is painted from the screen and not sent what the program writes: its terminal would answer the program's questions a second time,
/// and a person who reads slowly would have to be sent everything that has scrolled by meanwhile.
struct PersonView {
    private(set) var columns: Int
    private(set) var rows: Int
    private var stale: Set<Int> = []
    private var isNew = true
    /// Something may differ: rows, the cursor, modes.
    private var isPending = false
    private var modes = TerminalModes()
    private var hasKeypad = false
    private var place = (column: -1, row: -1)
    private var showsCursor = true
    private var shape = 0
    private var bells = 0

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    mutating func resized(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        isNew = true
    }

    /// Something has changed that it does not show.
    var isStale: Bool { isNew || isPending || bells > 0 }

    /// Everything has to be sent again.
    mutating func forget() { isNew = true }

    mutating func note(changed: Set<Int>, bells: Int) {
        isPending = true
        stale.formUnion(changed)
        self.bells = min(self.bells + bells, 1)
    }

    /// The bytes that bring it up to date; empty when it is.
    mutating func paint(_ screen: VirtualScreen) -> [UInt8] {
        var out: [UInt8] = []
        func say(_ text: String) { out.append(contentsOf: text.utf8) }
        if isNew {
            // Colours off, wrapping off: a full row must not move on to the next.
            say("\u{1B}[m\u{1B}[?7l\u{1B}[?1004h\u{1B}[H\u{1B}[2J")
            stale = Set(0..<screen.rows)
            place = (-1, -1)
        }
        let rows = stale.filter { $0 < min(self.rows, screen.rows) }.sorted()
        if !rows.isEmpty { say("\u{1B}[?2026h") }
        for row in rows {
            // Erased first: after a full row the cursor stands on its last character.
            say("\u{1B}[\(row + 1);1H\u{1B}[2K")
            out += screen.text(row: row, isStyled: true)
        }
        let wasPainted = !rows.isEmpty
        stale = []
        for mode in TerminalModes.mirrored where screen.modes.on.contains(mode) != modes.on.contains(mode) {
            say("\u{1B}[?\(mode)\(screen.modes.on.contains(mode) ? "h" : "l")")
        }
        if isNew || screen.modes.hasKeypad != hasKeypad { say(screen.modes.hasKeypad ? "\u{1B}=" : "\u{1B}>") }
        hasKeypad = screen.modes.hasKeypad
        modes = screen.modes
        if isNew || screen.cursorShape != shape { say("\u{1B}[\(screen.cursorShape) q") }
        shape = screen.cursorShape
        let now = screen.cursor
        if wasPainted || now != place { say("\u{1B}[\(now.row + 1);\(now.column + 1)H") }
        place = now
        if isNew || screen.showsCursor != showsCursor { say("\u{1B}[?25\(screen.showsCursor ? "h" : "l")") }
        showsCursor = screen.showsCursor
        if wasPainted { say("\u{1B}[?2026l") }
        if bells > 0 { say("\u{7}") }
        bells = 0
        isNew = false
        isPending = false
        return out
    }

    /// What takes back all that painting may have set.
    static let farewell = Array(
        ("\u{1B}[?1l\u{1B}>\u{1B}[?9l\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1005l\u{1B}[?1006l\u{1B}[?1015l\u{1B}[?2004l"
            + "\u{1B}[?1004l\u{1B}[?2026l\u{1B}[m\u{1B}[0 q\u{1B}[?25h\u{1B}[?7h").utf8)
}
