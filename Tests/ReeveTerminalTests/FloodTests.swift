import ReeveTestSupport
import Testing

@testable import ReeveTerminal

/// A flood goes past the emulator; what it leaves has to be what the emulator alone would have left, whatever it holds.
@Suite struct FloodTests {
    /// Two terminals that get the same, one of which never lets anything past its emulator.
    private struct Pair {
        let fast: VirtualScreen
        let slow: VirtualScreen

        init(_ columns: Int, _ rows: Int, flood: Int) throws {
            func screen(_ flood: Int) throws -> VirtualScreen {
                let scrollback = Scrollback(mostLines: 100_000, mostBytes: 4 << 20)
                return try #require(VirtualScreen(columns: columns, rows: rows, scrollback: scrollback, flood: flood))
            }
            (fast, slow) = (try screen(flood), try screen(.max))
        }

        func feed(_ bytes: some Collection<UInt8>) {
            for screen in [fast, slow] { Array(bytes).withUnsafeBufferPointer { screen.feed($0) } }
        }

        /// What differs; nil if nothing does.
        var difference: String? {
            let (one, other) = (VirtualScreenTests.text(fast, isStyled: true), VirtualScreenTests.text(slow, isStyled: true))
            let same = zip(one, other).prefix { $0 == $1 }.count
            if one.count != other.count || same != one.count {
                return "line \(same) of \(one.count), \(other.count): "
                    + "\(Array(one.dropFirst(same).prefix(2))) instead of \(Array(other.dropFirst(same).prefix(2)))"
            }
            let rows = (0..<slow.rows).first { fast.text(row: $0, isStyled: true) != slow.text(row: $0, isStyled: true) }
            if let rows { return "row \(rows)" }
            if fast.cursor != slow.cursor { return "the cursor: \(fast.cursor) instead of \(slow.cursor)" }
            if Pen(fast.state) != Pen(slow.state) { return "the pen" }
            if fast.modes != slow.modes || fast.title != slow.title { return "modes or title" }
            if fast.takeAnswers() != slow.takeAnswers() || fast.takeBells() != slow.takeBells() { return "answers or bells" }
            return fast.takeChangedRows().isSuperset(of: slow.takeChangedRows()) ? nil : "a changed row is not told"
        }

        /// Also what cannot be seen yet: where a mark would go, whether the cursor waits at the end of a row.
        mutating func differenceAtLast() -> String? {
            if let difference { return difference }
            feed("\u{301}xy\r\nz".utf8)
            return difference.map { "afterwards: \($0)" }
        }
    }

    private static let harmless = [
        "plain text of a log ", "\u{1B}[31mred\u{1B}[0m ", "\u{1B}[1;32mgreen\u{1B}[m", "ünï ", "漢字", "— “quoted” ", "→ ",
        "│ ├─╮",
        "\u{1B}[44m", "\u{1B}[m", "\u{1B}[0;3;4m", "\u{1B}[24;23m", "\u{1B}[7m", "\u{1B}[27m", "\u{1B}[38;5;208m",
        "\u{1B}[39;49m",
        "\u{1B}[48;2;10;20;30m", "\u{1B}[2mfaint\u{1B}[22m", "\u{1B}[91;102m", "\u{1B}[5;9;21m", "Привет ", "x", "0123456789", "",
        "\u{1B}[;m", "\u{1B}[1;m", "\u{1B}[0031m",
    ]
    private static let odd = [
        "😀", "e\u{301}", "\u{301}", "\u{200D}", "\u{FE0F}", "\tTab ", "a\u{8}b", "\u{1B}[2K", "\u{1B}[1A", "\u{1B}[1A\r", "\u{7}",
        "\u{1B}[5;9r", "\u{1B}[r", "\u{1B}(0q", "\u{1B}(B", "\u{1B}[?1049h", "\u{1B}[?1049l", "\u{1B}[4h", "\u{1B}[4l",
        "\u{1B}[?5h",
        "\u{1B}[?5l", "\u{1B}c", "\u{1B}[!p", "\u{1B}[4:3m", "\u{1B}[8m", "\u{1B}[28m", "\u{1B}[38;5m", "\u{1B}[38;5;300mx",
        "\u{1B}[11m",
        "\u{1B}7", "\u{1B}8", "\u{1B}]0;title\r\n\u{7}", "\u{1B}]8;;x\u{1B}\\", "\u{1B}[6n", "\u{1B}[?7l", "\u{1B}[?7h", "\u{0}",
        "\u{7F}",
        "\u{85}", "\u{1B}[3\r\n1m", "\u{1B}[99m", "\u{1B}[J", "\u{1B}[H", "\u{1B}[999B", "\u{1B}D", "\u{1B}E", "\u{1B}M",
        "\u{1B}#8", "\r", "x\u{1B}[70b", "\u{1B}[3b", "\u{E}", "\u{F}", "か\u{3099}", "\u{302A}", "\u{1B}[1;4r", "\u{1B}[20;4l",
        "\u{1B}[?47h", "\u{1B}[?47l", "\u{1B} F", "\u{1B}Pcut ", "\u{1B}[?6h", "\u{1160}", "\u{301}\u{301}\u{301}\u{301}",
    ]

    /// - Parameter rarity: of what is not for the fast way.
    private static func output(_ size: Int, rarity: Int, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < size {
            bytes += Array((random.oneIn(rarity) ? random.pick(odd) : random.pick(harmless)).utf8)
            if random.oneIn(rarity * 4) { bytes.append(UInt8.random(in: 0...255, using: &random)) }
            if random.oneIn(4) { bytes += Array((random.oneIn(rarity) ? random.pick(["\n", "\r\r\n", "\r"]) : "\r\n").utf8) }
        }
        return bytes
    }

    @Test(arguments: 0..<48) func `whatever a flood holds, it leaves what the emulator alone would leave`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var pair = try Pair(Int.random(in: 2...60, using: &random), Int.random(in: 1...8, using: &random), flood: 64)
        for _ in 0..<4 {
            var rest = Self.output(4000, rarity: random.pick([10, 60, 400]), &random)[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...2000, using: &random))
                pair.feed(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(pair.difference == nil, "\(pair.difference ?? "")")
            let (columns, rows) = (Int.random(in: 2...60, using: &random), Int.random(in: 1...8, using: &random))
            for screen in [pair.fast, pair.slow] { screen.resize(columns: columns, rows: rows) }
        }
        let difference = pair.differenceAtLast()
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test(arguments: [(9, 2), (20, 1), (3, 3)]) func `it may be cut at every byte`(columns: Int, rows: Int) throws {
        let output = Array(
            ("\r\n\r\n\r\none\r\n\u{1B}[1;31mtwo is long enough\r\nthree\u{1B}[m\r\n\u{1B}[48;2;1;2;3m\r\n漢字漢字ünï\r\n\u{1B}[0;4m─│\u{1B}[24m"
                + "exactly 9\r\nexactly 9e\u{301}\r\nexactly\u{1B}[7m99\u{301}\r\n\u{1B}[m\r\n\r\n\r\n\r\nend of it\r\n\u{1B}[35mand more")
                .utf8)
        for cut in 0...output.count {
            var pair = try Pair(columns, rows, flood: 1)
            pair.feed(output[..<cut])
            pair.feed(output[cut...])
            let difference = pair.differenceAtLast()
            #expect(difference == nil, "cut at \(cut): \(difference ?? "")")
        }
    }

    /// Lines, and which part of their rows is not shown to the emulator.
    @Test(arguments: [
        "a line of a log", "\u{1B}[32mok\u{1B}[0m a line of a log", "\u{1B}[32mok, and so is the next",
        String(repeating: "wide ", count: 60),
        "│ ünï — 漢字 │ Привет", "\u{1B}[38;2;1;2;3m\u{1B}[48;5;7m●\u{1B}[0m \u{1B}[2mfaint\u{1B}[22m", "",
    ])
    func `what agents write goes past the emulator`(line: String) throws {
        var pair = try Pair(80, 24, flood: 8192)
        pair.feed(String(repeating: "\r\n", count: 60).utf8)
        pair.feed(String(repeating: line + "\r\n", count: 8000).utf8)
        #expect(pair.fast.skippedRows > 7000 && pair.slow.skippedRows == 0)
        let difference = pair.differenceAtLast()
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `a region of all rows does not keep a flood from the fast way`() throws {
        let pair = try Pair(80, 24, flood: 8192)
        pair.feed(("\u{1B}[1;24r" + String(repeating: "\r\n", count: 60)).utf8)
        pair.feed(String(repeating: "a line of a log\r\n", count: 2000).utf8)
        #expect(pair.fast.skippedRows > 1800 && pair.difference == nil)
    }

    /// What was printed last and how much may be repeated still are the same, though the flood went past who counts them.
    @Test func `what is repeated behind a flood is the same`() throws {
        let pair = try Pair(200, 50, flood: 64)
        pair.feed(String(repeating: "\r\n", count: 60).utf8)
        let lines = String(repeating: "漢字 and more \u{1B}[32mof it\u{1B}[m\r\n", count: 110)
        let repeats = String(repeating: "\u{1B}[9999b", count: 12)
        for _ in 0..<6 { pair.feed((lines + "\u{1B}[9999b" + lines + repeats + "\r\n").utf8) }
        #expect(pair.fast.skippedRows > 500)
        #expect(pair.difference == nil, "\(pair.difference ?? "")")
    }

    @Test func `something odd in a flood holds it up for a moment only`() throws {
        let pair = try Pair(80, 24, flood: 8192)
        pair.feed(String(repeating: "\r\n", count: 60).utf8)
        let many = String(repeating: "a line of a log\r\n", count: 2000)
        pair.feed((many + "odd\tone\r\n" + many).utf8)
        #expect(pair.fast.skippedRows > 3800)
        #expect(pair.difference == nil)
    }

    @Test func `a flood goes the fast way`() throws {
        let screen = try VirtualScreenTests.screen(200, 50)
        let line = "00000001 a line of a log, as long as they are \u{1B}[32mok\u{1B}[0m\r\n"
        let flood = String(repeating: line, count: 6000)
        VirtualScreenTests.feed(screen, String(repeating: "\r\n", count: 60))
        VirtualScreenTests.feed(screen, flood, inPiecesOf: 4096)
        #expect(screen.skippedRows == 0, "pieces of that size are no flood")
        VirtualScreenTests.feed(screen, flood, inPiecesOf: 128 << 10)
        #expect(screen.skippedRows > 5800, "\(screen.skippedRows) rows of 6000")
        #expect(VirtualScreenTests.text(screen, 3000).count == 3000)
    }
}
