import ReeveModel

/// The command lines of GNU screen, and what its own command language needs. Pure; measured with 4.09.00.
enum ScreenCommand {
    /// The owner is the window's title: the only place in screen that is free and that its process carries on its own command line.
    static let ownerPrefix = "reeve@"

    /// A session of its own, detached, with the keeper as its only program.
    static func start(_ settings: ScreenSettings, name: String, owner: String, running keeper: [String]) -> [String] {
        [
            settings.binary, "-U", "-c", settings.configPath, "-h", String(ScreenSettings.scrollback), "-t", ownerPrefix + owner,
            "-dmS", name, "--",
        ] + keeper
    }

    /// One command for the session's server. It says nothing of its effect: 0 comes also for what is not done.
    static func order(_ binary: String, _ session: String, _ words: [String]) -> [String] {
        [binary, "-S", session, "-p", "0", "-X"] + words
    }

    /// Asks for the last message on the display: answered in the order of asking, shows nothing to anybody (every other query flashes
    /// its answer on the displays), and is the only trace of somebody's copy mode.
    static func fence(_ binary: String, _ session: String) -> [String] { [binary, "-S", session, "-Q", "lastmsg"] }

    /// Cursor and size, for sessions that nobody looks at: a display would flash it.
    static func info(_ binary: String, _ session: String) -> [String] { [binary, "-S", session, "-p", "0", "-Q", "info"] }

    static func list(_ binary: String) -> [String] { [binary, "-ls"] }
    /// Asks which windows a session has; flashes the answer on the displays.
    static func windows(_ binary: String, _ session: String) -> [String] { [binary, "-S", session, "-Q", "windows"] }
    static func attach(_ binary: String, _ session: String) -> [String] { [binary, "-U", "-x", session] }

    /// The bytes as screen's `stuff`, `register` and file names take them: everything but letters and digits as octal, because `$`, `^`,
    /// `\` and quotes mean something.
    static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes { text += escaped(byte) }
        return text
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            String(UnicodeScalar(byte))
        default:
            "\\" + String([byte >> 6, byte >> 3 & 7, byte & 7].map { Character(UnicodeScalar(0x30 + $0)) })
        }
    }

    /// A file of commands that puts `text` into the register R, byte for byte, and empties S.
    ///
    /// Not `readbuf` or `readreg`: both turn every line feed into a carriage return, so a second line would be an Enter. A line of a
    /// command file has at most 2048 bytes, so the text comes in pieces. The buffer of the person stays theirs.
    static func registers(for text: String) -> [UInt8] {
        var lines = ["register R \"\""]
        var piece = ""
        var isFirst = true
        func add() {
            lines.append("register \(isFirst ? "R" : "S") \"\(piece)\"")
            if !isFirst { lines.append("paste RS R") }
            isFirst = false
            piece = ""
        }
        for byte in text.utf8 {
            piece += escaped(byte)
            if piece.utf8.count > 1900 { add() }
        }
        if !piece.isEmpty { add() }
        lines.append("register S \"\"")
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Two registers although one is empty: of a single one screen pastes the register itself and goes on reading it after the next text
    /// has been put there and its memory given back.
    static let paste = ["paste", "RS"]
    /// What was typed may be secret; it does not stay in screen's memory.
    static let forget = ["register", "R", ""]

    /// A key's bytes.
    static func stuff(_ bytes: [UInt8]) -> [String] { ["stuff", quoted(bytes)] }

    /// The display's first region shows the agent's window, and has the focus: copy mode begins there, whatever window is named
    /// for the order (measured: somebody had left another window in front).
    private static let toAgent = ["focus top", "select 0"]

    /// Copies all of history and screen into `file`, in one turn of the server: copy mode begins and ends in it. Needs a display.
    static func copyAll(to file: String) -> [String] {
        ["eval"] + toAgent + ["copy", "stuff \"g\\040\"", "stuff \"G\\044\\040\"", "writebuf -e UTF-8 \"\(quoted(file.utf8))\""]
    }

    /// Out of a copy mode that somebody has left behind by detaching, if there is one. Needs a display, and then `q` never reaches the
    /// program: where there was no copy mode, there is one now.
    static let leaveCopyMode = ["eval"] + toAgent + ["copy", "stuff q"]

    /// A window with the person's shell, in a region of its own beside the one with the focus, which keeps it. The arrangement is
    /// saved as a layout, and whoever attaches gets that: without one a region is a display's own and goes with it. Needs a
    /// display.
    /// - Parameter fromAgent: beside the agent's window, and not from where the focus is.
    static func split(_ direction: SplitDirection, fromAgent: Bool) -> [String] {
        ["eval"] + (fromAgent ? toAgent : []) + [
            direction == .horizontal ? "split -v" : "split", "focus", "screen -t shell", "focus prev", "layout save reeve",
            "layout attach reeve",
        ]
    }

    static func hardcopy(to file: String, history: Bool) -> [String] { ["hardcopy"] + (history ? ["-h"] : []) + [file] }
}
