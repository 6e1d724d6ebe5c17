import Foundation
import ReeveModel
import Testing

@testable import ReeveMultiplexers

@Suite struct ScreenParsingTests {
    @Test func `the document shows the configuration that a server is started with`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../docs/screen.md")
        let settings = ScreenSettings.ownConfig.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("```screen\n\(settings)\n```"))
    }

    @Test(arguments: [
        ("Screen version 4.09.00 (GNU) 30-Jan-22\n", "4.09.00", false), ("Screen version 5.0.0 (build on 2024)", "5.0.0", false),
        ("Screen version 4.00.03 (FAU) 23-Oct-06", "4.00.03", true),
        ("Screen version 4.01.00devel (GNU) 2-May-06", "4.01.00devel", false),
    ])
    func `versions are read, and those without queries are too old`(text: String, version: String, isTooOld: Bool) {
        #expect(ScreenAnswers.version(text) == version)
        #expect(ScreenAnswers.isTooOld(version) == isTooOld)
    }

    @Test(arguments: ["", "screen", "bash: screen: command not found"])
    func `what is no version is none`(text: String) { #expect(ScreenAnswers.version(text) == nil) }

    @Test func `the list tells who is there, who is looked at and who is dead`() {
        let text = """
            There are screens on:
            \t27375.op-A\t(11/28/26 10:30:32)\t(Attached)
            \t27376.op-A.1\t(11/28/26 10:30:32)\t(Detached)
            \t27377.op-B\t(11/28/26 10:30:32)\t(Multi, attached)
            \t32701.op-C\t(11/28/26 10:33:33)\t(Dead ???)
            \tfoo\t(Dead ???)
            Remove dead screens with 'screen -wipe'.
            4 Sockets in /run/user/1/reeve/screen.
            """
        let entries = ScreenAnswers.list(text.split(separator: "\n").joined(separator: "\r\n"))
        #expect(entries?.map(\.session) == ["27375.op-A", "27376.op-A.1", "27377.op-B", "32701.op-C"])
        #expect(entries?.map(\.name) == ["op-A", "op-A.1", "op-B", "op-C"])
        #expect(entries?.map(\.isAttached) == [true, false, true, false])
        #expect(entries?.map(\.isDead) == [false, false, false, true])
        #expect(entries?.first?.pid == 27375)
    }

    @Test func `no sockets is an empty list, and a directory that is refused is no list`() {
        #expect(ScreenAnswers.list("No Sockets found in /x.\n\n") == [])
        #expect(ScreenAnswers.list("Directory /x must have mode 700.") == nil)
        #expect(ScreenAnswers.list("") == nil)
    }

    @Test(arguments: [
        ("-X: lastmsg: display required", 1, ScreenAnswers.Fence.detached), ("", 0, .attached("")),
        ("Copy mode aborted", 0, .attached("Copy mode aborted")), ("No screen session found.", 1, .none),
        ("Remove dead screens with 'screen -wipe'.\n-X: lastmsg: display required", 1, .detached), ("what", 1, .unclear("what")),
    ])
    func `a fence's answer says more than that it came`(text: String, status: Int, fence: ScreenAnswers.Fence) {
        #expect(ScreenAnswers.fence(text, status: status) == fence)
    }

    @Test(arguments: [
        ("Copy mode - Column 1 Line 31(+10000) (200,50)", true), ("First mark set - Column 1 Line 31", true),
        ("Pattern not found", true), ("Copy mode aborted", false), ("Copied 12 characters into buffer", false), ("", false),
    ])
    func `copy mode is told by the last message`(message: String, isCopying: Bool) {
        #expect(ScreenAnswers.tellsCopyMode(message) == isCopying)
    }

    @Test func `the size is the second pair`() {
        let size = ScreenAnswers.size("(1,29)/(200,50)+10000 +(-)flow UTF-8 0(python3)")
        #expect(size?.width == 200 && size?.height == 50)
        #expect(ScreenAnswers.size("-X: info: what") == nil)
    }

    @Test func `a hard copy of 4.9 has Latin-1 right and hides what it broke`() {
        // As it came for "é 日 ü │": the middle of a wide letter, and one whose low byte is no letter.
        #expect(ScreenAnswers.hardcopy([0xE9, 0x20, 0xE5, 0xFF, 0x20, 0xFC, 0x20, 0x02, 0x0A]) == "é å ü ?\n")
        #expect(ScreenAnswers.hardcopy(Array("é 日 │\n".utf8)) == "é 日 │\n")
    }

    @Test(arguments: [
        ("a\nb  \n\n   \n", 10, "a\nb"), ("a\nb\nc\n", 2, "b\nc"), ("\n\n", 3, ""), ("a\n\nb", 3, "a\n\nb"), ("a", .max, "a"),
    ])
    func `a capture is the last lines without the blank tail`(text: String, count: Int, tail: String) {
        #expect(ScreenAnswers.tail(text, count) == tail)
    }

    @Test func `a session is ours by the command line of its server`() {
        let settings = Self.settings
        let command = ScreenCommand.start(settings, name: "op-A", owner: "inst", running: ["/k", "s1", "--runtime-dir", "/r"])
        let ours = ScreenAnswers.ownership(command)
        #expect(ours?.id.text == "s1" && ours?.owner == "inst")
        #expect(ScreenAnswers.ownership(["SCREEN", "-S", "mine"]) == nil)
        #expect(ScreenAnswers.ownership(["SCREEN", "-t", "mine", "-dmS", "x", "--", "/k", "s1"]) == nil)
        #expect(ScreenAnswers.ownership(["SCREEN", "--", "/k", "s1", "-t", "reeve@inst"]) == nil)
    }

    @Test func `text becomes commands of short lines that mean nothing but their bytes`() throws {
        #expect(
            String(decoding: ScreenCommand.registers(for: "a$é\n"), as: UTF8.self)
                == "register R \"\"\nregister R \"a\\044\\303\\251\\012\"\nregister S \"\"\n")
        let long = ScreenCommand.registers(for: String(repeating: "\"", count: 100_000))
        let lines = String(decoding: long, as: UTF8.self).split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count < 2000 })
        #expect(lines.filter { $0 == "paste RS R" }.count == lines.filter { $0.hasPrefix("register S \"\\") }.count)
    }

    @Test(arguments: [
        Key.enter, .escape, .tab, .backTab, .space, .backspace, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
        .delete, .control("c"), .control("_"),
    ])
    func `no key is so long that screen drops it`(key: Key) {
        // 760 characters were dropped in silence.
        #expect(ScreenCommand.stuff(KeyBytes.of(key)).last.map(\.utf8.count).map { $0 <= 13 } == true)
    }

    @Test func `keys are stuffed as octal bytes`() {
        #expect(ScreenCommand.stuff(KeyBytes.of(.up)) == ["stuff", "\\033\\133A"])
        #expect(ScreenCommand.stuff(KeyBytes.of(.control("c"))) == ["stuff", "\\003"])
        #expect(ScreenCommand.stuff(KeyBytes.of(.control("@"))) == ["stuff", "\\000"])
    }

    private static let settings = ScreenSettings(
        binary: "screen", socketDirectory: "/d", runtimeDirectory: "/r", environment: ["STY": "1.x"],
        hasUserManager: false)

    @Test func `a surrounding screen is not passed on`() {
        #expect(Self.settings.callEnvironment["STY"] == nil)
        #expect(Self.settings.callEnvironment["SCREENDIR"] == "/d")
    }

    @Test(
        arguments: [
            ("0* reeve@inst", [0]), ("0 reeve@inst  1 shell", [0, 1]), ("0*$ reeve@inst  1-$ shell  12!@ a b", [0, 1, 12]),
            ("", []), ("0* a 7 b  3 c", [0, 3]), ("  2 x", [2]), ("-X: windows: display required", []),
        ] as [(String, Set<Int>)])
    func `the windows of a session are the numbers behind two blanks`(text: String, numbers: Set<Int>) {
        #expect(ScreenAnswers.windows(text) == numbers)
    }

    @Test func `a split is kept for whoever attaches, and read and typed is in the agent's window alone`() {
        #expect(
            ScreenCommand.split(.horizontal, fromAgent: true) == [
                "eval", "focus top", "select 0", "split -v", "focus", "screen -t shell", "focus prev", "layout save reeve",
                "layout attach reeve",
            ])
        #expect(ScreenCommand.split(.vertical, fromAgent: false).prefix(3) == ["eval", "split", "focus"])
        for command in [ScreenCommand.copyAll(to: "/f"), ScreenCommand.leaveCopyMode] {
            #expect(command.prefix(4) == ["eval", "focus top", "select 0", "copy"])
        }
    }
}
