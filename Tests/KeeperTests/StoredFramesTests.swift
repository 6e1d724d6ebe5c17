import KeeperLink
import Testing

/// The bytes between a daemon and a keeper or a built-in terminal, as they are written today. A keeper lives as long as its agent
/// does, and the daemon that speaks to it after an upgrade is a newer one: each has to understand what the other was built to say.
/// So what stands here is never changed, only added to; a message that must say more gets a new number.
@Suite struct StoredFramesTests {
    private static let order = KeeperOrder(
        launch: "L1", label: "claude", arguments: ["a", "", "ü"], directory: "/w", environment: ["A=1", "B="],
        standardInput: "/p")

    private static let facts = TerminalFacts(
        life: "1.2", name: "op-A", owner: "me", columns: 80, rows: 24, attached: 2, pid: 42, isDead: true, claim: "c", title: "t",
        isSeen: false)

    /// Each request is number 7.
    private static let toKeepers: [(KeeperRequest, String)] = [
        (
            .run(order),
            "000000450000000701000000024c3100000006636c617564650000000300000001610000000000000002c3bc000000022f7700000002"
                + "00000003413d3100000002423d000000022f70"
        ),
        (.signal(launch: "L1", signal: 15), "0000000f0000000702000000024c310000000f"),
        (.state(launch: "L1"), "0000000b0000000703000000024c31"),
        (.dismiss, "000000050000000704"),
    ]

    private static let fromKeepers: [(KeeperAnswer, String)] = [
        (.reply(number: 7, .fact(launch: "L1", .neverStarted, unread: 3)), "000000100100000007000000024c310000000003"),
        (
            .reply(number: 7, .fact(launch: "L1", .running(pid: 4242, stopped: true), unread: 3)),
            "000000150100000007000000024c3101000010920100000003"
        ),
        (
            .reply(number: 7, .fact(launch: "L1", .running(pid: 1, stopped: false), unread: 3)),
            "000000150100000007000000024c3101000000010000000003"
        ),
        (.reply(number: 7, .fact(launch: "L1", .exited(255), unread: 3)), "000000140100000007000000024c3102000000ff00000003"),
        (.reply(number: 7, .fact(launch: "L1", .exited(-1), unread: 3)), "000000140100000007000000024c3102ffffffff00000003"),
        (
            .reply(number: 7, .fact(launch: "L1", .signalled(9), unread: 3)),
            "000000140100000007000000024c31030000000900000003"
        ),
        (
            .reply(number: 7, .fact(launch: "L1", .refused("no"), unread: 3)),
            "000000160100000007000000024c3104000000026e6f00000003"
        ),
        (.reply(number: 7, .fact(launch: "L1", .lost, unread: 3)), "000000100100000007000000024c310500000003"),
        (
            .reply(number: 7, .fact(launch: "L1", .occupied("a shell"), unread: 3)),
            "0000001b0100000007000000024c31060000000761207368656c6c00000003"
        ),
        (
            .reply(number: 7, .fact(launch: "L1", .unwritten("full"), unread: 3)),
            "000000180100000007000000024c31070000000466756c6c00000003"
        ),
        (.reply(number: 7, .failure("no")), "0000000b0200000007000000026e6f"),
        (.push(.changed(launch: "L1", .exited(7))), "0000000c03000000024c310200000007"),
    ]

    private static let toTerminals: [(TerminalRequest, String)] = [
        (.write(text: "ü\n", isPaste: true, claim: "c"), "00000012000000070100000003c3bc0a010000000163"),
        (.key(name: "C-c", claim: ""), "00000010000000070200000003432d6300000000"),
        (.capture(lines: 100, isStyled: true), "0000000a00000007030000006401"),
        (.fingerprint, "000000050000000704"),
        (.state, "000000050000000705"),
        (.tag(key: "k", value: "v"), "0000000f0000000706000000016b0000000176"),
        (.ring, "000000050000000707"),
        (.end, "000000050000000708"),
        (.attach(columns: 80, rows: 24), "0000000d00000007090000005000000018"),
        (.input([0, 255, 27]), "0000000c000000070a0000000300ff1b"),
        (.resize(columns: 200, rows: 50), "0000000d000000070b000000c800000032"),
    ]

    private static let fromTerminals: [(TerminalAnswer, String)] = [
        (.reply(number: 7, .done), "00000006010000000700"),
        (.reply(number: 7, .text("x")), "0000000b0100000007010000000178"),
        (
            .reply(number: 7, .facts(facts)),
            "0000003701000000070200000003312e32000000046f702d41000000026d650000000163000000017400000050000000180000000200"
                + "00002a0100"
        ),
        (.reply(number: 7, .refused("no")), "0000000c010000000703000000026e6f"),
        (.died, "0000000102"),
        (.output([27, 0, 200]), "0000000803000000031b00c8"),
    ]

    @Test(arguments: toKeepers) func `what a daemon says to a keeper`(message: KeeperRequest, bytes: String) throws {
        #expect(hexadecimal(KeeperCodec.encode(message, number: 7)) == bytes, "a keeper of today would not understand")
        let (number, read) = try KeeperCodec.decodeRequest(body(bytes))
        #expect(number == 7 && read == message)
    }

    @Test(arguments: fromKeepers) func `what a keeper says to a daemon`(message: KeeperAnswer, bytes: String) throws {
        #expect(try KeeperCodec.decodeAnswer(body(bytes)) == message, "a keeper of today would not be understood")
        #expect(hexadecimal(KeeperCodec.encode(message)) == bytes)
    }

    @Test(arguments: toTerminals) func `what a daemon and people's clients say to a terminal`(
        message: TerminalRequest, bytes: String
    ) throws {
        #expect(hexadecimal(TerminalCodec.encode(message, number: 7)) == bytes, "a terminal of today would not understand")
        let (number, read) = try TerminalCodec.decodeRequest(body(bytes))
        #expect(number == 7 && read == message)
    }

    @Test(arguments: fromTerminals) func `what a terminal says`(message: TerminalAnswer, bytes: String) throws {
        #expect(try TerminalCodec.decodeAnswer(body(bytes)) == message, "a terminal of today would not be understood")
        #expect(hexadecimal(TerminalCodec.encode(message)) == bytes)
    }

    @Test func `what a keeper writes into its record`() {
        let entries: [(LaunchRecord.Entry, String)] = [
            (.claimed, "claim L1\n"), (.started(pid: 4242), "start L1 4242\n"), (.exited(7), "exit L1 7\n"),
            (.signalled(9), "signal L1 9\n"), (.hungUp, "hangup L1\n"), (.refused, "refuse L1\n"),
        ]
        for (entry, line) in entries {
            #expect(LaunchRecord.line("L1", entry) == line)
            #expect(LaunchRecord(parsing: Array(line.utf8)).entries == ["L1": entry])
        }
    }

    @Test func `every message has its bytes here`() {
        #expect(Set(Self.toKeepers.map { Self.number($0.0) }) == Set(1...4))
        #expect(Set(Self.fromKeepers.compactMap { Self.fact($0.0).map(Self.number) }) == Set(0...7))
        #expect(Set(Self.fromKeepers.map { Self.number($0.0) }) == Set(1...3))
        #expect(Set(Self.toTerminals.map { Self.number($0.0) }) == Set(1...11))
        #expect(Set(Self.fromTerminals.map { Self.number($0.0) }) == [2, 3, 10, 11, 12, 13])
    }

    // MARK: Numbers

    // Without a default, so that a new message is met here first: it gets a number, a row above, and its place in the last test.

    private static func number(_ request: KeeperRequest) -> Int {
        switch request {
        case .run: 1
        case .signal: 2
        case .state: 3
        case .dismiss: 4
        }
    }

    private static func number(_ answer: KeeperAnswer) -> Int {
        switch answer {
        case .reply(_, .fact): 1
        case .reply(_, .failure): 2
        case .push(.changed): 3
        }
    }

    private static func fact(_ answer: KeeperAnswer) -> KeeperFact? {
        switch answer {
        case .reply(_, .fact(_, let fact, _)), .push(.changed(_, let fact)): fact
        case .reply(_, .failure): nil
        }
    }

    private static func number(_ fact: KeeperFact) -> Int {
        switch fact {
        case .neverStarted: 0
        case .running: 1
        case .exited: 2
        case .signalled: 3
        case .refused: 4
        case .lost: 5
        case .occupied: 6
        case .unwritten: 7
        }
    }

    private static func number(_ request: TerminalRequest) -> Int {
        switch request {
        case .write: 1
        case .key: 2
        case .capture: 3
        case .fingerprint: 4
        case .state: 5
        case .tag: 6
        case .ring: 7
        case .end: 8
        case .attach: 9
        case .input: 10
        case .resize: 11
        }
    }

    /// Those of replies begin at 10.
    private static func number(_ answer: TerminalAnswer) -> Int {
        switch answer {
        case .reply(_, .done): 10
        case .reply(_, .text): 11
        case .reply(_, .facts): 12
        case .reply(_, .refused): 13
        case .died: 2
        case .output: 3
        }
    }

    // MARK: Bytes

    /// What stands in the frame, without its length.
    private func body(_ text: String) throws -> [UInt8] {
        let digits = Array(text.utf8)
        var bytes = try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16))
        }
        let body = try #require(try Frame.next(&bytes), "no whole frame: \(text)")
        #expect(bytes.isEmpty)
        return body
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
