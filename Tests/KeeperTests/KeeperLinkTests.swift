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
