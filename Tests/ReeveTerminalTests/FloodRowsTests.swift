import Testing

@testable import ReeveTerminal

/// What of some output are rows without the emulator's help.
@Suite struct FloodRowsTests {
    private static let stage = FloodRows.Stage(columns: 20, rows: 1, pen: .plain, blank: .plain)

    private static func read(_ text: String) throws -> (rows: [String], read: Int, count: Int) {
        let widths = try #require(GlyphWidths())
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
            let flooding = FloodRows(bytes, on: Self.stage, widths: widths)
            var rows: [String] = []
            flooding.forEachRow(before: flooding.count) { rows.append(String(decoding: $0, as: UTF8.self)) }
            return (rows, flooding.length, flooding.count)
        }
    }

    private static let x20 = String(repeating: "x", count: 20)
    private static let x19 = String(repeating: "x", count: 19)

    /// Output, and the rows that it fills.
    private static let filled: [(String, [String])] = [
        ("one\r\ntwo\r\nthree", ["one", "two"]), ("\r\n\r\n", ["", ""]), ("a \r\r\nb", ["a "]),
        ("a\u{1B}[31mb\u{1B}[0mc\r\n", ["a\u{1B}[0;31mb\u{1B}[mc"]),
        ("ünï → 漢\r\n", ["ünï → 漢"]), ("\(x20)\r\n", [x20]), ("\(x20)y\r\n", [x20, "y"]),
        ("\(x20)\(x20)\r\n\r\n", [x20, x20, ""]), ("\(x19)漢\r\n", [x19, "漢"]), ("\u{1B}[m\u{1B}[0m\u{1B}[;m\r\n", [""]),
        ("\u{1B}[38;5;208;48;2;1;20;255mx\u{1B}[39;49my\r\n", ["\u{1B}[0;38;5;208;48;2;1;20;255mx\u{1B}[my"]),
        ("\u{1B}[2mfaint\u{1B}[22m\r\n", ["faint"]), ("\u{1B}[94mx\u{1B}[107my\r\n", ["\u{1B}[0;94mx\u{1B}[0;94;107my\u{1B}[m"]),
    ]

    @Test(arguments: filled) func `text, colours and ends of lines become rows`(text: String, rows: [String]) throws {
        #expect(try Self.read(text).rows == rows)
    }

    @Test func `a colour that is carried over fills the row as well`() throws {
        let blank = try #require(GlyphWidths()).erasedKeepsAttributes ? "" : "\u{1B}[0;31m"
        let rows = try Self.read("a\u{1B}[1;31mb\r\nc\r\n").rows
        #expect(rows == ["a\u{1B}[0;1;31mb\u{1B}[m", "\u{1B}[0;1;31mc\(blank)\(String(repeating: " ", count: 19))\u{1B}[m"])
    }

    /// Output, and how many bytes of it are taken.
    private static let taken: [(String, Int)] = [
        ("ok\r\na\tb\r\n", 4), ("ok\r\na\nb\r\n", 4), ("ok\r\na\u{8}\r\n", 4), ("ok\r\nae\u{301}\r\n", 5),
        ("ok\r\n\u{1B}[2Kx\r\n", 4),
        ("ok\r\n\u{85}\r\n", 4), ("ok\r\nab\r", 5), ("ok\r\nab\r\u{1B}[A", 5), ("ok\r\n\u{1B}[31", 4),
        ("ok\r\n\u{1B}[31m\u{1B}", 9),
        ("\u{1B}[4:3mx", 0), ("\u{1B}[38:5:1mx", 0), ("\u{1B}[38;5mx", 0), ("\u{1B}[38;5;mx", 0), ("\u{1B}[38;5;256mx", 0),
        ("\u{1B}[48;2;1;2mx", 0), ("\u{1B}[8mx", 0), ("\u{1B}[58;5;1mx", 0), ("\u{1B}[11mx", 0), ("\u{1B}[?1mx", 0),
        ("\u{1B}[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m", 32), ("\u{1B}[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m", 0),
        ("ab\u{1B}]0;title\u{7}c", 1),
        ("ab\u{7F}c", 1), ("ab\u{0}c", 1), ("ab漢\u{300}c", 2), ("👩\u{200D}x", 0),
    ]

    @Test(arguments: taken) func `what is none of that ends it, before a character to which a mark might still come`(
        text: String, length: Int
    ) throws {
        #expect(try Self.read(text).read == length)
    }

    @Test func `bytes that are no text end it`() throws {
        let widths = try #require(GlyphWidths())
        let wrongs: [[UInt8]] = [
            [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x80],
        ]
        for wrong in wrongs {
            ([0x0D, 0x0A] + wrong + [0x0D, 0x0A]).withUnsafeBufferPointer { bytes in
                #expect(FloodRows(bytes, on: Self.stage, widths: widths).length == 2, "\(wrong)")
            }
        }
    }

    @Test func `a row that only the character began that is left out is not counted`() throws {
        let read = try Self.read(Self.x20 + "e\u{301}")
        #expect(read.count == 0 && read.read == 20)
    }

    @Test func `the emulator is asked how wide a character is`() throws {
        let widths = try #require(GlyphWidths())
        for one in "éЖ─│●→✓…“⎿Ωß" { #expect(widths.width(try #require(one.unicodeScalars.first).value) == 1, "\(one)") }
        for two in "漢字あ한" { #expect(widths.width(try #require(two.unicodeScalars.first).value) == 2, "\(two)") }
        for none: UInt32 in [0x07, 0x7F, 0x85, 0x301, 0x200D, 0xFE0F, 0xD800, 0x20000, 0x110000] {
            #expect(widths.width(none) == nil)
        }
    }

    @Test(arguments: [0, 1, 7, 9, 10, 99, 100, 255] as [UInt8]) func `a pen is worded as libvterm reads it`(number: UInt8) throws
    {
        var pen = Pen()
        (pen.attributes, pen.underline) = (31, 2)
        (pen.foreground, pen.background) = (.rgb(number, 0, number), .palette(number))
        var long: [UInt8] = []
        pen.write(to: &long)
        for bytes in [long, pen.shortSequences] {
            let screen = try VirtualScreenTests.screen()
            bytes.withUnsafeBufferPointer { screen.feed($0) }
            #expect(Pen(screen.state) == pen)
        }
    }
}
