import Foundation
import Testing

@testable import ReeveMultiplexers

/// What is asked of a systemd user manager, word by word: what one of these words decides shows only when memory runs out.
@Suite struct UserManagerTests {
    private static let service = UserManager.commandLine(
        unit: "reeve-tmux-x.service", purpose: "tmux server", forwards: ["HOME"], running: ["tmux", "-L", "$x"])
    private static let scope = UserManager.scope(
        launch: "L1", label: "claude", memoryMax: 67_108_864, version: 254, running: ["claude", "$x"])

    private func values(_ name: String, _ line: [String]) -> [String] {
        line.prefix { $0 != "--" }.filter { $0.hasPrefix("--property=\(name)=") }.map { String($0.dropFirst(name.count + 12)) }
    }

    @Test func `the unit of a multiplexer lives on when the kernel kills something in it for want of memory`() {
        #expect(values("OOMPolicy", Self.service) == ["continue"])
        #expect(values("ManagedOOMPreference", Self.service) == ["avoid"])
    }

    @Test func `so does the daemon's own`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let text = try String(contentsOf: root.appendingPathComponent("systemd/reeve.service"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n[Service]\n").last?.components(separatedBy: "\n[").first)
        let lines = section.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("OOMPolicy=") } == ["OOMPolicy=continue"])
        #expect(lines.filter { $0.hasPrefix("OOMScoreAdjust=") } == ["OOMScoreAdjust=100"])
    }

    /// The agent's own processes go together: half an agent is of no use, and its scope holds nobody else.
    @Test func `an agent's scope has its limit, no swap beside it, and systemd's own policy`() {
        #expect(values("MemoryMax", Self.scope) == ["67108864"] && values("MemorySwapMax", Self.scope) == ["0"])
        #expect(values("OOMPolicy", Self.scope).isEmpty)
        #expect(Self.scope.contains("--scope") && Self.scope.contains("--unit=reeve-agent-L1.scope"))
    }

    /// From 254 on systemd-run expands dollars in a scope's arguments too, unless told not to.
    @Test func `the program's own words arrive as they are`() {
        #expect(Array(Self.service.suffix(4)) == ["--", "tmux", "-L", "$$x"])
        #expect(Array(Self.scope.suffix(4)) == ["--expand-environment=no", "--", "claude", "$x"])
        let before = UserManager.scope(launch: "L1", label: "claude", memoryMax: 1, version: 252, running: ["claude", "$x"])
        #expect(Array(before.suffix(3)) == ["--", "claude", "$x"] && !before.contains("--expand-environment=no"))
    }
}
