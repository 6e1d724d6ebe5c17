import Foundation
import ReeveHooks
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a hook reads, and what becomes of it.
@Suite struct HookInputTests {
    /// A pipe into which `write` writes on a thread of its own; its end is closed unless `staysOpen`.
    private func read(_ patience: Duration = .seconds(600), staysOpen: Bool = false, _ write: @escaping @Sendable (Int32) -> Void)
        async throws
        -> HookInput
    {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        async let written: Void = onOwnThread {
            write(writing)
            if !staysOpen { close(writing) }
        }
        let input = await onOwnThread { HookInput.read(from: reading, within: patience) }
        await written
        if staysOpen { close(writing) }
        return input
    }

    private static func put(_ text: some Sequence<UInt8>, _ descriptor: Int32) {
        var rest = Array(text)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    @Test func `standard input is read to its end, in however many pieces it comes`() async throws {
        let input = try await read { descriptor in for piece in ["{\"a\"", ":", "1}\n"] { Self.put(piece.utf8, descriptor) } }
        #expect(input == HookInput(bytes: Array("{\"a\":1}\n".utf8)))
        #expect(try await read { _ in } == HookInput(bytes: []))
    }

    @Test func `an input without an end is given up after its time`() async throws {
        let input = try await read(.milliseconds(30), staysOpen: true) { Self.put("{\"a\":1,".utf8, $0) }
        #expect(input.isCut)
        #expect(HookInput.patience == .milliseconds(100))
    }

    @Test func `what is there when the time is over is read all the same`() async throws {
        try await Scratch.with { scratch in
            let bytes = [UInt8](repeating: 65, count: 200_000)
            let path = "\(scratch.path)/event"
            try Data(bytes).write(to: URL(filePath: path))
            let file = open(path, O_RDONLY)
            defer { close(file) }
            #expect(HookInput.read(from: file, within: .zero) == HookInput(bytes: bytes))
        }
    }

    @Test func `of more than 1 MiB the first is kept, and the agent can write all of it`() async throws {
        let input = try await read { Self.put([UInt8](repeating: 65, count: 3 << 20), $0) }
        #expect(input.bytes.count == 1 << 20 && input.isCut)
    }

    @Test func `a closed input is an empty one`() { #expect(HookInput.read(from: -1, within: .milliseconds(50)).bytes == []) }
}

@Suite struct HookEnvelopeTests {
    private func envelope(_ text: String, isCut: Bool = false, _ variables: [String: String] = [:]) -> HookEnvelope {
        HookEnvelope.around(HookInput(bytes: Array(text.utf8), isCut: isCut), kind: "claude") { variables[$0] }
    }

    private func shown(_ event: HookEnvelope.Event) -> String {
        switch event {
        case .whole(let bytes): "whole \(String(decoding: bytes, as: UTF8.self))"
        case .shortened(let bytes): "shortened \(String(decoding: bytes, as: UTF8.self))"
        case .unreadable(let reason): "unreadable \(reason.rawValue)"
        }
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"whole {"a":1}"#),
        (" \r\n{\n\t\"a\" : {\n \"b\":[1,\n2]}}\n\n", "whole { \t\"a\" : {  \"b\":[1, 2]}}"),
        (#"{"a":"}\"]{","b":"\\"}"#, #"whole {"a":"}\"]{","b":"\\"}"#),
        ("", "unreadable empty"), (" \n", "unreadable empty"), ("[1]", "unreadable not_an_object"),
        ("null", "unreadable not_an_object"),
        (#"{"a":1},"ticket":"OTHER""#, "unreadable not_an_object"), (#"{"a":1}}"#, "unreadable not_an_object"),
        (#"{"a":1}{"b":2}"#, "unreadable not_an_object"), (#"{"a":1"#, "unreadable not_an_object"),
        (#"{"a":"1}"#, "unreadable not_an_object"),
        (#"{"a":[1}"#, "unreadable not_an_object"), ("Error: no such thing", "unreadable not_an_object"),
        (#"{"a":1]"#, "unreadable not_an_object"),
    ])
    func `an event is copied when it is one object, and never ends its envelope`(text: String, said: String) {
        #expect(shown(envelope(text).event) == said)
    }

    @Test(arguments: [
        (
            #"{"session_id":"s","hook_event_name":"PostToolUse","tool_input":{"a":[1,"}"]},"tool_response":"XX","tool_use_id":"t","n":-1.5e3,"ok":true}"#,
            #"shortened {"session_id":"s","hook_event_name":"PostToolUse","tool_use_id":"t","n":-1.5e3,"ok":true}"#
        )
    ])
    func `of an event that is too large its short members are kept`(text: String, said: String) {
        let large = text.replacing("XX", with: String(repeating: "x", count: HookEnvelope.largestEvent))
        #expect(shown(envelope(large).event) == said)
    }

    @Test(arguments: [
        (
            #"{"session_id":"s","hook_event_name":"Stop","last":"never end"#,
            #"shortened {"session_id":"s","hook_event_name":"Stop"}"#
        ),
        (#"{"a":1,"b":{"c":"#, #"shortened {"a":1}"#), (#"{"a":1,"b""#, #"shortened {"a":1}"#), (#"{"a":12"#, "unreadable cut"),
        (#"{"a":1}"#, #"shortened {"a":1}"#), ("", "unreadable empty"), ("nonsense", "unreadable cut"), ("{", "unreadable cut"),
    ])
    func `of an event that was cut off its short members are kept`(text: String, said: String) {
        #expect(shown(envelope(text, isCut: true).event) == said)
    }

    @Test func `the envelope says who the agent is, as far as its surroundings know`() throws {
        let full = envelope(
            #"{"x":"é"}"#,
            [
                "REEVE_TICKET": "FEAT-1", "REEVE_SESSION": "s-1", "REEVE_LAUNCH": "l-1", "TMUX": "/tmp/t\"/default,42,0",
                "TMUX_PANE": "%7", "HOME": "/h",
            ])
        let root = try JSONDocument(full.bytes).root
        #expect(
            root.members.map { $0.key.string } == [
                "kind", "at", "ticket", "session", "launch", "tmux", "pane", "ancestors", "event",
            ])
        #expect(root.member("tmux")?.string == "/tmp/t\"/default,42,0")
        #expect(full.ancestors.first?.pid == Int(getppid()) && full.ancestors.count <= 6)
        #expect(try HookEnvelope(root) == full)
        #expect(!full.bytes.contains(10))
        let bare = envelope("", ["REEVE_TICKET": "", "TMUX": String(repeating: "x", count: 1025)])
        #expect(bare.ticket == nil && bare.tmux == nil && bare.session == nil)
        #expect(try HookEnvelope(JSONDocument(bare.bytes).root) == bare)
    }

    @Test func `every event of the size that is read fits a line of the control protocol`() throws {
        let text =
            #"{"a":""# + String(repeating: "\u{1}", count: 10) + String(repeating: "x", count: (1 << 20) - 40) + #"","b":1}"#
        for length in [10, 1000, 262_143, 262_144, 262_145, 1 << 20] {
            let event = envelope(String(text.prefix(length - 8)) + #"","b":1}"#)
            #expect(event.bytes.count < 300_000)
        }
        let members = (0..<20_000).map { "\"m\($0)\":\"\(String(repeating: "y", count: 40))\"" }.joined(separator: ",")
        let wide = envelope("{\(members)}")
        #expect(wide.bytes.count < 300_000)
        #expect(try HookEnvelope(JSONDocument(wide.bytes).root) == wide)
    }

    @Test(arguments: [
        "[]", "{}", #"{"kind":"claude"}"#, #"{"kind":1,"at":1,"event":{}}"#, #"{"kind":"claude","at":1}"#,
        #"{"kind":"claude","at":1,"event":[]}"#,
        #"{"kind":"claude","at":1,"event":{},"ticket":1}"#, #"{"kind":"claude","at":1,"event":{},"ancestors":{}}"#,
        #"{"kind":"claude","at":1,"event":{},"ancestors":[{"pid":-1,"start":"1"}]}"#,
        #"{"kind":"claude","at":1,"unreadable":"so"}"#,
        #"{"kind":"claude","at":1,"event":{},"ancestors":[1,2,3,4,5,6,7]}"#,
    ])
    func `what is no envelope is refused`(text: String) throws {
        let root = try JSONDocument(Array(text.utf8)).root
        #expect(throws: ReeveError.self) { try HookEnvelope(root) }
    }
}
