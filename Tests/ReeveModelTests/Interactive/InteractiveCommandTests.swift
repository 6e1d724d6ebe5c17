import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct InteractiveCommandTests {
    @Test(arguments: InteractiveRows.asking)
    func `a command line that needs a person at a terminal`(line: String) {
        let verdict = InteractiveCommand.judge(line)
        #expect(verdict.needsTerminal, "\(verdict.reason)")
        #expect(verdict.program != nil && !verdict.reason.isEmpty)
    }

    @Test(arguments: InteractiveRows.quiet)
    func `a command line that runs by itself`(line: String) {
        let verdict = InteractiveCommand.judge(line)
        #expect(!verdict.needsTerminal, "\(verdict.reason)")
        #expect(!verdict.reason.isEmpty && !verdict.reason.hasPrefix("cannot be read"), "\(verdict.reason)")
    }

    @Test(arguments: InteractiveRows.git + InteractiveRows.programs + InteractiveRows.containers + InteractiveRows.system)
    func `a command line has its verdict and says why`(row: InteractiveRow) {
        let verdict = InteractiveCommand.judge(row.line)
        #expect(verdict.needsTerminal == row.needs, "\(verdict.reason)")
        #expect(verdict.reason.contains(row.says), "\(verdict.reason)")
    }

    @Test(arguments: InteractiveRows.unreadable)
    func `what cannot be read needs no terminal and says why`(line: String) {
        let verdict = InteractiveCommand.judge(line)
        #expect(!verdict.needsTerminal && verdict.reason.hasPrefix("cannot be read: "), "\(verdict)")
    }

    @Test(arguments: [
        ("git log", "git log shows long text in a pager, which waits for keys"),
        ("git log | cat", "git writes to a pipe"),
        ("python3 < a.py", "python3 takes its input from a file"),
        ("vim -es a", "vim with -es asks nobody"),
        ("python file.py", "python runs a file"),
        ("make && htop", "htop redraws the screen until it is told to stop"),
        ("vim a &", "vim runs in the background, where it gets no keys"),
        ("frobnicate", "frobnicate is not known to need a terminal"),
        ("cat x | python", "python takes its input from a pipe"),
        ("A=1", "it only sets variables"),
        ("", "there is no command in it"),
        ("echo 'a", "cannot be read: a quotation mark is not closed"),
    ])
    func `a verdict has its reason in words`(line: String, reason: String) {
        #expect(InteractiveCommand.judge(line).reason == reason)
    }

    @Test(arguments: [
        (["vim", "a; b"], true), (["vim", "-es"], false), (["sh", "-c", "vim a"], true), (["sh", "-c", "make"], false),
        (["echo", "|", "vim"], false), (["env", "A=1", "htop"], true), ([], false), (["git", "commit", "-m", "$(vim"], false),
    ])
    func `an argument vector is judged without a shell`(arguments: [String], needs: Bool) {
        #expect(InteractiveCommand.judge(arguments: arguments).needsTerminal == needs)
    }

    @Test func `words are cut as a shell cuts them`() throws {
        let stages = try ShellWords.stages("A='b c' x\\ y \"$(echo \"a b\")\" 2>&1 < in | z > out; 'w' # v")
        #expect(stages.map(\.words) == [["x y", "$(echo \"a b\")"], ["z"], ["w"]])
        #expect(stages[0].variables == ["A=b c"])
        #expect(stages.map(\.input) == [.file, .pipe, .terminal])
        #expect(stages.map(\.output) == [.pipe, .file, .terminal])
    }

    @Test func `shells in shells are looked into so far and no farther`() {
        func nested(_ depth: Int) -> String {
            (0..<depth).reduce("vim x") { inner, _ in
                "sh -c " + inner.map { $0 == " " || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            }
        }
        #expect(InteractiveCommand.judge(nested(1)).needsTerminal)
        #expect(InteractiveCommand.judge(nested(10)).needsTerminal)
        #expect(InteractiveCommand.judge(nested(13)).reason == "cannot be read: shells in shells, more than 12 deep")
        let careless = (0..<50).reduce("vim") { inner, level in level % 2 == 0 ? "sh -c '\(inner)'" : "sh -c \"\(inner)\"" }
        #expect(!InteractiveCommand.judge(careless).reason.isEmpty)
    }

    @Test(arguments: [
        String(repeating: "a", count: 100_000), String(repeating: "(", count: 100_000), String(repeating: "$(", count: 50_000),
        String(repeating: "|", count: 100_000), String(repeating: "a|", count: 50_000), String(repeating: "a&", count: 50_000),
        String(repeating: "{ ", count: 50_000), String(repeating: "a <<E\n", count: 15_000),
        String(repeating: "\\", count: 100_001),
        String(repeating: "env ", count: 25_000), String(repeating: "A=1 ", count: 25_000),
        String(repeating: "'\"", count: 50_000),
        String(repeating: "sudo -u x ", count: 10_000) + "vim",
        String(repeating: "(a;", count: 30_000) + String(repeating: ")|", count: 30_000),
        String(repeating: "((a;", count: 90) + String(repeating: "a;", count: 40_000) + String(repeating: ")|", count: 180),
        String(repeating: "`\"", count: 50_000),
        String(repeating: "{ a; ", count: 20_000) + String(repeating: "} >x; ", count: 20_000),
    ])
    func `a line of a hundred kilobytes is judged at once`(line: String) {
        let began = Self.processorSeconds
        #expect(!InteractiveCommand.judge(line).reason.isEmpty)
        // No measurement: a debug build works for less than a second, and quadratic work on such a line for minutes.
        let spent = Self.processorSeconds - began
        #expect(spent < 15, "\(spent) s of this thread")
    }

    /// Of this thread alone: it does not count how busy the machine is.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `any bytes are judged without a crash`() {
        var generator = SeededGenerator(seed: 11)
        let pieces = [
            "vim", "git", " ", " ", "|", "&", ";", "(", ")", "{", "}", "<", ">", "<<", "'", "\"", "\\", "$", "$(", "`", "\n", "#",
            "-", "--",
            "-c", "sh", "A=", "env", "sudo", "xargs", "é", "\t", "if", "done", "case", "=", "2", "!", "docker", "run", "-it",
            "ssh", "tmux",
        ]
        for _ in 0..<3000 {
            let line = (0..<Int.random(in: 1...20, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
                .joined()
            let verdict = InteractiveCommand.judge(line)
            #expect(!verdict.reason.isEmpty, "\(line)")
        }
    }
}
