import ReeveJSON
import ReeveModel
import Testing

@testable import ReeveMCP

/// Whatever comes in: one answer or none for each line, all of it JSON-RPC, and the next message is answered.
@Suite struct HostileInputTests {
    private static let ping = Array(#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#.utf8) + [10]

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static let lines: [[UInt8]] = [
        [0xFF, 0xFE, 0x00], [0xC0, 0x80], bytes(many("[", 100_000)), bytes(many("\0", 5000)),
        bytes(#"{"jsonrpc":"2.0","id":"\u001b]0;x\u0007","method":"no\u001bne"}"#),
        bytes(#"{"jsonrpc":"2.0","id":"a","method":"no\u202ene"}"#),
        bytes(#"{"jsonrpc":"2.0","id":"\ud800","method":"ping"}"#),
        bytes(#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"ping"}"#),
        bytes(many(#"{"a":"#, 200)), bytes("Content-Length: 5\r"),
    ]

    /// By number: the test log would have each of their bytes.
    @Test(arguments: lines.indices)
    func `a hostile line gets an error, and the server lives on`(number: Int) async throws {
        let line = Self.lines[number]
        try await Conversation.initialized { talk in
            talk.send(line.filter { $0 != 10 } + [10])
            let answer = try await talk.next()
            #expect(answer.member("error") != nil)
            #expect(!answer.json.unicodeScalars.contains { InertText.isActive($0) })
            try await talk.expectSilence()
        }
    }

    @Test func `a line of more than one MiB is skipped and told once`() async throws {
        try await Conversation.initialized { talk in
            let junk = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
            talk.send(junk + [10] + Self.ping)
            try await expectError(-32600) { try await talk.next() }
            try await expect("p") { try await talk.next().member("id")?.string }
        }
    }

    @Test func `more calls than may wait are refused by the tool, not by silence`() async throws {
        let gate = Gate()
        try await FakeControl.with(Answer.good(ticketsBehind: gate)) { control in
            defer { gate.open() }
            try await Conversation.initialized(socket: control.socket) { talk in
                for id in 1...(MCPServer.mostCalls + 3) { talk.send(Line.call(id, "ticket")) }
                for id in (MCPServer.mostCalls + 1)...(MCPServer.mostCalls + 3) {
                    let answer = try await talk.next()
                    #expect(answer.isToolError == true && answer.member("id")?.integer == Int64(id))
                }
                for id in 2...MCPServer.mostCalls {
                    talk.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
                }
                // All of that has been taken.
                try await talk.expectSilence()
                gate.open()
                try await expect(1) { try await talk.next().member("id")?.integer }
            }
        }
    }

    @Test func `what a ticket says cannot act on the terminal that shows it`() async throws {
        try await FakeControl.with(Answer.good) { control in
            try await Conversation.initialized(socket: control.socket) { talk in
                let answer = try await talk.ask(Line.call(1, "ticket"))
                #expect(answer.text.hasPrefix("FEAT-1: Parse[2J it\n"))
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 1000]) func `lines are the same however they are cut into pieces`(size: Int) {
        let text = Array("one\n\ntwo\n".utf8) + [UInt8](repeating: 0x78, count: 40) + Array("\nthree\nrest".utf8)
        var lines: [LineSplitter.Line] = []
        var splitter = LineSplitter(longest: 32)
        for start in stride(from: 0, to: text.count, by: size) {
            splitter.feed(text[start..<min(start + size, text.count)]) { lines.append($0) }
        }
        splitter.end { lines.append($0) }
        #expect(
            lines == [
                .whole(Array("one".utf8)), .whole([]), .whole(Array("two".utf8)), .tooLong, .whole(Array("three".utf8)),
                .whole(Array("rest".utf8)),
            ])
    }

    @Test func `a line with its newline may have exactly the length that is allowed`() {
        for (length, isWhole) in [(30, true), (31, true), (32, false)] {
            var lines: [LineSplitter.Line] = []
            var splitter = LineSplitter(longest: 32)
            splitter.feed(([UInt8](repeating: 0x78, count: length) + [10])[...]) { lines.append($0) }
            #expect((lines != [.tooLong]) == isWhole)
        }
    }
}
