import Foundation
import ReeveJSON
import ReeveTestSupport
import Testing

/// docs/multiplexers.md says what can be looked at where: so does the daemon.
@Suite(.serialized) struct LookingDocumentSerialTests {
    @Test func `the table of previews, attachments and focus is what the daemon says`() async throws {
        let document = try String(contentsOf: Fence.root.appendingPathComponent("docs/multiplexers.md"), encoding: .utf8)
        let section = try #require(document.components(separatedBy: "## Looking at one\n").last)
        let rows = section.split(separator: "\n").drop { !$0.hasPrefix("| | ") }.dropFirst(2).prefix { $0.hasPrefix("| `") }
        #expect(rows.count == 8)
        try await RealDaemon.with { d in
            for row in rows {
                let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                let name = cells[0].replacing("`", with: "")
                let line = #"{"id":1,"method":"backend.get","params":{"name":"\#(name)"}}"#
                let answer = try #require(await (try LineClient(d.socket)).ask(line))
                let result = try JSONDocument(Array(answer.utf8)).root.member("result")
                let able = Set((result?.member("capabilities")?.items ?? []).compactMap(\.string))
                try #require(cells.count == 4, "\(row)")
                #expect(able.contains("capture") == (cells[1] != "–"), "\(name): capture")
                #expect(able.contains("focus") == (cells[3] != "–"), "\(name): focus")
                // What is in no terminal is brought to the front where that can be done: `reeve attach` says so.
                switch cells[2] {
                case "–": #expect(!able.contains("attach") && !able.contains("focus"), "\(name): attach")
                case "as `reeve focus`": #expect(!able.contains("attach") && able.contains("focus"), "\(name): attach")
                default: #expect(able.contains("attach"), "\(name): attach")
                }
                #expect(able.contains("captureStyled") == cells[1].contains("colours"), "\(name): colours")
            }
        }
    }
}
