import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// What goes into cmux, whose it is, and where cmux is.
@Suite struct CmuxWordingTests {
    private static let life = "0F221057-0320-41B7-8CB3-083C8D927D95"
    private static let another = "83F4E6A4-5246-4DB8-A412-9CE7B059FA6C"

    // MARK: Input

    @Test(arguments: [
        ("ls -l", true, CmuxText.Way.typed("ls -l")), ("a\tb", false, .typed("a\tb")),
        ("a\u{1B}[201~b", true, .typed("a [201~b")),
        ("a\u{9B}201~\u{7F}\u{0}b", false, .typed("a 201~  b")), ("a\nb", true, .pasted("a\nb")),
        ("a\r\nb\rc", true, .pasted("a\nb\nc")),
        ("a\nb", false, .impossible), ("a\r", false, .impossible), ("a\n\u{1B}[201~b", true, .pasted("a\n [201~b")),
    ])
    func `a text goes in as typed or as a paste, and nothing in it is a key`(text: String, canPaste: Bool, way: CmuxText.Way) {
        #expect(CmuxText.way(text, canPaste: canPaste) == way)
    }

    @Test func `a long line is pasted where that is possible`() {
        let long = String(repeating: "x", count: CmuxText.longestTyped + 1)
        #expect(CmuxText.way(long, canPaste: true) == .pasted(long))
        #expect(CmuxText.way(long, canPaste: false) == .typed(long))
        #expect(CmuxText.way(String(long.dropLast()), canPaste: true) == .typed(String(long.dropLast())))
    }

    @Test func `every key has a name that cmux knows`() throws {
        let known = [
            "enter", "escape", "tab", "backspace", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup",
            "pagedown", "delete",
        ]
        for name in Key.names {
            switch CmuxKeys.input(try #require(Key(name: name))) {
            case .key(let key): #expect(known.contains(key))
            case .text(let text): #expect(name == "Space" && text == " ")
            }
        }
        #expect(CmuxKeys.input(.control("c")) == .key("ctrl-c") && CmuxKeys.input(.control("[")) == .key("escape"))
    }

    // MARK: Tags

    @Test func `a tag is read as it was written, and belongs to one life of cmux`() throws {
        let request = SpawnRequest(id: Samples.session("s1"), name: Samples.name("op-A.1"), arguments: [], owner: "inst")
        let tag = CmuxTag(request, epoch: Self.life)
        #expect(tag.text == "reeve s1 inst 0F221057 op-A.1" && CmuxTag(tag.text) == tag)
        #expect(tag.isOf(epoch: Self.life) && !tag.isOf(epoch: Self.another) && tag.isOf(epoch: ""))
        #expect(CmuxTag(request, epoch: "").isOf(epoch: "") && CmuxTag(request, epoch: "").text == "reeve s1 inst - op-A.1")
    }

    @Test(arguments: [
        nil, "", "reeve", "reeve s1 inst b", "reeve s1 inst b op-A more", "Reeve s1 inst b op-A", "reeve ../x inst b op-A",
    ])
    func `anything else is no tag`(description: String?) {
        #expect(CmuxTag(description) == nil)
    }

    // MARK: Places

    private static func places(_ environment: [String: String], files: [String: String] = [:], there: Set<String> = [])
        -> CmuxPlaces
    {
        CmuxPlaces(environment: environment.merging(["HOME": "/h"]) { $1 }, read: { files[$0] }, exists: { there.contains($0) })
    }

    private static let support = "/h/Library/Application Support/cmux"

    @Test(
        arguments: [
            ([:], [:], [], "\(support)/cmux.sock"), ([:], [:], ["/tmp/cmux.sock"], "/tmp/cmux.sock"),
            ([:], [:], ["/tmp/cmux.sock", "/h/.local/state/cmux/cmux.sock"], "/h/.local/state/cmux/cmux.sock"),
            (["TMPDIR": "/v/t/"], [:], ["/v/t/cmux.sock", "/tmp/cmux.sock"], "/v/t/cmux.sock"),
            ([:], ["\(support)/last-socket-path": " /x/live.sock \n"], ["/x/live.sock", "/tmp/cmux.sock"], "/x/live.sock"),
            ([:], ["\(support)/last-socket-path": "/x/dead.sock\n"], ["/tmp/cmux.sock"], "/tmp/cmux.sock"),
            ([:], ["\(support)/last-socket-path": "relative"], ["relative", "/tmp/cmux.sock"], "/tmp/cmux.sock"),
            (["CMUX_SOCKET_PATH": "/a"], [:], ["/tmp/cmux.sock"], "/a"), (["CMUX_SOCKET": "/b"], [:], [], "/b"),
            (["CMUX_SOCKET_PATH": "/a", "CMUX_SOCKET": "/a"], [:], [], "/a"),
            (["CMUX_SOCKET_PATH": "", "CMUX_SOCKET": "/b"], [:], [], "/b"),
        ] as [([String: String], [String: String], Set<String>, String)])
    func `the socket is where it is said to be, else where it is`(
        environment: [String: String], files: [String: String], there: Set<String>, path: String
    ) throws {
        #expect(try Self.places(environment, files: files, there: there).socketPath(nil) == path)
    }

    @Test func `a configured socket is taken before all`() throws {
        #expect(try Self.places(["CMUX_SOCKET_PATH": "/a"]).socketPath("/c") == "/c")
    }

    @Test func `two variables for two sockets are an error`() {
        let error = #expect(throws: ReeveError.self) {
            try Self.places(["CMUX_SOCKET_PATH": "/a", "CMUX_SOCKET": "/b"]).socketPath(nil)
        }
        #expect(error?.hint?.contains("unset CMUX_SOCKET") == true)
    }

    @Test func `the password is the configured one, then the environment's, then that of cmux's own file`() throws {
        let file: (String) throws(ReeveError) -> String? = { $0 == "\(Self.support)/socket-control-password" ? "kept\n" : nil }
        let places = Self.places(["CMUX_SOCKET_PASSWORD": "named"])
        #expect(try places.password("set", readPrivate: file) == "set")
        #expect(try places.password(nil, readPrivate: file) == "named")
        #expect(try Self.places([:]).password(nil, readPrivate: file) == "kept")
        #expect(try Self.places([:]).password(nil) { _ in nil } == nil)
    }

    @Test func `settings that are printed do not show the password`() {
        let settings = CmuxSettings(password: "secret", instance: "inst", runtimeDirectory: "/r", environment: [:])
        #expect(!"\(settings)".contains("secret") && !String(reflecting: settings).contains("secret"))
    }

    // MARK: Sidebar

    @Test(
        arguments: [
            (nil, nil), (0, "0.00"), (0.05, "0.05"), (0.4, "0.40"), (0.999, "1.00"), (1, "1.00"), (7, "1.00"), (-1, "0.00"),
            (.nan, nil),
            (.infinity, nil),
        ] as [(Double?, String?)])
    func `progress has two digits`(progress: Double?, text: String?) {
        #expect(CmuxSidebar.fraction(progress) == text)
    }

    @Test(arguments: [
        ("waiting", "warning"), ("error", "error"), ("lost", "error"), ("done", "success"), ("running", "info"), ("new", "info"),
    ])
    func `a state has a level in the log`(state: String, level: String) {
        #expect(CmuxSidebar.level(state) == level)
    }

    @Test func `the settings have the defaults of the configuration`() {
        let settings = CmuxSettings(instance: "inst", runtimeDirectory: "/r", environment: [:])
        #expect(settings.binary == "/Applications/cmux.app/Contents/Resources/bin/cmux")
        #expect(settings.requireInCmux && settings.placement == .auto && settings.socketPath == nil)
    }
}
