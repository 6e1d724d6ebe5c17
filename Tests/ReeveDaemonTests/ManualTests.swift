import Foundation
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

/// The man pages and tables that are generated.
@Suite struct ManualTests {
    private func document(_ path: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../\(path)").path
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    @Test func `the exit status of the daemon is in its man page, in the document and in the unit`() throws {
        #expect(try document("docs/systemd.md").contains(Documents.exitStatus()), "run `make docs`")
        let page = try document("docs/man/reeved.1")
        for status in ExitStatus.allCases {
            let meaning = status.meaning.filter { $0 != "`" }.replacing("-", with: "\\-")
            #expect(page.contains(".B \(status.rawValue)\n\(meaning)\n"), "run `make docs`")
        }
        let prevented = [ExitStatus.usage, .damaged, .taken, .wrongConfiguration].map { "\($0.rawValue)" }.joined(separator: " ")
        #expect(try document("systemd/reeve.service").contains("\nRestartPreventExitStatus=\(prevented)\n"))
    }

    @Test func `the variables are in the man pages`() throws {
        for (page, variables) in [("reeve", Documents.clientVariables), ("reeved", Documents.daemonVariables)] {
            let text = try document("docs/man/\(page).1")
            #expect(text.contains(".SH ENVIRONMENT\n"))
            for variable in variables { #expect(text.contains(".B \(variable.name)\n"), "run `make docs`") }
        }
    }

    /// The client's man page cannot ask the client's code; this is what keeps it true.
    @Test func `the client reads no other variables`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/ReeveCLI")
        var found: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            found.formUnion(text.matches(of: /Environment\["([A-Z_]+)"\]/).map { String($0.1) })
        }
        #expect(found == Set(Documents.clientVariables.map(\.name)))
    }

    @Test(arguments: ["reeve", "reeved"]) func `no section of a man page is empty`(name: String) throws {
        let lines = try document("docs/man/\(name).1").split(separator: "\n")
        for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix(".SH") {
            #expect(!next.hasPrefix(".SH"), "\(line)")
        }
    }
}
