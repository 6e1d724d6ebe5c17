import ReeveTestSupport
import Testing

@testable import ReeveTerminal

@Suite struct VirtualScreenTests {
    static func screen(_ columns: Int = 80, _ rows: Int = 24, keeping lines: Int = 10_000) throws -> VirtualScreen {
        try #require(
            VirtualScreen(
                columns: columns, rows: rows, scrollback: Scrollback(mostLines: lines, mostBytes: 4 << 20)))
    }

    static func feed(_ screen: VirtualScreen, _ text: String, inPiecesOf size: Int = .max) {
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1))) {
            Array(bytes[start..<min(start + size.clamped, bytes.count)]).withUnsafeBufferPointer { screen.feed($0) }
        }
    }

    static func text(_ screen: VirtualScreen, _ lines: Int = 100_000, isStyled: Bool = false) -> [String] {
        screen.lines(lines, isStyled: isStyled).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `lines are as they were written, the blank tail is dropped`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "one\r\n\r\n  drei ünï 漢字 😀\r\n\r\n\r\n")
        #expect(Self.text(screen) == ["one", "", "  drei ünï 漢字 😀"])
        #expect(Self.text(screen, 1) == ["  drei ünï 漢字 😀"])
    }

    @Test func `colours are sequences of their own, and plain text has none`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "a\u{1B}[1;31mb\u{1B}[0mc\u{1B}[38;5;200;48;2;1;2;3md\u{1B}[m \u{1B}[44m  \u{1B}[m")
        #expect(Self.text(screen) == ["abcd   "])
        #expect(
            Self.text(screen, isStyled: true) == [
                "a\u{1B}[0;1;31mb\u{1B}[mc\u{1B}[0;38;5;200;48;2;1;2;3md\u{1B}[m \u{1B}[0;44m  \u{1B}[m"
            ])
    }

    @Test func `what has scrolled away is kept up to the limit, the newest of it`() throws {
        let screen = try Self.screen(80, 10, keeping: 100)
        Self.feed(screen, (1...1000).map { "\($0)\r\n" }.joined())
        #expect(Self.text(screen) == (892...1000).map { "\($0)" })
        #expect(Self.text(screen, 12).first == "989")
    }

    @Test func `of a full-screen program only its screen is seen, and what was before comes back`() throws {
        let screen = try Self.screen(80, 5)
        Self.feed(screen, (1...20).map { "\($0)\r\n" }.joined() + "\u{1B}[?1049h\u{1B}[Hfull")
        #expect(Self.text(screen) == ["full"])
        Self.feed(screen, "\u{1B}[?1049lend")
        #expect(Self.text(screen).suffix(2) == ["20", "end"])
    }

    @Test func `the program's questions are answered once`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "ab\u{1B}[6n")
        #expect(screen.takeAnswers() == Array("\u{1B}[1;3R".utf8))
        #expect(screen.takeAnswers().isEmpty)
    }

    @Test func `the fingerprint follows text, cursor and scrolling`() throws {
        let screen = try Self.screen(80, 5)
        var seen: Set<String> = [screen.fingerprint]
        for text in ["a", "\u{1B}[3;3H", "\u{1B}[?1049h", "\u{1B}[?1049lb", "\u{1B}[5;1Hx\n", "\n"] {
            Self.feed(screen, text)
            #expect(seen.insert(screen.fingerprint).inserted, "\(text.debugDescription)")
        }
        let before = screen.fingerprint
        Self.feed(screen, "\u{1B}[m")
        #expect(screen.fingerprint == before)
    }

    @Test(arguments: [
        ("Up", "", "\u{1B}[A"), ("Up", "\u{1B}[?1h", "\u{1B}OA"), ("Enter", "", "\r"), ("Tab", "", "\t"), ("C-c", "", "\u{3}"),
        ("C-\\", "", "\u{1C}"), ("C-@", "", "\u{0}"), ("BSpace", "", "\u{7F}"), ("Escape", "", "\u{1B}"),
        ("BTab", "", "\u{1B}[Z"),
        ("Delete", "", "\u{1B}[3~"), ("PageUp", "", "\u{1B}[5~"), ("Space", "", " "),
    ])
    func `a key is worded as the program has asked for it`(name: String, mode: String, bytes: String) throws {
        let screen = try Self.screen()
        Self.feed(screen, mode)
        #expect(KeyBytes.of(name, in: screen) == Array(bytes.utf8))
    }

    @Test func `a name that is no key is none`() throws {
        let screen = try Self.screen()
        for name in ["", "enter", "C-", "C-xy", "F1", "é"] { #expect(KeyBytes.of(name, in: screen) == nil, "\(name)") }
    }

    @Test func `a place that was kept on a larger screen is none outside of a smaller one`() throws {
        for restore in ["\u{1B}8", "\u{1B}[u"] {
            let screen = try Self.screen(200, 50)
            Self.feed(screen, "\u{1B}[50;100H\u{1B}7")
            screen.resize(columns: 80, rows: 24)
            Self.feed(screen, restore + "\u{1B}[1J\u{1B}[Ktext\r\n")
            #expect(screen.cursor.row < 24 && screen.cursor.column < 80)
        }
    }

    @Test func `a region that was set on a larger screen is forgotten with it`() throws {
        let screen = try Self.screen(80, 24)
        Self.feed(screen, "\u{1B}[10;24r\u{1B}[3;7H")
        screen.resize(columns: 80, rows: 5)
        #expect(screen.cursor == (6, 2) && screen.modes.isPlain)
        Self.feed(screen, "\u{1B}[H" + (1...9).map { "\($0)\r\n" }.joined() + "\u{1B}[L\u{1B}[S")
        #expect(Self.text(screen) == (1...9).map { "\($0)" })
    }

    @Test func `a cursor far above the end of the text stays on a screen that becomes smaller`() throws {
        let screen = try Self.screen(80, 24)
        Self.feed(screen, (1...24).map { "\r\n\($0)" }.joined() + "\u{1B}[1;7H")
        screen.resize(columns: 80, rows: 5)
        #expect(screen.cursor == (6, 0))
        Self.feed(screen, "!")
        #expect(screen.text(row: 0, isStyled: false) == Array("20    !".utf8))
    }

    @Test func `a mark that was in a cell once is not in the next line that scrolls away`() throws {
        let screen = try Self.screen(80, 2)
        Self.feed(screen, "e\u{301}\u{302}\u{303}\r\nplain\r\n\r\n\r\n.")
        #expect(Self.text(screen) == ["e\u{301}\u{302}\u{303}", "plain", "", "", "."])
    }

    /// `が` in two characters, as file names of macOS have it; and a tone mark. libvterm counts them as wider than the row.
    @Test(arguments: ["\u{3099}", "\u{309A}", "\u{302A}", "\u{302F}"], [2, 3, 80])
    func `a mark that libvterm takes for wide does no harm`(mark: String, columns: Int) throws {
        let screen = try Self.screen(columns, 5)
        for count in [1, 40] {
            Self.feed(screen, "か" + String(repeating: mark, count: count) + "\r\n")
            Self.feed(screen, String(repeating: mark, count: count), inPiecesOf: 3)
        }
        Self.feed(screen, "\r\nok")
        #expect(Self.text(screen).last == "ok")
    }

    @Test func `a reset leaves the second screen and reversed colours`() throws {
        let screen = try Self.screen(80, 3)
        Self.feed(screen, "\u{1B}[?1049h\u{1B}[?5h\u{1B}[31mfull\u{1B}c")
        #expect(!screen.isAlternate && !screen.isOnSecondBuffer && !screen.isReversed && screen.cursor == (0, 0))
        Self.feed(screen, "\u{1B}[?1049l" + (1...9).map { "\($0)\r\n" }.joined())
        #expect(Self.text(screen) == (1...9).map { "\($0)" })
    }

    @Test func `a soft reset takes back what a program has left, and the cursor stays`() throws {
        let screen = try Self.screen(80, 24)
        Self.feed(screen, "\u{1B}[?1;6;25l\u{1B}[?1h\u{1B}[3;9r\u{1B}[?6h\u{1B}[4h\u{1B}[?7l\u{1B}(0\u{1B}[31m\u{1B}[2;5H")
        let place = screen.cursor
        Self.feed(screen, "\u{1B}[!p")
        #expect(screen.cursor == place && place == (4, 3) && screen.modes.isPlain && screen.showsCursor)
        #expect(Pen(screen.state) == .plain && KeyBytes.of("Up", in: screen) == Array("\u{1B}[A".utf8))
        Self.feed(screen, "\u{1B}[Hqq\r!" + String(repeating: "x", count: 80))
        #expect(Self.text(screen) == ["!" + String(repeating: "x", count: 79), "x"])
    }

    @Test func `a string that was never ended does not take what comes for its own`() throws {
        for begun in ["\u{1B}P", "\u{1B}]0;x", "\u{1B}_x", "\u{1B}]0;x\u{1B}"] {
            let screen = try Self.screen()
            Self.feed(screen, begun)
            Self.feed(screen, "\u{1B}cafter")
            #expect(Self.text(screen) == ["after"], "\(begun.debugDescription)")
        }
    }

    @Test func `a character is repeated as terminfo says it can be, in the colours of now`() throws {
        let screen = try Self.screen(10, 3)
        Self.feed(screen, "-\u{1B}[4b\r\n漢\u{1B}[31m\u{1B}[b\r\n")
        #expect(Self.text(screen, isStyled: true) == ["-----", "漢\u{1B}[0;31m漢\u{1B}[m"])
        Self.feed(screen, "\u{1B}[m=\u{1B}[10b")
        #expect(Self.text(screen) == ["-----", "漢漢", "==========", "="])
    }

    @Test func `lines stay lines behind any character`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "\u{1B}(0qé漢q\u{1B}(Bq")
        #expect(Self.text(screen) == ["─é漢─q"])
    }

    @Test func `the old way to the second screen is one`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "first\u{1B}[?47h\u{1B}[Hother")
        #expect(Self.text(screen) == ["other"] && screen.isOnSecondBuffer)
        Self.feed(screen, "\u{1B}[?47l")
        #expect(Self.text(screen) == ["first"] && !screen.isOnSecondBuffer)
    }

    @Test func `a region of all rows is none, whatever the screen's size is by then`() throws {
        let screen = try Self.screen(80, 24)
        Self.feed(screen, "\u{1B}[1;24r")
        #expect(screen.modes.isPlain)
        screen.resize(columns: 80, rows: 30)
        #expect(screen.modes.isPlain)
        Self.feed(screen, "\u{1B}[1;24r")
        #expect(!screen.modes.isPlain)
        Self.feed(screen, "\u{1B}[1;30r")
        #expect(screen.modes.isPlain)
    }

    @Test func `a cursor that moves and a mode that changes are news, though no row is other than before`() throws {
        let screen = try Self.screen()
        Self.feed(screen, "text")
        for change in ["\u{8}", "\u{1B}[?25l", "\u{1B}[?2004h"] {
            _ = screen.takeChangedRows()
            #expect(!screen.hasNews)
            Self.feed(screen, change)
            #expect(screen.hasNews, "\(change.debugDescription)")
        }
    }

    @Test func `any bytes are survived, in any size of terminal`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<30 {
            let screen = try Self.screen(Int.random(in: 1...90, using: &random), Int.random(in: 1...40, using: &random))
            for _ in 0..<6 {
                let bytes = (0..<Int.random(in: 0...9000, using: &random)).map { _ in
                    random.oneIn(8)
                        ? random.pick(Array("\u{1B}[]P;?0123456789hlmrHJKcABCD\\\u{7}\r\n".utf8))
                        : UInt8.random(in: 0...255, using: &random)
                }
                bytes.withUnsafeBufferPointer { screen.feed($0) }
                _ = screen.lines(50, isStyled: true)
                _ = screen.fingerprint
                screen.resize(columns: Int.random(in: 1...90, using: &random), rows: Int.random(in: 1...40, using: &random))
            }
        }
    }
}

extension Int {
    fileprivate var clamped: Int { Swift.min(self, 1 << 40) }
}
