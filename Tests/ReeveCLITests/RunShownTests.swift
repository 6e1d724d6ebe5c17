import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

/// `reeve session run` without a pane: who looks at a terminal is shown what runs, or told why not.
@Suite struct RunShownTests {
    private static let started = #"""
        {"needsTerminal":true,"reason":"vim is an editor","run":"r1","session":{"name":"shown","backend":"b","id":"1","width":80,"height":24,"attached":0,"panes":1}}
        """#

    /// What stands in the way of attaching and of focusing, and whether there is anything to say of it.
    private static let refusals: [(attach: ReeveError.Kind, focus: ReeveError.Kind, isSaid: Bool)] = [
        (.unsupported, .unsupported, true), (.unsupported, .conflict, true), (.unsupported, .unavailable, true),
        (.unavailable, .unavailable, true), (.notFound, .notFound, false),
    ]

    @Test(arguments: refusals)
    func `a command that has begun is waited for, though nothing can show it here`(
        attach: ReeveError.Kind, focus: ReeveError.Kind, isSaid: Bool
    ) async throws {
        try await FakeDaemon.with({ method, _, id in
            switch method {
            case "session.run": [#"{"id":\#(id),"result":\#(Self.started)}"#]
            case "session.attach": [Self.refusal(id, attach)]
            case "session.focus": [Self.refusal(id, focus)]
            case "session.wait": [#"{"id":\#(id),"result":{"exit":{"code":7}}}"#]
            default: []
            }
        }) { daemon in
            let (ran, errors) = try await Self.atTerminal(daemon)
            #expect(ran.code == 7, "\(ran) \(errors)")
            #expect(daemon.requests.last?.method == "session.wait")
            #expect(daemon.requests.last?.params.contains(#""r1""#) == true)
            #expect(errors.hasPrefix("vim is an editor; shown"), "\(errors)")
            #expect(errors.contains("cannot be shown here: the reason") == isSaid, "\(errors)")
            #expect(errors.contains("reeve session destroy shown ends it") == isSaid, "\(errors)")
            // It would be refused as well.
            #expect(!errors.contains("session attach"), "\(errors)")
        }
    }

    @Test func `what is in a window of its own is brought to the front, and its end is reeve's`() async throws {
        try await FakeDaemon.with({ method, _, id in
            switch method {
            case "session.run": [#"{"id":\#(id),"result":\#(Self.started)}"#]
            case "session.attach": [Self.refusal(id, .unsupported)]
            case "session.focus": [#"{"id":\#(id),"result":{}}"#]
            case "session.wait": [#"{"id":\#(id),"result":{"exit":{"code":3}}}"#]
            default: []
            }
        }) { daemon in
            let (ran, errors) = try await Self.atTerminal(daemon)
            #expect(ran.code == 3, "\(ran) \(errors)")
            #expect(errors.contains("shown is not shown in a terminal; it is in front in its own window"), "\(errors)")
        }
    }

    private static func refusal(_ id: String, _ kind: ReeveError.Kind) -> String {
        #"{"id":\#(id),"error":{"code":\#(kind.code),"message":"the reason","data":{"kind":"\#(kind.rawValue)"}}}"#
    }

    /// With a terminal as its standard output, and what it says beside that.
    private static func atTerminal(_ daemon: FakeDaemon) async throws -> (ran: Ran, errors: String) {
        let file = "\(daemon.scratch.path)/errors"
        let command = #""$REEVE" session run --force --socket "$SOCKET" -- vim x 2>"$FILE""#
        let ran = await Ran.shell(
            "export COMMAND; script -qec 'bash --norc -c \"$COMMAND\"' /dev/null </dev/null",
            ["COMMAND": command, "SOCKET": daemon.socket, "FILE": file, "TERM": "xterm"])
        // In lines of 80 columns; where they are broken does not matter here.
        let errors = try String(contentsOfFile: file, encoding: .utf8)
        return (ran, errors.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
}
