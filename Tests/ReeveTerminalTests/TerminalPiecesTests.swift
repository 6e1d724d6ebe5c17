import KeeperLink
import Testing

@testable import ReeveTerminal

@Suite struct TerminalPiecesTests {
    // MARK: Scrollback

    @Test func `the oldest lines go first, by number and by size`() {
        var kept = Scrollback(mostLines: 3, mostBytes: 1000)
        for line in ["a", "b", "c", "d", ""] { kept.append(Array(line.utf8)) }
        #expect(kept.count == 3)
        #expect(kept.newest(9).map { String(decoding: $0, as: UTF8.self) } == ["c", "d", ""])
        #expect(kept.newest(1).map(\.count) == [0])
        var small = Scrollback(mostLines: 1000, mostBytes: 100)
        for number in 0..<50 { small.append(Array(repeating: UInt8(number), count: 40)) }
        #expect(small.count == 2 && small.newest(5).map { $0.first } == [48, 49])
        var none = Scrollback(mostLines: 0, mostBytes: 100)
        none.append([1])
        #expect(none.count == 0 && none.newest(1).isEmpty)
    }

    @Test func `empty lines are forgotten like all others, and what they took is given back`() {
        var kept = Scrollback(mostLines: 100, mostBytes: 1000)
        for _ in 0..<100_000 { kept.append([]) }
        #expect(kept.count == 100 && kept.newest(1000).count == 100 && kept.blockCount <= 2)
    }

    @Test func `lines survive the borders of blocks`() {
        var kept = Scrollback(mostLines: 5000, mostBytes: 4 << 20)
        for number in 0..<9000 { kept.append(Array("line \(number)".utf8)) }
        #expect(kept.newest(9000).map { String(decoding: $0, as: UTF8.self) } == (4000..<9000).map { "line \($0)" })
        kept.append(Array(repeating: 7, count: 100_000))
        #expect(kept.newest(1).first?.count == 100_000)
    }

    // MARK: Modes

    struct Row: Sendable, CustomTestStringConvertible {
        var bytes: String
        var on: Set<Int> = []
        var isPlain = true
        var isAtRest = true
        var testDescription: String { bytes.debugDescription }
        init(_ bytes: String, on: Set<Int> = [], isPlain: Bool = true, isAtRest: Bool = true) {
            (self.bytes, self.on, self.isPlain, self.isAtRest) = (bytes, on, isPlain, isAtRest)
        }
    }

    private static let rows = [
        Row("text \u{1B}[31m"), Row("\u{1B}[?2004h", on: [2004]), Row("\u{1B}[?1;2004h\u{1B}[?1l", on: [2004]),
        Row("\u{1B}", isAtRest: false), Row("\u{1B}[?20", isAtRest: false), Row("\u{1B}]0;title", isAtRest: false),
        Row("\u{1B}]0;title\u{7}"), Row("\u{1B}Pq\u{1B}\\"), Row("\u{1B}]0;\u{1B}[?2004h\u{7}", on: [2004]),
        Row("\u{1B}[2;5r", isPlain: false),
        Row("\u{1B}[1;24r"), Row("\u{1B}[0;99r"), Row("\u{1B}[1r"), Row("\u{1B}[9;3r"), Row("\u{1B}[1;23r", isPlain: false),
        Row("\u{1B}[2r", isPlain: false), Row("\u{1B}[4h\u{1B}[20;4l"), Row("\u{1B}[2;5r\u{1B}[?6;7l\u{1B}[4h\u{1B}[!p"),
        Row("\u{1B}[20h\u{1B}[!p", isPlain: false), Row("\u{1B}]0;x\u{1B}", isAtRest: false), Row("\u{1B}( ", isAtRest: false),
        Row("\u{1B}[2;5r\u{1B}[r"), Row("\u{1B}[4h", isPlain: false), Row("\u{1B}[4h\u{1B}[4l"), Row("\u{1B}(0", isPlain: false),
        Row("\u{1B}(0\u{1B}(B"), Row("\u{E}", isPlain: false), Row("\u{E}\u{F}"), Row("\u{1B}[?7l", isPlain: false),
        Row("\u{1B}[?6h\u{1B}[?6l"), Row("\u{1B}[?2004h\u{1B}c"), Row("\u{1B}[?1000h\u{1B}[!p"), Row("\u{1B}#8"),
        Row("\u{1B}[\u{18}?2004h"), Row("\u{1B}[?2004\u{1B}[?1h", on: [1]),
    ]

    @Test(arguments: rows) func `what a program asks of its terminal is read, whole and in pieces`(row: Row) {
        for size in [1, 2, 1000] {
            var filter = OutputFilter(columns: 80, rows: 24)
            _ = Self.clean(row.bytes, &filter, inPiecesOf: size)
            #expect(
                filter.modes.on == row.on && filter.modes.isPlain == row.isPlain && filter.isAtRest == row.isAtRest,
                "in pieces of \(size)")
        }
    }

    private static func clean(_ text: String, _ filter: inout OutputFilter, inPiecesOf size: Int) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            result += Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBufferPointer { filter.clean($0) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Bytes of a program, and what the emulator gets of them.
    @Test(arguments: [
        ("plain ünï\r\n\tx\u{8}", "plain ünï\r\n\tx\u{8}"), ("a\u{0}b\u{7F}c\u{1}", "abc"), ("\u{1B}[1;31mx", "\u{1B}[1;31mx"),
        ("\u{1B}]52;c;Zm9v\u{7}x", "x"), ("\u{1B}]0;a title\u{1B}\\x", "x"), ("\u{1B}Pdata\u{1B}\\x", "x"),
        ("\u{1B}_x\u{7}y", "y"),
        ("\u{1B}[99999999999Cx", "\u{1B}[9999Cx"), ("\u{1B}[::::::::::::::::::::::::m", "\u{1B}[::::::::::::::m"),
        ("\u{1B}[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18m", "\u{1B}[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15m"),
        ("\u{1B}[?1049l", ""), ("\u{1B}[?1049h\u{1B}[?1049l", "\u{1B}[?1049h\u{1B}[?1049l"), ("\u{1B}[?69h\u{1B}[?3h", ""),
        ("\u{1B}[?25;2004l", "\u{1B}[?25l"), ("\u{1B}[s\u{1B}[u\u{1B}8", "\u{1B}7\u{1B}[?1048l\u{1B}[?1048l"),
        ("\u{1B}[4 q", "\u{1B}[4 q"),
        ("\u{1B}[5'}", ""),
        ("\u{1B}[6n\u{1B}[c\u{1B}[>c", "\u{1B}[6n\u{1B}[c\u{1B}[>c"), ("\u{1B}%G\u{1B}#3\u{1B}Nx", "x"),
        ("\u{1B}[2\rJ", "\r\u{1B}[2J"),
        ("\u{1B}[38mx\u{1B}[1;48;5m\u{1B}[38;2;1;2;m", "x\u{1B}[1m\u{1B}[38;2;1;2;m"), ("\u{1B}[38:5:1;4m", "\u{1B}[38:5:1;4m"),
        ("\u{1B}[2:5r\u{1B}[4:1hx", "x"),
        ("\u{1B}[=1;1u\u{1B}[>4;2m", ""), ("a\u{85}\u{9B}b", "ab"),
        ("か\u{3099}は\u{309A}", "か\u{309B}は\u{309C}"), ("a\u{302A}\u{302F}b", "ab"),
        ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{7}\u{301}\u{302}a\u{301}", "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{7}a\u{301}"),
        ("\u{1B}c", "\u{1B}[?1047l\u{1B}[?5l\u{1B}c"), ("\u{1B}[?47h\u{1B}[?47l", "\u{1B}[?1047h\u{1B}[?1047l"),
        ("\u{1B}]0;x\u{1B}[31mred", "\u{1B}[31mred"), ("\u{1B}Px\u{1B}c", "\u{1B}[?1047l\u{1B}[?5l\u{1B}c"),
        ("\u{1B} F\u{1B}-Ax\u{1B}(%5y", "xy"), ("\u{1B}[4h\u{1B}[20;4;2l", "\u{1B}[4h\u{1B}[20l\u{1B}[4l"),
        ("\u{1B}[1;24r\u{1B}[;30r\u{1B}[3;99r\u{1B}[5;2r", "\u{1B}[r\u{1B}[r\u{1B}[3;24r\u{1B}[r"),
        ("\u{1B}[!p", "\u{1B}[?1l\u{1B}>\u{1B}[?25h\u{1B}[m"), ("\u{1B}[3b", ""),
        ("x\u{1B}[3b\u{1B}[by", "x\u{F}xxx\u{F}xy"), ("漢\u{301}\u{1B}[2b\u{301}", "漢\u{301}\u{F}漢漢\u{301}"),
        ("\u{1B}(0q漢漢qq\u{1B}(Bä.", "\u{1B}(0q漢漢\u{F}qq\u{1B}(Bä."), ("\u{E}é\u{1B}Px\u{1B}\\x", "\u{E}é\u{E}x"),
        ("\u{E}q\u{1B}[2b\u{F}", "\u{E}q\u{E}qq\u{F}"),
    ])
    func `the emulator gets what it knows, within bounds`(bytes: String, expected: String) {
        for size in [1, 3, 1000] {
            var filter = OutputFilter(columns: 80, rows: 24)
            #expect(Self.clean(bytes, &filter, inPiecesOf: size) == expected, "in pieces of \(size)")
        }
    }

    /// More would be looked through by libvterm again and again, and kept.
    @Test func `of marks without end the emulator gets as many as a cell holds, and all of anything else`() throws {
        func taken(_ scalar: Unicode.Scalar) -> Int {
            var filter = OutputFilter(columns: 80, rows: 24)
            let marks = String(repeating: String(scalar), count: 9)
            return Self.clean("a" + marks, &filter, inPiecesOf: 1000).unicodeScalars.count - 1
        }
        for one in "x\u{AD}ü─漢한゛\u{93E}".unicodeScalars { #expect(taken(one) == 9, "\(one.value)") }
        for one in "\u{301}\u{200D}\u{E0041}\u{E0100}".unicodeScalars { #expect(taken(one) == 5, "\(one.value)") }
        let widths = try #require(GlyphWidths())
        var marks = 0
        for value: UInt32 in 0xA0..<0x20000 where widths.width(value) == nil && !CellText.isWide(value) {
            // The last two of a plane are no characters, and shown as the sign for that.
            guard let scalar = Unicode.Scalar(value), value & 0xFFFE != 0xFFFE else { continue }
            marks += 1
            #expect(taken(scalar) <= 5, "\(value)")
        }
        #expect(marks > 500)
    }

    @Test func `what is to be repeated stays within a screen and within bounds, however often it is asked for`() {
        var filter = OutputFilter(columns: 80, rows: 24)
        #expect(Self.clean("x\u{1B}[9999b", &filter, inPiecesOf: 3).count == 1 + 1 + 80 * 24)
        let many = String(repeating: "\u{1B}[9999b", count: 10_000)
        let size = Self.clean(many, &filter, inPiecesOf: 1000).count
        #expect(size > 128 << 10 && size < 33 * many.count + (128 << 10))
        filter.resized(columns: 10, rows: 2)
        filter.count(1 << 20)
        #expect(Self.clean("\u{1B}[9999b", &filter, inPiecesOf: 3).count == 21)
    }

    @Test func `a title that another sequence has cut off is none`() {
        var filter = OutputFilter(columns: 80, rows: 24)
        #expect(Self.clean("\u{1B}]0;whole\u{7}\u{1B}]0;cut\u{1B}[mx\u{1B}\\y", &filter, inPiecesOf: 1) == "\u{1B}[mxy")
        #expect(filter.title == "whole")
    }

    @Test func `what is no text is a sign for it, whole characters are never cut`() {
        var filter = OutputFilter(columns: 80, rows: 24)
        var result: [UInt8] = []
        for byte: UInt8 in [0x61, 0xFF, 0xE6, 0xBC, 0xA2, 0xF0, 0x9F, 0x1B, 0x5B, 0x6D, 0xC3, 0xC3, 0xBC, 0xE6, 0xBC] {
            result += [byte].withUnsafeBufferPointer { filter.clean($0) }
        }
        #expect(String(decoding: result, as: UTF8.self) == "a\u{FFFD}漢\u{FFFD}\u{1B}[m\u{FFFD}ü")
        #expect(!filter.isAtRest)
    }

    @Test func `a title is kept, up to a length, and only a title`() {
        var filter = OutputFilter(columns: 80, rows: 24)
        _ = Self.clean("\u{1B}]0;first\u{7}\u{1B}]2;second ü\u{1B}\\\u{1B}]1;icon\u{7}\u{1B}]52;c;x\u{7}", &filter, inPiecesOf: 2)
        #expect(filter.title == "second ü")
        _ = Self.clean("\u{1B}]0;" + String(repeating: "x", count: 5000) + "\u{7}", &filter, inPiecesOf: 100)
        #expect(filter.title.count == 254)
    }

    // MARK: The command line

    private static let usual = [
        "S", "--runtime-dir", "/r", "--name", "op-A", "--owner", "me", "--columns", "80", "--rows", "24", "--scrollback", "10",
    ]

    @Test func `a command line is taken whole or not at all`() throws {
        let options = try #require(TerminalOptions(Self.usual + ["--", "/bin/keeper", "--", "x"]))
        #expect(
            options.program == ["/bin/keeper", "--", "x"] && options.columns == 80 && options.socketPath == "/r/sessions/S.tty")
        #expect(TerminalOptions(Self.usual) == nil)
        #expect(TerminalOptions(Self.usual + ["--"]) == nil)
        #expect(TerminalOptions(Self.usual + ["--more", "1", "--", "x"]) == nil)
        for (place, wrong) in [(0, "../x"), (0, "--"), (8, "0"), (8, "1001"), (10, "x"), (12, "-1"), (1, "runtime-dir")] {
            var words = Self.usual
            words[place] = wrong
            #expect(TerminalOptions(words + ["--", "x"]) == nil, "\(wrong)")
        }
    }

    @Test(arguments: [
        (["/s"], true), (["/s", "--detach-key", "C-]"], true), (["/s", "--detach-key", "x"], false),
        (["--detach-key", "C-]"], false),
        (["/s", "--detach-key", "C-1"], false), ([], false),
    ])
    func `a detach key is a key with control`(arguments: [String], isTaken: Bool) {
        #expect((AttachClient(arguments) != nil) == isTaken)
    }
}
