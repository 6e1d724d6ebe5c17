import Foundation
import ReeveHooks
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// How files are changed, and which are left alone.
@Suite struct PersonsFileTests {
    private let file = ".claude/settings.json"
    private let text = "{\n  \"model\": \"opus\"\n}\n"

    private func mode(_ path: String) -> mode_t {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
    }

    @Test(arguments: [0o644, 0o600, 0o640] as [mode_t])
    func `the mode stays, and the copy is for the person alone`(kept: mode_t) throws {
        try Home.with { home in
            try home.write(file, text.utf8, mode: kept)
            try home.planner().install(.claude).apply()
            #expect(mode("\(home.path)/\(file)") == kept)
            #expect(mode("\(home.path)/\(file).reeve-backup") == 0o600)
            #expect(home.text("\(file).reeve-backup") == text)
            #expect(home.files == [file, "\(file).reeve-backup"])
        }
    }

    @Test func `no later run replaces the copy that the first one made`() throws {
        try Home.with { home in
            try home.write(file, text.utf8)
            try home.planner().install(.claude).apply()
            try home.write(file, "{\"model\": \"other\"}".utf8)
            try home.planner().install(.claude).apply()
            #expect(home.text("\(file).reeve-backup") == text)
            let plan = try home.planner().uninstall(.claude)
            try plan.apply()
            #expect(home.text(file) == "{\"model\": \"other\"}")
            #expect(home.text("\(file).reeve-backup") == text)
            #expect(plan.notes.count == 1)
        }
    }

    @Test func `a link of a manager of dotfiles is followed, and stays a link`() throws {
        try Home.with { home in
            try home.write("dotfiles/claude.json", text.utf8)
            try home.write(".claude/x", [])
            try #require(symlink("../dotfiles/claude.json", "\(home.path)/\(file)") == 0)
            try home.planner().install(.claude).apply()
            var target = [CChar](repeating: 0, count: 100)
            #expect(readlink("\(home.path)/\(file)", &target, 99) == 23)
            #expect(home.text("dotfiles/claude.json")?.contains("reeve hook claude") == true)
            try home.planner().uninstall(.claude).apply()
            #expect(home.text("dotfiles/claude.json") == text)
        }
    }

    @Test func `a linked file that is left empty stays for its link`() throws {
        try Home.with { home in
            try home.planner().install(.claude).apply()
            try home.write("dotfiles/x", [])
            try #require(rename("\(home.path)/\(file)", "\(home.path)/dotfiles/claude.json") == 0)
            try #require(symlink("../dotfiles/claude.json", "\(home.path)/\(file)") == 0)
            try home.planner().uninstall(.claude).apply()
            #expect(home.text(file) == "{}\n")
        }
    }

    enum Refused: CaseIterable, Sendable {
        case linkOut, directoryLinkOut, linkToNowhere, directory, fifo, anothers, othersDirectory, tooLarge

        var said: String {
            switch self {
            case .linkOut, .directoryLinkOut: "which is outside of your home directory"
            case .linkToNowhere: "is a link that leads nowhere"
            case .directory, .fifo: "is no plain file"
            case .anothers, .othersDirectory: "belongs to another user (uid 65534)"
            case .tooLarge: "more than 4 MiB is not read"
            }
        }

        /// Only root can give a file away.
        static var possible: [Refused] { allCases.filter { ($0 != .anothers && $0 != .othersDirectory) || geteuid() == 0 } }
    }

    @Test(arguments: Refused.possible)
    func `what is not plainly the person's own file is refused`(refused: Refused) throws {
        let outside = try Scratch()
        defer { outside.remove() }
        try Home.with { home in
            let path = "\(home.path)/\(file)"
            try home.write(".claude/x", [])
            let kept = "\(outside.path)/settings.json"
            try #require(FileManager.default.createFile(atPath: kept, contents: Data(text.utf8)))
            switch refused {
            case .linkOut: try #require(symlink(kept, path) == 0)
            case .directoryLinkOut:
                try FileManager.default.removeItem(atPath: "\(home.path)/.claude")
                try #require(symlink(outside.path, "\(home.path)/.claude") == 0)
            case .linkToNowhere: try #require(symlink("nowhere", path) == 0)
            case .directory: try #require(mkdir(path, 0o755) == 0)
            case .fifo: try #require(mkfifo(path, 0o600) == 0)
            case .anothers, .othersDirectory:
                try home.write(file, text.utf8)
                try #require(chown(refused == .anothers ? path : "\(home.path)/.claude", 65_534, 65_534) == 0)
            case .tooLarge: try home.write(file, [UInt8](repeating: 32, count: 4 << 20 + 1))
            }
            for uninstalls in [false, true] {
                let error = #expect(throws: ReeveError.self) {
                    _ = try uninstalls ? home.planner().uninstall(.claude) : home.planner().install(.claude)
                }
                #expect(error?.message.contains(refused.said) == true, "\(error?.message ?? "")")
                #expect(error?.hint?.isEmpty == false)
            }
            #expect(FileManager.default.contents(atPath: kept) == Data(text.utf8))
        }
    }

    @Test func `a directory that the person has named may be anywhere`() throws {
        let outside = try Scratch()
        defer { outside.remove() }
        try Home.with { home in
            var home = home
            home.environment["CLAUDE_CONFIG_DIR"] = "\(outside.path)/not/yet"
            #expect(try !home.planner().isUsed(.claude))
            try home.planner().install(.claude).apply()
            #expect(try home.planner().isUsed(.claude))
            #expect(FileManager.default.fileExists(atPath: "\(outside.path)/not/yet/settings.json"))
            #expect(home.files == [])
        }
    }

    @Test func `a file that has changed between plan and run is left as it is`() throws {
        try Home.with { home in
            try home.write(file, text.utf8)
            let plan = try home.planner().install(.claude)
            try home.write(file, "{\"theirs\": 1}".utf8)
            let error = #expect(throws: ReeveError.self) { try plan.apply() }
            #expect(error?.message.hasSuffix("has changed meanwhile; nothing of it was touched") == true)
            #expect(home.text(file) == "{\"theirs\": 1}")
        }
    }

    @Test(arguments: OddSettings.all.map(\.name))
    func `the run does exactly what the dry run's difference says`(name: String) async throws {
        let text = try #require(OddSettings.all.first { $0.name == name }).text
        // What is shown is harmless for a terminal: a carriage return is not in it.
        guard !text.contains("\r") else { return }
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (before, after, difference) = try Home.with { home in
            try home.write(file, text.utf8)
            let plan = try home.planner().install(.claude)
            let before = home.files
            let difference = plan.diff
            #expect(home.files == before && home.text(file) == text)
            try plan.apply()
            return (text, home.text(file), difference)
        }
        try Data(before.utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/settings.json"))
        try Data(difference.utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/plan.diff"))
        let patch = ["/usr/bin/patch", "-s", "-i", "\(scratch.path)/plan.diff", "\(scratch.path)/settings.json"]
        let run = await ProgramRun.of(patch, environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == 0, "\(run.text)\(run.errors)\n\(difference)")
        #expect(
            FileManager.default.contents(atPath: "\(scratch.path)/settings.json").map { String(decoding: $0, as: UTF8.self) }
                == after)
    }

    @Test func `the difference has three lines around each change and nothing that acts on a terminal`() throws {
        try Home.with { home in
            let lines = (1...40).map { "  \"a\($0)\": \"\u{1B}[31m\u{202E}\"".replacing("\u{1B}", with: "") }
            try home.write(file, "{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
            let shown = try home.planner().install(.claude).diff
            #expect(shown.hasPrefix("--- \(home.path)/\(file)\n+++ \(home.path)/\(file)\n@@ -38,5 +38,"))
            #expect(shown.contains("\n-  \"a40\": \"[31m\"\n+  \"a40\": \"[31m\",\n+  \"hooks\": {\n"))
            #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || !InertText.isActive($0) })
        }
    }

    @Test(arguments: ["reeve", "./reeve", "/x/other", "/x/re\neve/reeve", ""])
    func `hooks call only an installed reeve by its absolute path`(program: String) {
        #expect(throws: ReeveError.self) { try HookPlanner(environment: ["HOME": "/home/x"], program: program) }
    }

    @Test func `without a home directory nothing is planned`() {
        for environment in [[:], ["HOME": ""], ["HOME": "here"]] {
            #expect(throws: ReeveError.self) { try HookPlanner(environment: environment, program: Home.program) }
        }
    }
}
