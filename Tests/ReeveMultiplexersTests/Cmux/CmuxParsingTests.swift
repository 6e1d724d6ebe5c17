import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

@Suite struct CmuxParsingTests {
    private static let first = "0F221057-0320-41B7-8CB3-083C8D927D95"
    private static let second = "83F4E6A4-5246-4DB8-A412-9CE7B059FA6C"

    private static func result(_ text: String) throws -> CmuxResult { try #require(CmuxResult(text: text)) }

    // MARK: Placement

    private static func windows(_ count: Int, key: Int? = 0) -> [CmuxWindow] {
        (0..<count).map { index in CmuxWindow(id: "w\(index)", isKey: key.map { $0 == index } ?? false, isVisible: index > 0) }
    }

    @Test(arguments: [
        (CmuxPlacement.auto, 0, nil, CmuxPlacement.Decision.workspace(in: nil)),
        (.auto, 1, nil, .workspace(in: "w0")), (.auto, 2, 1, .newWindow(back: "w1")), (.auto, 3, nil, .newWindow(back: nil)),
        (.workspace, 0, nil, .workspace(in: nil)), (.workspace, 3, 2, .workspace(in: "w2")),
        (.workspace, 3, nil, .workspace(in: "w1")), (.window, 0, nil, .newWindow(back: nil)),
        (.window, 1, 0, .newWindow(back: "w0")),
    ])
    func `the placement counts windows`(policy: CmuxPlacement, count: Int, key: Int?, decision: CmuxPlacement.Decision) {
        #expect(policy.decide(Self.windows(count, key: key)) == decision)
    }

    @Test func `the placements have the names of the configuration`() {
        #expect(CmuxPlacement.allCases.map(\.rawValue) == ["auto", "workspace", "window"])
    }

    // MARK: Requests

    private static let requests: [(CmuxRequest, String, [String])] = [
        (.ping, #"{"id":7,"method":"system.ping","params":{}}"#, ["ping"]),
        (
            .capabilities, #"{"id":7,"method":"system.capabilities","params":{}}"#,
            ["capabilities", "--json", "--id-format", "uuids"]
        ),
        (.windows, #"{"id":7,"method":"window.list","params":{}}"#, ["list-windows", "--json", "--id-format", "uuids"]),
        (.createWindow, #"{"id":7,"method":"window.create","params":{}}"#, ["rpc", "window.create", "{}"]),
        (.focusWindow("W"), #"{"id":7,"method":"window.focus","params":{"window_id":"W"}}"#, ["focus-window", "--window", "W"]),
        (.closeWindow("W"), #"{"id":7,"method":"window.close","params":{"window_id":"W"}}"#, ["close-window", "--window", "W"]),
        (
            .workspaces(window: "W"), #"{"id":7,"method":"workspace.list","params":{"window_id":"W"}}"#,
            ["workspace", "list", "--window", "W", "--json", "--id-format", "uuids"]
        ),
        (
            .createWorkspace(
                .init(
                    title: "op-A", description: "reeve s i b op-A", command: "k 'a b'", environment: ["B": "2", "A": "1"],
                    window: "W")),
            #"{"id":7,"method":"workspace.create","params":{"title":"op-A","description":"reeve s i b op-A","initial_command":"k 'a b'","#
                + #""window_id":"W","workspace_env":{"A":"1","B":"2"},"focus":false}}"#,
            [
                "rpc", "workspace.create",
                #"{"title":"op-A","description":"reeve s i b op-A","initial_command":"k 'a b'","window_id":"W","#
                    + #""workspace_env":{"A":"1","B":"2"},"focus":false}"#,
            ]
        ),
        (
            .createWorkspace(.init(window: "W")),
            #"{"id":7,"method":"workspace.create","params":{"window_id":"W","focus":false}}"#,
            ["rpc", "workspace.create", #"{"window_id":"W","focus":false}"#]
        ),
        (
            .selectWorkspace("S"), #"{"id":7,"method":"workspace.select","params":{"workspace_id":"S"}}"#,
            ["select-workspace", "--workspace", "S"]
        ),
        (
            .closeWorkspace("S"), #"{"id":7,"method":"workspace.close","params":{"workspace_id":"S"}}"#,
            ["close-workspace", "--workspace", "S"]
        ),
        (
            .surfaceHealth(workspace: "S"), #"{"id":7,"method":"surface.health","params":{"workspace_id":"S"}}"#,
            ["surface-health", "--workspace", "S", "--json", "--id-format", "uuids"]
        ),
        (
            .split(workspace: "S", surface: "T", direction: "right"),
            #"{"id":7,"method":"surface.split","params":{"workspace_id":"S","surface_id":"T","direction":"right","focus":false}}"#,
            ["rpc", "surface.split", #"{"workspace_id":"S","surface_id":"T","direction":"right","focus":false}"#]
        ),
        (
            .closeSurface(workspace: "S", surface: "T"),
            #"{"id":7,"method":"surface.close","params":{"workspace_id":"S","surface_id":"T"}}"#,
            ["close-surface", "--workspace", "S", "--surface", "T"]
        ),
        (
            .sendText(workspace: "S", surface: "T", text: "-x \"y\""),
            #"{"id":7,"method":"surface.send_text","params":{"workspace_id":"S","surface_id":"T","text":"-x \"y\""}}"#,
            ["send", "--workspace", "S", "--surface", "T", "--", "-x \"y\""]
        ),
        (
            .sendText(workspace: "S", surface: "T", text: #"a\nb"#),
            #"{"id":7,"method":"surface.send_text","params":{"workspace_id":"S","surface_id":"T","text":"a\\nb"}}"#,
            ["rpc", "surface.send_text", #"{"workspace_id":"S","surface_id":"T","text":"a\\nb"}"#]
        ),
        (
            .paste(workspace: "S", surface: "T", text: "a\nb"),
            #"{"id":7,"method":"terminal.paste","params":{"workspace_id":"S","surface_id":"T","text":"a\nb","submit_key":"none"}}"#,
            ["send", "--paste", "--workspace", "S", "--surface", "T", "--", "a\nb"]
        ),
        (
            .sendKey(workspace: "S", surface: "T", key: "enter"),
            #"{"id":7,"method":"surface.send_key","params":{"workspace_id":"S","surface_id":"T","key":"enter"}}"#,
            ["send-key", "--workspace", "S", "--surface", "T", "enter"]
        ),
        (
            .readText(workspace: "S", surface: "T", lines: nil),
            #"{"id":7,"method":"surface.read_text","params":{"workspace_id":"S","surface_id":"T"}}"#,
            ["read-screen", "--workspace", "S", "--surface", "T"]
        ),
        (
            .readText(workspace: "S", surface: "T", lines: 0),
            #"{"id":7,"method":"surface.read_text","params":{"workspace_id":"S","surface_id":"T","scrollback":true,"lines":1}}"#,
            ["read-screen", "--workspace", "S", "--surface", "T", "--scrollback", "--lines", "1"]
        ),
    ]

    @Test(arguments: requests)
    func `a request is one line of the socket, and words of the program`(request: CmuxRequest, line: String, words: [String])
        throws
    {
        let method = try #require(request.method)
        #expect(String(decoding: request.line(id: 7, method: method), as: UTF8.self) == line + "\n")
        #expect(CmuxCommandLine.invocation(request).arguments == words)
        #expect(request.words == nil)
    }

    @Test(arguments: [
        (
            CmuxRequest.setStatus(workspace: "S", key: "reeve", value: "wa\"it\\"), #"set_status reeve "wa\"it\\" --tab=S"#,
            ["set-status", "reeve", "wa\"it\\", "--workspace", "S"]
        ),
        (
            .setProgress(workspace: "S", value: "0.40", label: "a\nb"), #"set_progress 0.40 --label="a b" --tab=S"#,
            ["set-progress", "0.40", "--workspace", "S", "--label", "a\nb"]
        ),
        (
            .setProgress(workspace: "S", value: "1.00", label: nil), "set_progress 1.00 --tab=S",
            ["set-progress", "1.00", "--workspace", "S"]
        ),
        (.clearProgress(workspace: "S"), "clear_progress --tab=S", ["clear-progress", "--workspace", "S"]),
        (
            .log(workspace: "S", level: "info", source: "reeve", text: "-- x"),
            #"log --level=info --source="reeve" --tab=S -- "-- x""#,
            ["log", "--level", "info", "--source", "reeve", "--workspace", "S", "--", "-- x"]
        ),
    ])
    func `the sidebar is written by words of the first protocol`(request: CmuxRequest, line: String, words: [String]) {
        #expect(request.words == line && request.method == nil)
        #expect(CmuxCommandLine.invocation(request) == .init(arguments: words, output: .word))
    }

    @Test(arguments: [(CmuxCommandLine.longestArgument, true), (CmuxCommandLine.longestArgument + 1, false)])
    func `a text that no process can be started with is not tried`(count: Int, fits: Bool) {
        let text = String(repeating: "x", count: count)
        let request = CmuxRequest.sendText(workspace: "S", surface: "T", text: text)
        #expect(CmuxCommandLine.fits(CmuxCommandLine.invocation(request)) == fits)
    }

    @Test func `events are asked for from the last one that is known`() {
        #expect(
            String(decoding: CmuxFrame.request(after: 12), as: UTF8.self)
                == #"{"id":1,"method":"events.stream","params":{"after_seq":12,"categories":["window","workspace","surface"]}}"#
                + "\n")
        #expect(
            CmuxCommandLine.events(after: 12)
                == ["events", "--category", "window", "--category", "workspace", "--category", "surface", "--after", "12"])
        #expect(!CmuxCommandLine.events(after: nil).contains("--after"))
    }

    @Test(arguments: [
        ([], ""), (["/bin/keeper", "s1", "--runtime-dir", "/tmp/a"], "/bin/keeper s1 --runtime-dir /tmp/a"),
        (["a b", "it's", "", "$HOME", "~", "a;b", "=x", "ä"], #"'a b' 'it'\''s' '' '$HOME' '~' 'a;b' '=x' 'ä'"#),
    ])
    func `a command is one line that a shell takes apart again`(words: [String], line: String) {
        #expect(CmuxShellLine.quoted(words) == line)
    }

    // MARK: Answers

    private static func told(_ line: String) -> String {
        switch CmuxAnswer.reading(Array(line.utf8)) {
        case .result(let id, let result): "result \(id) \(result.text("a") ?? "-")"
        case .failure(let id, let failure): "failure \(id) \(failure.code)|\(failure.message)"
        case .refusal(.denied): "denied"
        case .refusal(.unauthenticated): "unauthenticated"
        case .refusal(.down): "down"
        case .stray: "stray"
        }
    }

    @Test(arguments: [
        (#"{"id":1,"ok":true,"result":{"a":"b"}}"#, "result 1 b"), (#"{"id":"12","ok":true,"result":{}}"#, "result 12 -"),
        (#"{"id":1,"ok":true,"result":[1]}"#, "result 1 -"), (#"{"id":1,"ok":true}"#, "result 1 -"),
        (#"{"id":2,"ok":false,"error":{"code":"not_found","message":"gone","data":null}}"#, "failure 2 not_found|gone"),
        (#"{"id":2,"ok":false,"error":"bad"}"#, "failure 2 error|bad"),
        (#"{"id":2}"#, "failure 2 malformed|an answer without result and without error"),
        (#"{"id":3,"ok":"yes","result":{}}"#, "failure 3 malformed|an answer without result and without error"),
        (#"{"ok":true,"result":{}}"#, "stray"), (#"{"id":null,"ok":true}"#, "stray"), (#"{"id":1.5,"ok":true}"#, "stray"),
        (#"{"id":99999999999999999999,"ok":true}"#, "stray"), ("[]", "stray"), ("7", "stray"), ("", "stray"), ("OK", "stray"),
        (#"{"id":1,"ok":tr"#, "stray"), (String(repeating: "[", count: 500), "stray"), ("ERROR: Unknown command", "stray"),
        ("ERROR: Access denied — only processes started inside cmux can connect", "denied"),
        ("ERROR: Authentication required — send auth <password> first", "unauthenticated"),
        (#"{"id":null,"ok":false,"error":{"code":"auth_required","message":"x"}}"#, "unauthenticated"),
    ])
    func `an answer is ours only with our number`(line: String, told: String) {
        #expect(Self.told(line) == told)
    }

    @Test(arguments: [
        (CmuxFailure(code: "not_found", message: "x"), ReeveError.Kind.notFound),
        (CmuxFailure(code: "invalid_params", message: "x"), .invalidParams),
        (CmuxFailure(code: "invalid_state", message: "x"), .conflict),
        (CmuxFailure(code: "protected", message: "x"), .conflict),
        (CmuxFailure(code: "method_not_found", message: "x"), .unsupported),
        (CmuxFailure(code: "not_supported", message: "x"), .unsupported),
        (CmuxFailure(code: "internal_error", message: "x"), .unavailable),
        (CmuxFailure(code: "auth_required", message: "x"), .unavailable),
        (CmuxFailure(code: "", message: ""), .unavailable),
    ])
    func `an error of cmux is one of ours by its code`(failure: CmuxFailure, kind: ReeveError.Kind) {
        #expect(failure.error.kind == kind)
    }

    @Test func `only a cmux that is down may be tried again by itself, and each refusal says what to do`() {
        let refusals = [CmuxRefusal.down("a"), .denied("b"), .unauthenticated("c")]
        #expect(refusals.map(\.mayBeRetried) == [true, false, false])
        #expect(refusals.allSatisfy { $0.error.kind == .unavailable })
        #expect(Set(refusals.compactMap(\.error.hint)).count == 3)
    }

    private static func failed(_ status: Int, _ errors: String) -> String {
        switch CmuxCommandLine.failure(status: status, errors: errors) {
        case let failure as CmuxFailure: "\(failure.code)|\(failure.message)"
        case let told as CmuxRefusal.Told: told.refusal.mayBeRetried ? "down" : "\(told.refusal)".prefix { $0 != "(" }.description
        default: "?"
        }
    }

    @Test(arguments: [
        (1, "Error: not_found: Workspace not found\n", "not_found|Workspace not found"),
        (1, "hint: 'x' is now 'y'\nError: invalid_params: Unknown key", "invalid_params|Unknown key"),
        (1, "Error: Failed to write to socket (Broken pipe, errno 32)", "denied"),
        (1, "Error: ERROR: Access denied - only processes started inside cmux can connect", "denied"),
        (1, "Error: auth_required: say it", "unauthenticated"), (1, "Error: ERROR: Invalid password", "unauthenticated"),
        (1, "Error: Failed to connect to socket at /x (No such file or directory, errno 2)", "down"),
        (1, "Error: Socket not found at /x. Is cmux running?", "down"),
        (2, "Error: Unknown command: x", "unknown_command|Unknown command: x"),
        (2, "usage: cmux", "unknown_command|usage: cmux"), (1, "", "status 1|"),
        (1, "Error: Something: odd", "status 1|Something: odd"),
    ])
    func `the program's failures are told apart`(status: Int, errors: String, told: String) {
        #expect(Self.failed(status, errors) == told)
    }

    @Test func `windows, workspaces and surfaces are read, and what is no UUID is left out`() throws {
        let windows = CmuxReadings.windows(
            try Self.result(
                #"{"windows":[{"id":"\#(Self.first)","key":true,"visible":true,"selected_workspace_id":"x"},{"id":"window:2"},7,{}]}"#
            ))
        #expect(windows == [CmuxWindow(id: Self.first, isKey: true, isVisible: true, selected: "x")])
        let workspaces = CmuxReadings.workspaces(
            try Self.result(
                #"{"workspaces":[{"id":"\#(Self.first)","title":"t","selected":true,"description":"reeve s1 inst 0F221057 op-A"},"#
                    + #"{"id":"\#(Self.second)","title":null,"description":null},{"ref":"workspace:3"}]}"#), window: "w")
        #expect(workspaces.map(\.id) == [Self.first, Self.second] && workspaces[0].tag?.id == SessionID("s1"))
        #expect(workspaces[0].isSelected && workspaces[1].tag == nil && workspaces[1].title == "")
        let surfaces = CmuxReadings.surfaces(
            try Self.result(
                #"{"surfaces":[{"id":"\#(Self.first)","type":"terminal","process_exited":true,"foreground_pid":7,"terminal_ready":false},"#
                    + #"{"surface_id":"\#(Self.second)","process_exited":null},{"id":"\#(Self.first)","type":"browser"}]}"#))
        #expect(surfaces.map(\.isAlive) == [false, true] && surfaces[0].foregroundPid == 7 && surfaces[1].hasExited == nil)
    }

    @Test(arguments: [
        "{}", #"{"windows":7,"workspaces":"x","surfaces":{},"methods":{},"text":7,"base64":[]}"#, #"{"methods":[1,null]}"#,
    ])
    func `what is of another kind is nothing`(text: String) throws {
        let result = try Self.result(text)
        #expect(CmuxReadings.windows(result).isEmpty && CmuxReadings.workspaces(result, window: "").isEmpty)
        #expect(CmuxReadings.surfaces(result).isEmpty && CmuxReadings.methods(result).isEmpty)
        #expect(CmuxReadings.screen(result) == nil)
        #expect(throws: CmuxFailure.self) { try CmuxReadings.made("workspace_id", in: result) }
    }

    @Test(arguments: [
        (#"{"text":"a\nb","base64":"eA=="}"#, "a\nb"), (#"{"base64":"w6R4"}"#, "äx"), (#"{"text":"","base64":"eA=="}"#, ""),
        (#"{"base64":"%"}"#, nil), (#"{"text":"\ud800"}"#, "\u{FFFD}"),
    ])
    func `a screen is a text, or base64`(text: String, screen: String?) throws {
        #expect(CmuxReadings.screen(try Self.result(text)) == screen)
    }

    @Test(arguments: [
        ("", ""), ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTQ", "ManM"), ("TW\nFu", "Man"), ("T", nil),
        ("TQ=a", nil),
        ("TQ===", nil), ("T*==", nil),
    ])
    func `base64 is read as its standard has it`(text: String, bytes: String?) {
        #expect(CmuxBase64.bytes(text).map { String(decoding: $0, as: UTF8.self) } == bytes)
    }

    @Test(arguments: [
        ("a\nb\n\n  \n", 5, "a\nb"), ("a\nb\nc", 2, "b\nc"), ("a\r\nb\r\n", 5, "a\nb"), ("\n\n", 5, ""), ("a\n\nb", 2, "\nb"),
        ("a", 0, ""),
    ])
    func `the end of a screen has no blank tail`(screen: String, lines: Int, text: String) {
        #expect(CmuxReadings.tail(screen, lines: lines) == text)
    }

    // MARK: Events

    @Test(arguments: [
        (
            #"{"type":"ack","protocol":"cmux-events","version":1,"boot_id":"B","resume":{"latest_seq":125,"gap":true}}"#,
            CmuxFrame.ack(boot: "B", latest: 125, gap: true)
        ),
        (#"{"type":"ack"}"#, .ack(boot: "", latest: nil, gap: false)),
        (
            #"{"type":"event","seq":126,"name":"surface.closed","workspace_id":"S","surface_id":"T","payload":{}}"#,
            .event(.init(name: "surface.closed", sequence: 126, workspace: "S", surface: "T"))
        ),
        (#"{"type":"event","name":7}"#, .event(.init(name: "", sequence: nil, workspace: nil, surface: nil))),
        (#"{"type":"heartbeat","boot_id":"B","latest_seq":9}"#, .heartbeat(boot: "B")),
        (
            #"{"id":1,"ok":false,"error":{"code":"slow_consumer","message":"m"}}"#,
            .ended(CmuxFailure(code: "slow_consumer", message: "m"))
        ),
        (#"{"type":"error","code":"slow_consumer","message":"m"}"#, .ended(CmuxFailure(code: "slow_consumer", message: "m"))),
        (
            "ERROR: Access denied — only processes started inside cmux can connect",
            .refusal(.denied("ERROR: Access denied — only processes started inside cmux can connect"))
        ),
        (#"{"type":"later"}"#, .unknown), ("{", .unknown), ("[]", .unknown), ("", .unknown),
    ])
    func `the frames of the stream`(line: String, frame: CmuxFrame) {
        #expect(CmuxFrame.reading(Array(line.utf8)) == frame)
    }

    @Test func `what is typed is no change of the sessions`() {
        let names = [
            "surface.closed", "workspace.created", "workspace.renamed", "surface.input_sent", "surface.key_sent",
            "surface.focused",
        ]
        #expect(
            names.map { CmuxFrame.Event(name: $0, sequence: nil, workspace: nil, surface: nil).changesSessions }
                == [true, true, true, false, false, false])
    }

    @Test func `the same lines come out however the bytes are cut`() throws {
        let bytes = Array("{\"a\":1}\n\r\nzwölf\r\n\nrest".utf8)
        for size in 1...bytes.count {
            var buffer = CmuxLineBuffer()
            var lines: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                lines += try buffer.feed(bytes[start..<min(start + size, bytes.count)]).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(lines == ["{\"a\":1}", "zwölf"])
        }
    }

    @Test func `a line without an end is not collected for ever`() throws {
        var buffer = CmuxLineBuffer()
        let chunk = [UInt8](repeating: 0x78, count: 1 << 20)
        #expect(throws: CmuxLineBuffer.TooLong.self) { for _ in 0...16 { _ = try buffer.feed(chunk) } }
    }
}
