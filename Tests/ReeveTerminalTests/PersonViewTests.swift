import ReeveTestSupport
import Testing

@testable import ReeveTerminal

/// What a person's terminal is sent is checked by a terminal: fed with it, it has to show the same.
@Suite struct PersonViewTests {
    private func expectSame(_ screen: VirtualScreen, _ theirs: VirtualScreen, _ comment: Comment = "") {
        for row in 0..<screen.rows {
            #expect(screen.text(row: row, isStyled: true) == theirs.text(row: row, isStyled: true), "row \(row) \(comment)")
        }
        #expect(screen.cursor == theirs.cursor, comment)
        #expect(screen.showsCursor == theirs.showsCursor, comment)
    }

    private func show(_ view: inout PersonView, _ screen: VirtualScreen, on theirs: VirtualScreen) {
        view.note(changed: screen.takeChangedRows(), bells: screen.takeBells())
        view.paint(screen).withUnsafeBufferPointer { theirs.feed($0) }
    }

    @Test(arguments: 0..<25) func `whatever the program writes, the person sees`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let screen = try VirtualScreenTests.screen(40, 12)
        let theirs = try VirtualScreenTests.screen(40, 12)
        var view = PersonView(columns: 40, rows: 12)
        let pieces = [
            "text ", "ünï 漢字 ", "\u{1B}[31m", "\u{1B}[0m", "\u{1B}[44m", "\r\n", "\u{1B}[H", "\u{1B}[5;30H", "\u{1B}[K",
            "\u{1B}[2J",
            "\u{1B}[?1049h", "\u{1B}[?1049l", "\u{1B}[?25l", "\u{1B}[?25h", String(repeating: "w", count: 45), "\u{1B}[3L",
            "\u{1B}[2P",
            "\u{1B}[4mline\u{1B}[24m", "\u{1B}[7mreverse\u{1B}[27m", "\t", "😀", "\u{7}", "\u{1B}[12;40HX", "\u{1B}M",
            "\u{1B}[2;8r",
        ]
        for _ in 0..<200 {
            for _ in 0..<Int.random(in: 1...5, using: &random) { VirtualScreenTests.feed(screen, random.pick(pieces)) }
            if random.oneIn(2) {
                show(&view, screen, on: theirs)
                // A cursor that waits to wrap stands on the last column in both.
                expectSame(screen, theirs, "seed \(seed)")
            }
        }
    }

    @Test func `who has seen everything is sent nothing, and a change is sent alone`() throws {
        let screen = try VirtualScreenTests.screen(80, 24)
        var view = PersonView(columns: 80, rows: 24)
        VirtualScreenTests.feed(screen, "hello\r\nworld")
        view.note(changed: screen.takeChangedRows(), bells: 0)
        #expect(!view.paint(screen).isEmpty && !view.isStale)
        #expect(view.paint(screen).isEmpty)
        VirtualScreenTests.feed(screen, "!")
        view.note(changed: screen.takeChangedRows(), bells: 0)
        let update = String(decoding: view.paint(screen), as: UTF8.self)
        #expect(update.contains("world!") && !update.contains("hello"))
    }

    @Test func `keys, pastes and the mouse are worded as the program asks, also for who comes later`() throws {
        let screen = try VirtualScreenTests.screen()
        VirtualScreenTests.feed(screen, "\u{1B}[?1h\u{1B}=\u{1B}[?2004h\u{1B}[?1002;1006h\u{1B}[4 q")
        var view = PersonView(columns: 80, rows: 24)
        let bytes = String(decoding: view.paint(screen), as: UTF8.self)
        for word in ["\u{1B}[?1h", "\u{1B}=", "\u{1B}[?2004h", "\u{1B}[?1002h", "\u{1B}[?1006h"] { #expect(bytes.contains(word)) }
        VirtualScreenTests.feed(screen, "\u{1B}[?2004l\u{1B}[?1002l")
        let change = String(decoding: view.paint(screen), as: UTF8.self)
        #expect(change.contains("\u{1B}[?2004l") && change.contains("\u{1B}[?1002l") && !change.contains("1006"))
    }

    @Test func `a mode that goes off while everything is sent again is taken back`() throws {
        let screen = try VirtualScreenTests.screen()
        VirtualScreenTests.feed(screen, "\u{1B}[?1002h")
        var view = PersonView(columns: 80, rows: 24)
        _ = view.paint(screen)
        VirtualScreenTests.feed(screen, "\u{1B}[?1002l")
        view.forget()
        #expect(String(decoding: view.paint(screen), as: UTF8.self).contains("\u{1B}[?1002l"))
    }

    @Test func `a bell rings once, however often it rang meanwhile`() throws {
        let screen = try VirtualScreenTests.screen()
        var view = PersonView(columns: 80, rows: 24)
        _ = view.paint(screen)
        VirtualScreenTests.feed(screen, "\u{7}\u{7}\u{7}")
        view.note(changed: screen.takeChangedRows(), bells: screen.takeBells())
        #expect(view.paint(screen).filter { $0 == 7 }.count == 1)
    }

    @Test func `a smaller terminal is sent the part that it can show`() throws {
        let screen = try VirtualScreenTests.screen(80, 24)
        VirtualScreenTests.feed(screen, "\u{1B}[24;1Hlast")
        var view = PersonView(columns: 80, rows: 10)
        #expect(!String(decoding: view.paint(screen), as: UTF8.self).contains("last"))
    }
}
