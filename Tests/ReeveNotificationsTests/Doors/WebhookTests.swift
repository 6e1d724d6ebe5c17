import Crypto
import NIOHTTP1
import ReeveJSON
import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import Synchronization
import Testing

@Suite struct `Webhooks` {
    static let environment = ["SECRET": "s3cret", "TOKEN": "t0ken"]

    /// The delays that a delivery asked for, on time that passes at once.
    final class QuickTime: TimeSource {
        private let state = Mutex<(now: Duration, slept: [Duration])>((.zero, []))
        var slept: [Duration] { state.withLock(\.slept) }
        func wall() -> Timestamp { Samples.now.advanced(by: uptime()) }
        func uptime() -> Duration { state.withLock(\.now) }
        func sleep(for duration: Duration) async throws {
            try Task.checkCancellation()
            state.withLock { state in
                state.now += duration
                state.slept.append(duration)
            }
        }
    }

    /// - Returns: the error that it was given up with.
    static func deliver(
        to address: String, time: any TimeSource = QuickTime(), secret: String? = "$SECRET", token: String? = nil,
        patience: Duration = .seconds(30), limit: Duration = .seconds(600), notice: Notice = Doors.notice()
    ) async -> ReeveError? {
        do throws(ReeveError) {
            let door = WebhookDoor(
                address: try WebhookAddress(address), secret: try reference(secret), token: try reference(token),
                environment: environment, patience: patience, schedule: RetrySchedule(limit: limit), time: time, random: { 1 })
            let result: Result<Void, ReeveError>
            do throws(ReeveError) { result = .success(try await door.deliver(notice)) } catch { result = .failure(error) }
            await door.close()
            try result.get()
        } catch {
            return error
        }
        return nil
    }

    private static func reference(_ text: String?) throws(ReeveError) -> SecretReference? {
        guard let text else { return nil }
        return try SecretReference(text)
    }

    @Test func `A notice is posted as JSON, signed, with its delivery`() async throws {
        try await MisbehavingServer.with([.answer(204)]) { server in
            let notice = Doors.notice("waiting-1-abc")
            #expect(await Self.deliver(to: server.address + "/hook?x=1", notice: notice) == nil)
            let request = try #require(server.requests.first)
            #expect(request.path == "/hook?x=1")
            #expect(request.body == notice.json)
            #expect(request.headers.first(name: "Content-Type") == "application/json")
            #expect(request.headers.first(name: "X-Reeve-Delivery") == "waiting-1-abc")
            #expect(request.headers.first(name: "X-Reeve-Event") == "waiting")
            let timestamp = try #require(request.headers.first(name: "X-Reeve-Timestamp"))
            #expect(timestamp == "1790000000")
            // The receiver's side, by itself.
            let code = HMAC<SHA256>.authenticationCode(
                for: Array("\(timestamp).".utf8) + request.body, using: SymmetricKey(data: Array("s3cret".utf8)))
            let expected = "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(request.headers.first(name: "X-Reeve-Signature") == expected)
        }
    }

    @Test func `The signature is the one that other programs compute`() {
        // hmac.new(b"secret", b'1790000000.{"a":1}', sha256) of Python 3.
        #expect(
            WebhookSignature.header(secret: Array("secret".utf8), timestamp: "1790000000", body: Array(#"{"a":1}"#.utf8))
                == "sha256=da8fe498621aaab99d5b11c51346b13d1a2bf2914b865b8d3edd3531cab25a3e")
    }

    @Test(arguments: [
        [MisbehavingServer.Behaviour.answer(500)], [.answer(503), .answer(502)], [.answer(429)], [.answer(408)], [.drop],
        [.drop, .answer(500), .drop],
    ]) func `What may pass is tried again, as the same delivery`(failures: [MisbehavingServer.Behaviour]) async throws {
        try await MisbehavingServer.with(failures + [.answer(200)]) { server in
            let time = QuickTime()
            #expect(await Self.deliver(to: server.address, time: time) == nil)
            #expect(server.requests.count == failures.count + 1)
            #expect(Set(server.requests.map { $0.headers.first(name: "X-Reeve-Delivery") }) == ["k"])
            #expect(time.slept == [.seconds(1), .seconds(2), .seconds(4)].prefix(failures.count).map(\.self))
            // The moment is that of the try, and signed.
            #expect(Set(server.requests.map { $0.headers.first(name: "X-Reeve-Signature") }).count == failures.count + 1)
        }
    }

    @Test func `A server that never answers is left after its time`() async throws {
        try await MisbehavingServer.with([.silence, .answer(200)]) { server in
            #expect(await Self.deliver(to: server.address, patience: .seconds(1)) == nil)
            // A machine that is busy may take longer than a second for the second one too.
            #expect(server.requests.count >= 2)
        }
    }

    @Test func `An answer without end is dropped`() async throws {
        try await MisbehavingServer.with([.endless]) { server in
            #expect(await Self.deliver(to: server.address) == nil)
        }
    }

    @Test(arguments: [
        ("90", Duration.seconds(90)), ("86400", .seconds(3600)), ("0", .seconds(1)), ("soon", .seconds(1)), ("-5", .seconds(1)),
    ])
    func `Retry-After is honoured, within bounds`(value: String, delay: Duration) async throws {
        try await MisbehavingServer.with([.answer(429, [("Retry-After", value)]), .answer(200)]) { server in
            let time = QuickTime()
            #expect(await Self.deliver(to: server.address, time: time, limit: .seconds(7200)) == nil)
            #expect(time.slept == [delay])
        }
    }

    @Test(arguments: [400, 401, 403, 404, 410, 422, 301, 302, 307, 308]) func `Any other answer is an answer`(code: Int)
        async throws
    {
        try await MisbehavingServer.with([.answer(code, [("Location", "/elsewhere")])]) { server in
            let error = await Self.deliver(to: server.address)
            #expect(error?.message.contains("status \(code)") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `A dead receiver is given up in the end`() async throws {
        try await MisbehavingServer.with([.answer(500)]) { server in
            let time = QuickTime()
            let error = await Self.deliver(to: server.address, time: time)
            #expect(error?.message == "\(server.address) did not take a notice in 10 tries: status 500")
            #expect(time.uptime() <= .seconds(600))
        }
    }

    @Test func `Nothing secret is in an error`() async throws {
        let time = QuickTime()
        // Nobody listens on the port of discard.
        let failure = await Self.deliver(
            to: "http://user:pa55@127.0.0.1:9/services/T0/hidden?key=hidden", time: time, token: "$TOKEN", limit: .seconds(3))
        let error = try #require(failure)
        for secret in ["pa55", "user", "hidden", "s3cret", "t0ken"] {
            #expect(!"\(error)".contains(secret))
        }
        #expect(error.message.contains("http://127.0.0.1:9"))
    }

    @Test func `Credentials are sent as a header and never in the address`() async throws {
        try await MisbehavingServer.with([.answer(200)]) { server in
            let address = "http://us%40er:p%3Ass@" + server.address.dropFirst("http://".count) + "/x"
            #expect(await Self.deliver(to: address, secret: nil) == nil)
            #expect(await Self.deliver(to: server.address, secret: nil, token: "$TOKEN") == nil)
            #expect(
                server.requests.map { $0.headers.first(name: "Authorization") } == ["Basic dXNAZXI6cDpzcw==", "Bearer t0ken"])
            #expect(server.requests.map(\.path) == ["/x", "/"])
            #expect(server.requests.allSatisfy { $0.headers.first(name: "X-Reeve-Signature") == nil })
        }
    }

    @Test func `A secret that cannot be read keeps everything here`() async throws {
        try await MisbehavingServer.with([.answer(200)]) { server in
            #expect(await Self.deliver(to: server.address, secret: "$NOT_SET")?.message == "$NOT_SET is not set")
            #expect(server.requests.isEmpty)
        }
    }

    // MARK: Parts

    @Test(arguments: [
        ("https://example.org", "https://example.org/", "https://example.org"),
        ("HTTP://h:8080/a?b=c#d", "http://h:8080/a?b=c", "http://h:8080"),
        ("https://u:p@h/x", "https://h/x", "https://h"), ("https://h?x", "https://h/?x", "https://h"),
        ("http://[::1]:80/x", "http://[::1]:80/x", "http://[::1]:80"),
        ("https://a@b:c@h/", "https://h/", "https://h"),
    ]) func `An address is taken apart`(text: String, url: String, shown: String) throws {
        let address = try WebhookAddress(text)
        #expect(address.url == url)
        #expect(address.shown == shown)
    }

    @Test(arguments: [
        "", "example.org", "ftp://h/", "https:/h", "https://", "https:///x", "https://u@", "http://:80/", "https://h/ä",
        "https://h/a b",
        "https://h/\r\nX: y", "https://u%zz@h/", "file:///etc/passwd",
    ]) func `What is no address is refused without being repeated`(text: String) {
        let error = #expect(throws: ReeveError.self) { try WebhookAddress(text) }
        #expect(error?.message == "this is no address for a webhook")
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:30Z", Duration.seconds(7)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T09:00:00Z", .zero),
        ("120", "1994-11-06T09:00:00Z", .seconds(120)),
    ]) func `Retry-After is a number or a date`(text: String, now: String, wait: Duration) throws {
        let now = try #require(Timestamp(rfc3339: now))
        #expect(RetryAfter.parse(text, now: now) == wait)
    }

    @Test(arguments: [
        "", "-1", "1.5", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "soon",
    ])
    func `Anything else is none`(text: String) { #expect(RetryAfter.parse(text, now: Samples.now) == nil) }
}

@Suite struct `Secrets by reference` {
    @Test(arguments: ["s3cret", "", "$", "$A-B", "$(cat x)", "relative/path"]) func `A secret itself is refused and not repeated`(
        text: String
    ) {
        let error = #expect(throws: ReeveError.self) { try SecretReference(text) }
        #expect(error.map { text.isEmpty || !$0.message.contains(text) } == true)
    }

    @Test func `A variable and a private file are read when they are needed`() async throws {
        #expect(try SecretReference("$A").read(["A": "x y"]) == Array("x y".utf8))
        #expect(throws: ReeveError.self) { try SecretReference("$A").read([:]) }
        #expect(throws: ReeveError.self) { try SecretReference("$A").read(["A": ""]) }
        try await Scratch.with { scratch in
            let path = scratch.path + "/secret"
            #expect(throws: ReeveError.self) { try SecretReference(path).read([:]) }
            try Files.write("one\r\n", to: path, mode: 0o600)
            #expect(try SecretReference(path).read([:]) == Array("one".utf8))
            try Files.write("two", to: path, mode: 0o600)
            #expect(try SecretReference(path).read([:]) == Array("two".utf8))
            try Files.write("\n", to: path, mode: 0o600)
            #expect(throws: ReeveError.self) { try SecretReference(path).read([:]) }
            try Files.write("three", to: path, mode: 0o640)
            let error = #expect(throws: ReeveError.self) { try SecretReference(path).read([:]) }
            #expect(error?.message.contains("open to others") == true)
        }
    }
}
