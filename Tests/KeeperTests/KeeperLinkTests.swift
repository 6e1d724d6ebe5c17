import KeeperLink
import Testing

@Suite struct KeeperLinkTests {
    private static let requests: [KeeperRequest] = [
        .run(
            KeeperOrder(
                launch: "L", label: "claude", arguments: ["a", "", "ü \n"], directory: "/", environment: ["A=1", "B="],
                standardInput: "")),
        .signal(launch: "L", signal: 15), .state(launch: "L"), .dismiss,
    ]
    private static let answers: [KeeperAnswer] = [
        .reply(number: 7, .fact(launch: "L", .running(pid: 42, stopped: true), unread: 3)),
        .reply(number: 8, .fact(launch: "L", .signalled(9), unread: 0)), .reply(number: 9, .failure("no")),
        .reply(number: 1, .fact(launch: "L", .refused("x"), unread: 0)), .push(.changed(launch: "L", .exited(255))),
        .push(.changed(launch: "L", .lost)), .push(.changed(launch: "L", .neverStarted)),
        .reply(number: 2, .fact(launch: "L", .occupied("y"), unread: 0)),
        .reply(number: 3, .fact(launch: "L", .unwritten("z"), unread: 0)),
    ]

    @Test(arguments: requests) func `requests survive the way`(request: KeeperRequest) throws {
        var buffer = KeeperCodec.encode(request, number: 99)
        let body = try #require(try Frame.next(&buffer))
        let (number, back) = try KeeperCodec.decodeRequest(body)
        #expect(number == 99 && back == request && buffer.isEmpty)
    }

    @Test(arguments: answers) func `answers survive the way`(answer: KeeperAnswer) throws {
        var buffer = KeeperCodec.encode(answer)
        #expect(try KeeperCodec.decodeAnswer(try #require(try Frame.next(&buffer))) == answer)
    }

    private static let toTerminals: [TerminalRequest] = [
        .write(text: "ü\n\u{0}", isPaste: true, claim: "c"), .key(name: "C-\\", claim: ""), .capture(lines: 7, isStyled: true),
        .fingerprint, .state, .tag(key: "k", value: "v"), .ring, .end, .attach(columns: 80, rows: 24), .input([0, 255, 27]),
        .resize(columns: 1, rows: 1000),
    ]
    private static let fromTerminals: [TerminalAnswer] = [
        .reply(number: 3, .done), .reply(number: 4, .text("x\ny")), .reply(number: 5, .refused("no")), .died,
        .output([27, 0, 200]),
        .reply(
            number: 6,
            .facts(
                TerminalFacts(
                    life: "1.2", name: "op-A", owner: "me", columns: 80, rows: 24, attached: 2, pid: 42, isDead: true, claim: "c",
                    title: "ü", isSeen: true))),
    ]

    @Test(arguments: toTerminals) func `requests to terminals survive the way`(request: TerminalRequest) throws {
        var buffer = TerminalCodec.encode(request, number: 99)
        let body = try #require(try Frame.next(&buffer))
        let (number, back) = try TerminalCodec.decodeRequest(body)
        #expect(number == 99 && back == request && buffer.isEmpty)
        for length in 0..<body.count {
            #expect(throws: FrameError.self) { try TerminalCodec.decodeRequest(Array(body[..<length])) }
        }
    }

    @Test(arguments: fromTerminals) func `answers of terminals survive the way`(answer: TerminalAnswer) throws {
        var buffer = TerminalCodec.encode(answer)
        let body = try #require(try Frame.next(&buffer))
        #expect(try TerminalCodec.decodeAnswer(body) == answer)
        for length in 0..<body.count {
            #expect(throws: FrameError.self) { try TerminalCodec.decodeAnswer(Array(body[..<length])) }
        }
    }

    @Test func `every prefix of a frame waits or is refused, and lies about lengths allocate nothing`() throws {
        let whole = KeeperCodec.encode(Self.requests[0], number: 1)
        for length in 0..<whole.count {
            var buffer = Array(whole[..<length])
            #expect(try Frame.next(&buffer) == nil)
        }
        for length in 4..<whole.count { _ = try? KeeperCodec.decodeRequest(Array(whole[4..<length])) }
        var huge: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF]
        #expect(throws: FrameError.tooLarge) { try Frame.next(&huge) }
        #expect(throws: FrameError.self) {
            try KeeperCodec.decodeRequest([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF])
        }
    }

    @Test func `a record tells what became of a launch, and a torn line nothing`() {
        let record = LaunchRecord(
            parsing: Array("claim A\nstart A 42\nexit A 7\nclaim B\nstart B 43\nclaim C\nrefuse C\nclaim D\nsig".utf8))
        #expect(record.fact("A") == .exited(7))
        #expect(record.fact("B") == .lost)
        #expect(record.fact("C") == .refused("its program could not be started"))
        #expect(record.fact("D") == .lost)
        #expect(record.fact("E") == .neverStarted)
        #expect(LaunchRecord(parsing: Array("claim A".utf8)).fact("A") == .neverStarted)
        #expect(LaunchRecord(parsing: Array("start A x\nnonsense\n\nexit A\n".utf8)).entries.isEmpty)
    }
}
