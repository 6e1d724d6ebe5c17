import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct LineFollowerTests {
    private let files = FakeFiles()

    private func poll(_ follower: inout LineFollower, tail: Int = LineFollower.tail) throws -> (LineFollower.Outcome, [String]) {
        let file = try #require(files.open("/t"))
        var lines: [String] = []
        let outcome = follower.poll(file, tail: tail) {
            lines.append(($0 == .head ? "head " : "") + String(decoding: $1, as: UTF8.self))
        }
        return (outcome, lines)
    }

    @Test func `a line is handed out once, when its end is there`() throws {
        var follower = LineFollower()
        files.append("/t", "one\ntw")
        #expect(try poll(&follower) == (.began(isWhole: true), ["one"]))
        files.append("/t", "o")
        #expect(try poll(&follower) == (.grew, []))
        #expect(try poll(&follower) == (.unchanged, []))
        files.append("/t", "\nthree\n\nfo")
        #expect(try poll(&follower) == (.grew, ["two", "three", ""]))
        files.append("/t", "ur\n")
        #expect(try poll(&follower) == (.grew, ["four"]))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64])
    func `whatever the pieces, the lines are the same`(size: Int) throws {
        var follower = LineFollower()
        let text = (0..<40).map { String(repeating: "x", count: $0) + "\n" }.joined()
        files.append("/t", "")
        var lines = try poll(&follower).1
        var rest = text[...]
        while !rest.isEmpty {
            files.append("/t", String(rest.prefix(size)))
            rest = rest.dropFirst(size)
            lines += try poll(&follower).1
        }
        #expect(lines == text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
    }

    @Test func `a cut file and another file under the same name are read from the start`() throws {
        var follower = LineFollower()
        files.append("/t", "one\ntwo\n")
        _ = try poll(&follower)
        files.change("/t", at: Timestamp(milliseconds: 0)) { $0 = Array("new\n".utf8) }
        #expect(try poll(&follower) == (.began(isWhole: true), ["new"]))
        files.delete("/t")
        files.append("/t", "new\nmore\n")
        #expect(try poll(&follower) == (.began(isWhole: true), ["new", "more"]))
    }

    @Test func `the first look takes head and tail, and begins the tail with a whole line`() throws {
        var follower = LineFollower()
        let line = String(repeating: "y", count: 999) + "\n"
        files.append("/t", "first\n" + String(repeating: line, count: 1000) + "last\n")
        let (outcome, lines) = try poll(&follower)
        #expect(outcome == .began(isWhole: false))
        #expect(lines.first == "head first")
        #expect(lines.last == "last")
        #expect(lines.allSatisfy { $0.hasSuffix("first") || $0 == "last" || $0.hasSuffix(line.dropLast()) })
        #expect(lines.count < 400)
    }

    @Test func `a last line that is longer than the tail is read all the same`() throws {
        var follower = LineFollower()
        files.append("/t", "first\n" + String(repeating: "z", count: 1 << 20) + "\n")
        let (_, lines) = try poll(&follower)
        #expect(lines.last?.utf8.count == 1 << 20)
    }

    @Test func `a line above 4 MiB is skipped whole, counted once and never held`() throws {
        var follower = LineFollower()
        files.append("/t", "one\n")
        _ = try poll(&follower)
        let piece = String(repeating: "z", count: 1 << 20)
        for _ in 0..<6 {
            files.append("/t", piece)
            #expect(try poll(&follower) == (.grew, []))
        }
        files.append("/t", "\ntwo\n")
        #expect(try poll(&follower) == (.grew, ["two"]))
        #expect(follower.skipped == 1)
        #expect(files.largestRead <= 256 << 10)
        #expect(MemoryLayout.size(ofValue: follower) <= 64)
    }

    @Test func `what has grown by more than 16 MiB at once is looked at anew and not read through`() throws {
        var follower = LineFollower()
        files.append("/t", "one\n")
        _ = try poll(&follower)
        files.append("/t", String(repeating: String(repeating: "y", count: 1023) + "\n", count: 17 << 10) + "last\n")
        let (outcome, lines) = try poll(&follower)
        #expect(outcome == .began(isWhole: false))
        #expect(lines.count < 400)
        #expect(lines.last == "last")
    }

    @Test func `the disk is read as the fake is, and nothing but regular files is opened`() async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/t.jsonl"
            let file = try #require(fopen(path, "w"))
            fputs("one\ntwo\nhalf", file)
            fclose(file)
            var follower = LineFollower()
            var lines: [String] = []
            let open = try #require(DiskTranscriptFiles().open(path))
            #expect(follower.poll(open) { lines.append(String(decoding: $1, as: UTF8.self)) } == .began(isWhole: true))
            #expect(lines == ["one", "two"])
            #expect(open.size == 12)
            #expect(open.modified.milliseconds > 1_500_000_000_000)
            #expect(mkfifo("\(scratch.path)/pipe.jsonl", 0o600) == 0)
            #expect(DiskTranscriptFiles().open("\(scratch.path)/pipe.jsonl") == nil)
            #expect(DiskTranscriptFiles().open(scratch.path) == nil)
            #expect(DiskTranscriptFiles().open("\(scratch.path)/none") == nil)
        }
    }

    @Test(arguments: [
        "auth.json", "secrets.json", "Credentials.json", ".credentials.json", "4242.key", "a/b/oauth_creds.json", ".env",
    ])
    func `secrets beside the transcripts are never opened`(name: String) {
        #expect(!TranscriptPaths.mayBeOpened("/home/u/.codex/\(name)"))
    }
}

@Suite struct TranscriptPathsTests {
    @Test(arguments: [
        ("claude", TranscriptPaths.Form.lines, "-w-app/1.jsonl", true), ("claude", .lines, "1.jsonl", false),
        ("claude", .lines, "-w-app/1/subagents/a.jsonl", false), ("claude", .lines, "-w-app/1/tool-results/a.jsonl", false),
        ("claude", .lines, "-w-app/notes.txt", false), ("claude", .registry, "4242.json", true),
        ("claude", .registry, "4242.key", false),
        ("claude", .registry, "x.json", false), ("codex", .lines, "2026/05/01/rollout-1.jsonl", true),
        ("codex", .lines, "2026/05/01/rollout-1.jsonl.zst", false), ("codex", .lines, "2026/05/01/auth.json", false),
        ("amp", .document, "T-1.json", true), ("amp", .document, "secrets.json", false), ("amp", .document, "T-1/x.json", false),
        ("pi", .lines, "--w-app--/1.jsonl", true), ("droid", .lines, "-w-app/1.jsonl", true),
        ("opencode", .database, "opencode.db", true), ("opencode", .database, "opencode-dev.db", true),
        ("opencode", .database, "other.db", false), ("kilo", .database, "kilo.db", true),
        ("kilo", .database, "opencode.db", false),
    ])
    func `what is a transcript and what only lies beside one`(kind: String, form: TranscriptPaths.Form, path: String, isOne: Bool)
        throws
    {
        let places = TranscriptPaths.places(home: "/home/u", environment: [:])
        let place = try #require(places.first { $0.kind == kind && $0.form == form })
        #expect(TranscriptPaths.isTranscript(path, in: place) == isOne)
    }

    @Test(arguments: [
        ("CLAUDE_CONFIG_DIR", "claude", TranscriptPaths.Form.lines, "/x/projects"),
        ("CLAUDE_CONFIG_DIR", "claude", .registry, "/x/sessions"),
        ("CODEX_HOME", "codex", .lines, "/x/sessions"), ("CODEX_HOME", "codex", .index, "/x/session_index.jsonl"),
        ("XDG_DATA_HOME", "opencode", .database, "/x/opencode"), ("XDG_DATA_HOME", "kilo", .database, "/x/kilo"),
        ("XDG_DATA_HOME", "amp", .document, "/x/amp/threads"), ("AMP_THREADS_DIR", "amp", .document, "/x"),
        ("PI_CODING_AGENT_SESSION_DIR", "pi", .lines, "/x"), ("PI_CODING_AGENT_DIR", "pi", .lines, "/x/sessions"),
    ])
    func `each agent's own variable moves its transcripts`(
        variable: String, kind: String, form: TranscriptPaths.Form, path: String
    ) {
        let places = TranscriptPaths.places(home: "/home/u", environment: [variable: "/x"])
        #expect(places.first { $0.kind == kind && $0.form == form }?.path == path)
        // A relative path would depend on where the daemon was started.
        #expect(
            TranscriptPaths.places(home: "/home/u", environment: [variable: "x"])
                == TranscriptPaths.places(home: "/home/u", environment: [:]))
    }

    @Test func `OPENCODE_DB names one file`() throws {
        let places = TranscriptPaths.places(home: "/home/u", environment: ["OPENCODE_DB": "/x/mine.db"])
        let place = try #require(places.first { $0.kind == "opencode" })
        #expect(place.path == "/x")
        #expect(TranscriptPaths.isTranscript("mine.db", in: place))
        #expect(!TranscriptPaths.isTranscript("opencode.db", in: place))
    }
}
