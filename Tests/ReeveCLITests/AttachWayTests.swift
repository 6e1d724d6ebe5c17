import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

/// `reeve attach`, where a session may be in no terminal.
@Suite struct AttachWayTests {
    private static let cannotAttach = ReeveError.unsupported(backend: "b", capability: "attach", reason: "has windows")
    private static let cannotFocus = ReeveError.unsupported(backend: "b", capability: "focus", reason: "has none")
    private static let nobody = ReeveError.conflict("nobody looks", hint: nil)
    private static let gone = ReeveError(.notFound, "no agent")

    /// - Returns: how it went, and whether it was brought to the front.
    private func way(attach: ReeveError?, focus: ReeveError?) -> (outcome: Result<Attach.Way, ReeveError>, isAsked: Bool) {
        var isAsked = false
        let outcome = Result<Attach.Way, ReeveError> { () throws(ReeveError) in
            try Attach.way { () throws(ReeveError) in
                if let attach { throw attach }
                return AgentAttach.Result()
            } orFocus: { () throws(ReeveError) in
                isAsked = true
                if let focus { throw focus }
                return Empty()
            }
        }
        return (outcome, isAsked)
    }

    @Test func `what can be attached to is, and nothing is brought anywhere`() throws {
        let (outcome, isAsked) = way(attach: nil, focus: Self.cannotFocus)
        guard case .command = try outcome.get() else {
            Issue.record("\(outcome)")
            return
        }
        #expect(!isAsked)
    }

    @Test func `what is shown in windows of its own is brought to the front there`() throws {
        guard case .focused = try way(attach: Self.cannotAttach, focus: nil).outcome.get() else {
            Issue.record("it is not brought to the front")
            return
        }
    }

    @Test(
        arguments: [
            (cannotAttach, cannotFocus, cannotAttach, true), (cannotAttach, nobody, nobody, true), (gone, nil, gone, false),
        ] as [(ReeveError, ReeveError?, ReeveError, Bool)])
    func `the reason that is told is the one that stands in the way`(
        attach: ReeveError, focus: ReeveError?, told: ReeveError, isAsked: Bool
    ) {
        let way = way(attach: attach, focus: focus)
        #expect(way.isAsked == isAsked)
        guard case .failure(let error) = way.outcome else {
            Issue.record("it was shown")
            return
        }
        #expect(error.kind == told.kind && error.message == told.message)
    }

    private static let around = [
        ["TMUX": "/tmp/theirs,1,0", "TMUX_PANE": "%0"], ["ZELLIJ_SESSION_NAME": "theirs"], [:],
    ]
    private static let commands = [(["focus", "A"], "agent"), (["session", "focus", "A"], "session")]

    private static func refusal(_ id: String, _ kind: ReeveError.Kind) -> String {
        #"{"id":\#(id),"error":{"code":\#(kind.code),"message":"no","data":{"kind":"\#(kind.rawValue)"}}}"#
    }

    @Test(arguments: around, commands)
    func `inside a multiplexer of a person's own too, what has windows of its own is brought to the front`(
        environment: [String: String], command: (words: [String], family: String)
    ) async throws {
        try await FakeDaemon.with({ method, _, id in
            switch method {
            case "\(command.family).attach": [Self.refusal(id, .unsupported)]
            case "\(command.family).focus": [#"{"id":\#(id),"result":{}}"#]
            default: []
            }
        }) { daemon in
            let ran = await Ran.program(
                [Programs.path("reeve")] + command.words + ["--socket", daemon.socket], environment)
            #expect(ran.code == 0 && ran.text == "A is shown\n", "\(ran)")
            #expect(daemon.requests.last?.method == "\(command.family).focus")
        }
    }

    @Test(arguments: commands)
    func `what is not there is not asked for once more`(words: [String], family: String) async throws {
        try await FakeDaemon.with({ _, _, id in [Self.refusal(id, .notFound)] }) { daemon in
            let ran = await Ran.program(
                [Programs.path("reeve")] + words + ["--socket", daemon.socket], ["TMUX": "/tmp/theirs,1,0"])
            #expect(ran.code == 4, "\(ran)")
            #expect(daemon.requests.map(\.method) == ["\(family).attach"])
        }
    }
}
