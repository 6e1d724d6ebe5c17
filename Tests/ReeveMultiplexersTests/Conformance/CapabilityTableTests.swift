import Logging
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// What each backend has to be able to do, written down a second time: nobody drops a capability without a line here, and a reason for
/// people in `limits`.
@Suite struct CapabilityTableTests {
    typealias Capabilities = Set<MultiplexerCapability>

    /// What is asked of every terminal that Reeve types into.
    private static let terminal: Capabilities = [.exactTarget, .sendKey]
    private static let screen: Capabilities = [.capture, .captureHistory]
    private static let everything = Capabilities(MultiplexerCapability.allCases)

    /// - Parameter has: without a connection, where it depends on that.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var has: Capabilities
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "tmux", has: everything.subtracting([.sidebar])),
        Row(
            name: "reeve",
            has: terminal.union(screen).union([
                .captureStyled, .pushExit, .attach, .bracketedPaste, .persistent, .tag, .bell, .seen, .headless,
            ])),
        Row(name: "zellij", has: everything.subtracting([.tag, .bell, .sidebar, .adopt])),
        Row(name: "zellij in a person's session", has: everything.subtracting([.tag, .bell, .sidebar, .adopt, .headless])),
        Row(name: "cmux", has: everything.subtracting([.captureStyled, .attach, .tag, .bell, .headless, .adopt])),
        Row(name: "vscode", has: terminal.union([.pushExit, .split, .focus, .bracketedPaste, .seen])),
        Row(name: "screen", has: terminal.union(screen).union([.split, .attach, .persistent, .seen, .headless])),
        Row(
            name: "wezterm",
            has: terminal.union(screen).union([.captureStyled, .split, .bracketedPaste, .persistent, .seen, .headless])),
        // And brackets, once a newer one is connected: `KittySerialTests`.
        Row(name: "kitty", has: terminal.union(screen).union([.captureStyled, .split, .focus, .persistent, .seen])),
    ]

    private static func backend(_ name: String) throws -> any Multiplexer {
        let all = MultiplexersOfChecks(path: "/nowhere", directory: "/nowhere")
        return switch name {
        case "reeve":
            BuiltInMultiplexer(
                settings: BuiltInSettings(
                    program: "/nowhere/reeve-terminal", scrollback: 1, detachKey: #"C-\"#, runtimeDirectory: "/nowhere",
                    environment: [:], hasUserManager: false), group: MultiThreadedEventLoopGroup.singleton)
        case "vscode": EditorMultiplexer(name: "vscode", time: RealTime()) { _ in false }
        case "zellij in a person's session": all.zellij(session: "work")
        default: try #require(all.named(name))
        }
    }

    @Test(arguments: rows) func `a backend can do what it has to, and says why not the rest`(row: Row) throws {
        let backend = try Self.backend(row.name)
        let can = backend.capabilities
        #expect(can == row.has, "too few: \(row.has.subtracting(can)); more than is said here: \(can.subtracting(row.has))")
        let reasons = backend.limits
        #expect(Set(reasons.keys) == Self.everything.subtracting(can))
        #expect(reasons.values.allSatisfy { $0.count > 10 && !$0.hasSuffix(".") })
    }

    @Test(
        arguments: [
            ("", 0), ("\u{7}", 1), ("a\u{7}b\u{7}", 2), ("\u{1B}]0;title\u{7}", 0), ("\u{1B}]0;title\u{1B}\\\u{7}", 1),
            ("\u{1B}[31m\u{7}", 1), ("\u{1B}]0;a\u{7}\u{7}", 1),
        ] as [(String, Int)])
    func `the bell that a title ends with is none`(text: String, bells: Int) {
        var counter = BellCounter()
        for byte in text.utf8 { counter.feed([byte]) }
        #expect(counter.bells == bells)
    }
}
