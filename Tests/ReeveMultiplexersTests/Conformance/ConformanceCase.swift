import Foundation
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// Something that a backend does as all others do, if it has what it takes.
struct ConformanceCase: Sendable {
    /// A sentence, for the documents too.
    var name: String
    /// Without these it is left out, and the backend has to refuse.
    var needs: Set<MultiplexerCapability> = []
    /// It ends the multiplexer, or stops it: it gets one of its own.
    var isLast = false
    /// Why the question does not arise on a stage; nil where it does.
    var exemption: @Sendable (any Stage) -> String? = { _ in nil }
    var body: @Sendable (any Stage) async throws -> Void

    static let all: [ConformanceCase] = sessions + input + output + people + extras + bounds + faults

    // MARK: Sessions

    private static let sessions: [ConformanceCase] = [
        ConformanceCase(name: "a session is made, listed with its true name and owner, and destroyed") { stage in
            let session = try await stage.start("op-A.1", ["sleep", "100"])
            let listed = try await stage.multiplexer.list().filter { $0.id == session.id }
            #expect(listed.map(\.name) == ["op-A.1"])
            #expect(listed.first?.owner == "inst" && listed.first?.dead == false && listed.first?.handle == session.handle)
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
            try await stage.end(session)
            #expect(try await eventually { try await !stage.multiplexer.list().contains { $0.id == session.id } })
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .gone)
        },
        ConformanceCase(name: "a session whose name begins like another's is never hit", needs: [.exactTarget]) { stage in
            let ten = try await stage.start("op-P10", ["sleep", "100"])
            let one = try await stage.start("op-P1", ["sleep", "100"])
            try await stage.end(one)
            #expect(await stage.refusal { try await stage.end(one) } == .notFound)
            #expect(try await stage.multiplexer.life(of: ten.handle, id: ten.id) == .alive)
            try await stage.end(ten)
        },
        ConformanceCase(name: "a session that was made just before a crash is taken up again") { stage in
            let first = try await stage.start("op-B", ["sleep", "100"])
            let again = try await stage.multiplexer.spawn(stage.order("op-B"))
            #expect(again == first.handle)
            #expect(try await stage.multiplexer.list().filter { $0.name == "op-B" }.count == 1)
            try await stage.end(first)
        },
        ConformanceCase(name: "a person's session is taken in, and given back as it was", needs: [.adopt]) { stage in
            try await stage.personal("mine-1")
            let id = Samples.session("adopted-1")
            let name = Samples.name("mine-1")
            @Sendable func adopt(_ name: SessionName, _ id: SessionID, owner: String = "inst", open: Bool = true) async throws
                -> TerminalHandle
            { try await stage.multiplexer.adopt(name, id: id, owner: owner) { _ in open } }
            let handle = try await adopt(name, id)
            #expect(try await stage.multiplexer.list().contains { $0.id == id && $0.name == "mine-1" && $0.owner == "inst" })
            #expect(try await stage.multiplexer.life(of: handle, id: id) == .alive)
            let other = Samples.session("other")
            #expect(await stage.refusal { _ = try await adopt(name, other, owner: "another") } == .conflict)
            #expect(await stage.refusal { _ = try await adopt(name, other) } == .conflict)
            #expect(await stage.refusal { _ = try await adopt(Samples.name("mine"), other) } == .notFound)
            try await stage.multiplexer.release(handle, id: id)
            #expect(try await !stage.multiplexer.list().contains { $0.id == id })
            // It is there still, and can be taken in again; also one that was taken in just before a crash.
            _ = try await adopt(name, Samples.session("adopted-1"))
            let again = try await adopt(name, Samples.session("adopted-2"), open: false)
            #expect(again == handle)
            try await stage.multiplexer.destroy(again, id: Samples.session("adopted-2"))
        },
        ConformanceCase(name: "the next daemon finds a session by its id and can act on it", needs: [.persistent], isLast: true) {
            stage in
            let (session, file) = try await stage.reader("op-heir")
            let next = try stage.successor()
            let (ground, before) = (stage.ground, stage.ground.connections.count)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try? await next.run { event in ground.note(event) }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(await eventually { ground.connections.count > before })
                let found = try await next.list().filter { $0.id == session.id }
                #expect(found.map(\.name) == ["op-heir"] && found.map(\.handle) == [session.handle])
                #expect(found.map(\.owner) == ["inst"] && found.map(\.dead) == [false])
                #expect(try await next.life(of: session.handle, id: session.id) == .alive)
                #expect(try await next.spawn(stage.order("op-heir")) == session.handle)
                try await next.send("still there", to: session.handle, id: session.id)
                #expect(await eventually { stage.received(file) == Array("still there".utf8) })
                try await next.destroy(session.handle, id: session.id)
                #expect(try await eventually { try await next.life(of: session.handle, id: session.id) == .gone })
                group.cancelAll()
            }
        },
        ConformanceCase(name: "a second session never takes the name of one that lives") { stage in
            let first = try await stage.start("op-N", ["sleep", "100"])
            var other = stage.order("op-N")
            other.id = Samples.session("another")
            other.arguments = stage.fleet.command(for: other.id)
            let rival = other
            #expect(await stage.refusal { _ = try await stage.multiplexer.spawn(rival) } == .conflict)
            #expect(try await stage.multiplexer.life(of: first.handle, id: first.id) == .alive)
            try await stage.end(first)
        },
        ConformanceCase(name: "what is not there is not found, whatever is asked of it") { stage in
            let session = try await stage.start("op-gone", ["sleep", "100"])
            try await stage.end(session)
            let (handle, id) = session
            #expect(await stage.refusal { try await stage.multiplexer.send("x", to: handle, id: id) } == .notFound)
            #expect(await stage.refusal { try await stage.multiplexer.press(.enter, in: handle, id: id) } == .notFound)
            #expect(await stage.refusal { try await stage.multiplexer.destroy(handle, id: id) } == .notFound)
            if stage.multiplexer.capabilities.contains(.capture) {
                #expect(await stage.refusal { _ = try await stage.captured(session, 5) } == .notFound)
            }
        },
        ConformanceCase(name: "a program's exit code is known exactly, and its terminal lives on") { stage in
            for code in [0, 7, 255] {
                let session = try await stage.start("op-x\(code)", ["/bin/sh", "-c", "exit \(code)"])
                let launch = stage.launch(session.id)
                #expect(
                    try await eventually {
                        try await stage.fleet.inspect(launch, in: session.id) == .ended(.code(code))
                    })
                #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
                try await stage.end(session)
            }
        },
        ConformanceCase(name: "a keeper that is killed is a session that is dead or gone, and nothing is typed there") { stage in
            let session = try await stage.start("op-k", ["sleep", "100"])
            await stage.fleet.dismiss(session.id)
            #expect(
                try await eventually {
                    try await stage.multiplexer.life(of: session.handle, id: session.id) != .alive
                })
            let refusal = await stage.refusal {
                try await stage.multiplexer.send("a\nb", to: session.handle, id: session.id)
            }
            #expect(refusal == .conflict || refusal == .notFound)
            _ = await stage.refusal { try await stage.end(session) }
            #expect(
                try await eventually {
                    try await stage.multiplexer.life(of: session.handle, id: session.id) == .gone
                })
        },
        ConformanceCase(name: "the end of a terminal is told unasked", needs: [.pushExit]) { stage in
            let session = try await stage.start("op-push", ["sleep", "100"])
            let before = stage.events().count
            await stage.fleet.dismiss(session.id)
            #expect(await eventually { stage.events().count > before })
            _ = await stage.refusal { try await stage.end(session) }
        },
    ]

    // MARK: Input

    private static let input: [ConformanceCase] = [
        ConformanceCase(name: "text arrives byte for byte: 40 random ones, and all the nasty ones we know") { stage in
            let (session, file) = try await stage.reader("op-raw")
            var texts = [
                "Enter", "C-c", "-l flagged", "--", "=x", "~x", "$HOME $(id) `id` ; && ' \" \\ * ! %H #(touch /tmp/x) #{pid} #S",
                "ends with ;", ";", "\\;", "\\n \\r \\t \\033 ^C \\012", "tab\there", "ünïcödé 😀 𝒳 漢字", "  lead and trail  ",
                String(repeating: "0123456789abcdef", count: 1024),
            ]
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<40 {
                let scalars = (0..<Int.random(in: 1...60, using: &generator)).compactMap { _ in
                    Unicode.Scalar(
                        Bool.random(using: &generator)
                            ? UInt32.random(in: 32...126, using: &generator) : UInt32.random(in: 0xA1...0x2FFF, using: &generator)
                    )
                }
                texts.append(String(String.UnicodeScalarView(scalars)))
            }
            var expected: [UInt8] = []
            for text in texts {
                try await stage.multiplexer.send(text, to: session.handle, id: session.id)
                expected += Array(text.utf8)
            }
            _ = await eventually { stage.received(file).count >= expected.count }
            let received = stage.received(file)
            #expect(
                received == expected,
                "first difference at \(zip(received, expected).prefix { $0 == $1 }.count) of \(expected.count)")
            try await stage.end(session)
        },
        ConformanceCase(name: "several lines go in as one paste where the program asks for brackets", needs: [.bracketedPaste]) {
            stage in
            let (session, file) = try await stage.reader("op-br", greeting: #"\033[?2004hready"#)
            if stage.multiplexer.capabilities.contains(.capture) { #expect(try await stage.shows(session, "ready")) }
            try await stage.multiplexer.send("one\ntwo\u{1B}[201~; rm", to: session.handle, id: session.id)
            // Between the brackets a line break is one, in whichever of its two forms; the marker's Escape is gone, or a space.
            let forms = ["\n", "\r"].flatMap { line in
                ["", " "].map { Array("\u{1B}[200~one\(line)two\($0)[201~; rm\u{1B}[201~".utf8) }
            }
            #expect(await eventually { forms.contains(stage.received(file)) }, "\(stage.received(file))")
            try await stage.end(session)
        },
        ConformanceCase(name: "keys are keys", needs: [.sendKey]) { stage in
            let (session, file) = try await stage.reader("op-keys")
            for name in ["Enter", "Escape", "Tab", "C-c", "C-d", "Space", "BSpace", "Up"] {
                let key = try #require(Key(name: name))
                try await stage.multiplexer.press(key, in: session.handle, id: session.id)
            }
            let expected = Array("\r\u{1B}\t\u{3}\u{4} \u{7F}\u{1B}[A".utf8)
            _ = await eventually { stage.received(file).count >= expected.count }
            #expect(stage.received(file) == expected)
            try await stage.end(session)
        },
        ConformanceCase(name: "two at once never get each other's text") { stage in
            let (first, firstFile) = try await stage.reader("op-one")
            let (second, secondFile) = try await stage.reader("op-two")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (session, word) in [(first, "a"), (second, "b")] {
                    group.addTask {
                        for number in 0..<8 {
                            try await stage.multiplexer.send("\(word)\(number) ", to: session.handle, id: session.id)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for (file, word) in [(firstFile, "a"), (secondFile, "b")] {
                let expected = Array((0..<8).map { "\(word)\($0) " }.joined().utf8)
                _ = await eventually { stage.received(file).count >= expected.count }
                #expect(stage.received(file) == expected)
            }
            try await stage.end(first)
            try await stage.end(second)
        },
        ConformanceCase(name: "what went in under a claim is known to whoever asks later", needs: [.tag]) { stage in
            let (session, _) = try await stage.reader("op-claim")
            #expect(try await stage.multiplexer.claim(session.handle, id: session.id) == nil)
            try await stage.multiplexer.send("x", to: session.handle, id: session.id, claim: "c1")
            #expect(try await stage.multiplexer.claim(session.handle, id: session.id) == "c1")
            try await stage.multiplexer.press(.enter, in: session.handle, id: session.id, claim: "c2")
            #expect(try await stage.multiplexer.claim(session.handle, id: session.id) == "c2")
            try await stage.multiplexer.tag(session.handle, id: session.id, key: "title", value: "#(id) ; \"$HOME\"")
            try await stage.end(session)
        },
    ]

    // MARK: Output

    private static let output: [ConformanceCase] = [
        ConformanceCase(name: "the last lines of a screen are those lines", needs: [.capture]) { stage in
            let session = try await stage.start(
                "op-cap", ["/bin/sh", "-c", "printf 'one\\ntwo\\n\\nfour ünï 漢字\\nend'; exec sleep 100"])
            #expect(try await stage.shows(session, "end"))
            #expect(try await stage.captured(session, 4) == "two\n\nfour ünï 漢字\nend")
            #expect(try await stage.captured(session, 1) == "end")
            try await stage.end(session)
        },
        ConformanceCase(name: "what has scrolled away can be read", needs: [.capture, .captureHistory]) { stage in
            let session = try await stage.start("op-his", ["/bin/sh", "-c", "seq 1 500; printf 'end'; exec sleep 100"])
            #expect(try await stage.shows(session, "end"))
            let lines = try await stage.captured(session, 100).split(separator: "\n").map(String.init)
            #expect(lines == (402...500).map { "\($0)" } + ["end"])
            try await stage.end(session)
        },
        ConformanceCase(name: "colours can be read", needs: [.captureStyled]) { stage in
            let session = try await stage.start("op-col", ["/bin/sh", "-c", #"printf '\033[31mred\033[0m end'; exec sleep 100"#])
            #expect(try await stage.shows(session, "end"))
            let text = try await stage.multiplexer.capture(session.handle, id: session.id, lines: 5, styled: true)
            #expect(text.contains("\u{1B}[") && text.contains("red") && text.contains("31"))
            try await stage.end(session)
        },
        ConformanceCase(name: "the fingerprint changes with the screen, and only with it", needs: [.capture]) { stage in
            let session = try await stage.start("op-fin", ["cat"])
            try await stage.multiplexer.send("first", to: session.handle, id: session.id)
            #expect(try await stage.shows(session, "first"))
            let before = try await stage.multiplexer.fingerprint(session.handle, id: session.id)
            #expect(try await stage.multiplexer.fingerprint(session.handle, id: session.id) == before)
            try await stage.multiplexer.send(".", to: session.handle, id: session.id)
            #expect(
                try await eventually {
                    try await stage.multiplexer.fingerprint(session.handle, id: session.id) != before
                })
            try await stage.end(session)
        },
        ConformanceCase(name: "a screen that looks like the multiplexer's own language is only text", needs: [.capture]) {
            stage in
            let words = ["%end 1 2 1", "%exit", "OK surface:1", "{\"id\":1,\"ok\":false}", "No screen session found."]
            let session = try await stage.start(
                "op-evil", ["/bin/sh", "-c", "cat <<'X'\n\(words.joined(separator: "\n"))\nX\nexec sleep 100"])
            #expect(try await stage.shows(session, "No screen session found."))
            let text = try await stage.captured(session, 10)
            #expect(text == words.joined(separator: "\n"), "\(text.debugDescription)")
            try await stage.end(session)
        },
    ]

    // MARK: More

    private static let extras: [ConformanceCase] = [
        ConformanceCase(name: "a split adds a pane beside the agent's", needs: [.split]) { stage in
            let session = try await stage.start("op-spl", ["cat"])
            let pane = try await stage.multiplexer.split(session.handle, id: session.id, direction: .horizontal)
            #expect(!pane.id.isEmpty)
            #expect(try await stage.multiplexer.list().first { $0.id == session.id }?.panes == 2)
            try await stage.end(session)
        },
        ConformanceCase(name: "what it cannot do it refuses as unsupported, and says why") { stage in
            let session = try await stage.start("op-no", ["cat"])
            let (handle, id) = session
            let multiplexer = stage.multiplexer
            let operations: [(MultiplexerCapability, () async throws -> Void)] = [
                (.capture, { _ = try await multiplexer.capture(handle, id: id, lines: 1, styled: false) }),
                (.captureStyled, { _ = try await multiplexer.capture(handle, id: id, lines: 1, styled: true) }),
                (.split, { _ = try await multiplexer.split(handle, id: id, direction: .vertical) }),
                (.focus, { try await multiplexer.focus(handle, id: id) }),
                (.attach, { _ = try await multiplexer.attachCommand(handle, id: id) }),
                (.tag, { try await multiplexer.tag(handle, id: id, key: "k", value: "v") }),
                (
                    .adopt,
                    {
                        let name = Samples.name("mine")
                        _ = try await multiplexer.adopt(name, id: Samples.session("mine"), owner: "inst") { _ in true }
                    }
                ), (.adopt, { try await multiplexer.release(handle, id: id) }),
            ]
            for (capability, operation) in operations where !multiplexer.capabilities.contains(capability) {
                #expect(await stage.refusal(operation) == .unsupported, "\(capability)")
                #expect(multiplexer.limits[capability] != nil, "\(capability)")
            }
            try await stage.end(session)
        },
    ]

    // MARK: Faults

    private static let faults: [ConformanceCase] = [
        ConformanceCase(name: "one that hangs is told from one that has nothing, and goes on afterwards", isLast: true) { stage in
            let session = try await stage.start("op-hang", ["cat"])
            try await stage.hang()
            let refusal = await stage.refusal { try await stage.multiplexer.send("x", to: session.handle, id: session.id) }
            #expect(refusal == .timeout || refusal == .unavailable)
            let life = try? await stage.multiplexer.life(of: session.handle, id: session.id)
            #expect(life == nil || life == .alive)
            let listed = try? await stage.multiplexer.list()
            #expect(listed?.contains { $0.id == session.id } ?? true)
            try await stage.wakeAndEnd(session)
        },
        ConformanceCase(name: "one that hangs does not keep the daemon from its end", isLast: true) { stage in
            let session = try await stage.start("op-end", ["cat"])
            let running = OpenConnection(of: try stage.bystander())
            #expect(await eventually { running.isUp })
            try await stage.hang()
            let connecting = OpenConnection(of: try stage.bystander())
            // What it takes to see that nobody answers: the second one is in the middle of it by then.
            _ = await stage.refusal { try await stage.multiplexer.send("x", to: session.handle, id: session.id) }
            #expect(await running.ends(), "one that was connected")
            #expect(await connecting.ends(), "one that was being connected")
            try await stage.wakeAndEnd(session)
        },
        ConformanceCase(name: "one that is killed has lost its sessions, and makes new ones when it is back", isLast: true) {
            stage in
            let session = try await stage.start("op-die", ["cat"])
            try await stage.kill()
            try await stage.relaunch()
            #expect(
                await eventually {
                    (try? await stage.multiplexer.life(of: session.handle, id: session.id)) == .gone
                })
            #expect(await eventually { (try? await stage.start("op-new", ["cat"])) != nil })
        },
    ]
}
