import Foundation
import ReeveTestSupport
import Testing

/// `contrib/vscode`: its own tests, on Node, with the daemon of this build. No editor is run.
@Suite(.serialized) struct EditorExtensionSerialTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../contrib/vscode").standardized.path

    private static func has(_ program: String) -> Bool {
        ["/usr/local/bin", "/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// The stub's terminals are made by python3.
    private static var canRun: Bool { has("node") && has("python3") }

    @Test(.enabled(if: canRun, "node or python3 is not installed"))
    func `the editor extension passes its own tests`() async throws {
        let tests = try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/test").filter { $0.hasSuffix(".test.js") }
        #expect(tests.count >= 10)
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "REEVE_BIN": Programs.directory,
        ]
        let run = await ProgramRun.of(
            ["/usr/bin/env", "node", "--test"] + tests.sorted().map { "\(Self.folder)/test/\($0)" }, environment: environment)
        let lines = run.text.split(separator: "\n")
        // With what is said below each: the reason is often some lines on.
        let failures = lines.indices.filter { lines[$0].contains("not ok") }.flatMap { lines[$0...].prefix(20) }
        #expect(run.code == 0, "\(failures.joined(separator: "\n"))\n\(run.errors)")
        #expect(run.text.contains("# skipped 0"))
    }
}
