import Foundation
import ReeveClient
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

/// What people write reaches the agent as it was written, by every way, and does nothing else anywhere.
@Suite(.serialized) struct FidelitySerialTests {
    /// A receiver that reads raw, writes what it gets into a file, and shows that it has.
    private func receiver(_ scratch: String) -> String {
        """
        [agents.raw]
        start = ["/bin/sh", "-c", "stty raw -echo; printf 'ready\\\\r\\\\n'; exec cat > \(scratch)/raw"]
        prompt = "none"
        [agents.paste]
        start = ["/bin/sh", "-c", "stty raw -echo; printf 'ready\\\\r\\\\n'; exec cat > \(scratch)/paste"]
        prompt = "paste"
        [agents.argument]
        start = ["/bin/sh", "-c", "printf %s \\"$1\\" > \(scratch)/argument-$REEVE_TICKET", "sh", "{prompt}"]
        """
    }

    private static let nasty = [
        "Enter", "C-c", "-l flagged", "--", "=x", "~x",
        "$HOME $(touch PWNED) `touch PWNED` ; && ' \" \\ * ! %H #(touch PWNED) #{pid} #S",
        "ends with ;", ";", "\\;", "  lead and trail  ", "ünïcödé 😀 𝒳 漢字 \u{202E}turned", "{prompt} {project}", "@file", "/exit",
        String(repeating: "0123456789abcdef", count: 6400),
    ]

    private func random(_ count: Int, _ isAllowed: (UInt32) -> Bool) -> [String] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in
            let scalars = (0..<Int.random(in: 1...60, using: &generator)).compactMap { _ -> Unicode.Scalar? in
                let value =
                    Bool.random(using: &generator)
                    ? UInt32.random(in: 1...126, using: &generator) : UInt32.random(in: 160...0x2FFF, using: &generator)
                return isAllowed(value) ? Unicode.Scalar(value) : nil
            }
            return "x" + String(String.UnicodeScalarView(scalars)) + "x"
        }
    }

    /// One request, off the threads that the tests share: the client blocks.
    private func call<M: WireMethod>(_ d: RealDaemon, _ method: M.Type, _ change: @Sendable @escaping (inout M.Params) -> Void)
        async -> String?
    {
        let path = d.socket
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var params = M.Params()
                change(&params)
                do {
                    _ = try ControlClient(path: path).call(method, params)
                    continuation.resume(returning: nil)
                } catch { continuation.resume(returning: "\(error)") }
            }
        }
    }

    private func create(_ d: RealDaemon, _ id: String, title: String = "t", agent: String? = nil, body: String? = nil) async {
        let fault = await call(d, TicketCreate.self) { params in
            params.id = id
            params.title = title
            params.agent = agent
            params.body = body
        }
        #expect(fault == nil, "\((body ?? title).prefix(60))")
    }

    @Test func `what is sent to an agent arrives byte for byte, each text once`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await RealDaemon.with(receiver(scratch.path)) { d in
            #expect(await d.reeve("add", "x", "--id", "R", "--agent", "raw").code == 0)
            #expect(await d.reeve("wait", "R", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await eventually { await d.reeve("preview", "R").text.contains("ready") })
            // Line feeds make it a paste: those are tested on their own, with and without brackets.
            let texts = Self.nasty + random(20) { $0 != 10 }
            var expected: [UInt8] = []
            for text in texts {
                let fault = await call(d, AgentSend.self) { params in
                    params.ticket = "R"
                    params.text = text
                }
                #expect(fault == nil, "\(text.prefix(60))")
                expected += Array(text.utf8) + [13]
            }
            let file = "\(scratch.path)/raw"
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count ?? 0 >= expected.count })
            let received = Array(FileManager.default.contents(atPath: file) ?? Data())
            #expect(received == expected, "first difference at \(zip(received, expected).prefix { $0 == $1 }.count)")
            #expect(!FileManager.default.fileExists(atPath: "\(d.scratch.path)/PWNED"))
        }
    }

    @Test func `a prompt arrives as its argument byte for byte, whatever it looks like`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await RealDaemon.with(receiver(scratch.path)) { d in
            let bodies = Self.nasty + ["two\nlines\n\nand \u{1B}[201~ more", "\u{1B}]0;title\u{07}"] + random(20) { _ in true }
            for (index, body) in bodies.enumerated() {
                await create(d, "P-\(index)", agent: "argument", body: body)
            }
            for (index, body) in bodies.enumerated() {
                #expect(await d.reeve("wait", "P-\(index)", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
                let received = FileManager.default.contents(atPath: "\(scratch.path)/argument-P-\(index)") ?? Data()
                let text = String(decoding: received, as: UTF8.self)
                #expect(text.hasSuffix(body) || text == body, "\(index): \(text.prefix(80))")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(d.scratch.path)/PWNED"))
        }
    }

    @Test func `a long prompt is pasted whole`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await RealDaemon.with(receiver(scratch.path)) { d in
            let body = random(1500) { $0 >= 32 && $0 != 127 }.joined()
            await create(d, "L", agent: "paste", body: body)
            let file = "\(scratch.path)/paste"
            #expect(await eventually { FileManager.default.contents(atPath: file)?.last == 13 })
            let received = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
            #expect(received.contains(body))
        }
    }

    /// Titles are the only text of people that goes into lists.
    @Test func `random titles are harmless on every screen`() async throws {
        try await RealDaemon.with { d in
            _ = await d.reeve("queue", "pause")
            for (index, title) in (Self.nasty.dropLast() + random(30) { $0 >= 32 && !(127..<160).contains($0) }).enumerated() {
                await create(d, "T-\(index)", title: title)
            }
            for command in [["list"], ["show", "T-6"], ["events", "--since", "0"]] {
                let result = await d.run([Programs.path("reeve")] + command)
                #expect(result.code == 0)
                #expect(
                    !result.text.unicodeScalars.contains {
                        $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E || $0.value == 0x7F
                    })
            }
        }
    }
}
