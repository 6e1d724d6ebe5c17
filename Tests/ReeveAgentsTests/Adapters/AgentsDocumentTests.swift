import Foundation
import ReeveAgents
import ReeveModel
import Testing

/// The tables of `docs/agents.md` are what the data says.
@Suite struct AgentsDocumentTests {
    /// The cells of each row, of all tables below this heading.
    private func rows(_ section: String) throws -> [[String]] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/agents.md"), encoding: .utf8)
        let parts = text.components(separatedBy: "\n## ")
        let part = try #require(parts.first { $0.hasPrefix("\(section)\n") })
        var rows: [[String]] = []
        var isHead = true
        for line in part.components(separatedBy: "\n") {
            guard line.hasPrefix("|") else {
                isHead = true
                continue
            }
            if line.hasPrefix("|---") {
                isHead = false
            } else if !isHead {
                rows.append(
                    line.dropFirst().dropLast().components(separatedBy: " | ").map { $0.trimmingCharacters(in: .whitespaces) })
            }
        }
        return rows
    }

    @Test func `which agents`() throws {
        let expected = ShippedAdapters.all.map { adapter -> [String] in
            let newest = adapter.ranges.last
            let naming =
                switch newest?.naming {
                case .ours: "Reeve"
                case .itsOwn: "itself"
                case .none?, nil: "nobody"
                }
            let words = newest?.resume.map { $0.words.dropFirst() }
            let continued = words.map { words in
                "`" + words.filter { !$0.hasPrefix("{") && $0 != "--" && !$0.hasPrefix("--prompt") }.joined(separator: " ")
                    + " ID`"
            }
            return [
                "`\(adapter.name)`", adapter.supported.description, adapter.newest.description,
                newest?.start.prompt.rawValue ?? "", naming, continued ?? "not at all",
            ]
        }
        #expect(try rows("Which agents") == expected)
    }

    @Test func `the permission modes`() throws {
        let expected = ShippedAdapters.all.flatMap { adapter in
            adapter.ranges.filter { $0.permission != [:] }.map { range -> [String] in
                let version = adapter.name == "opencode" ? "\(range.from.major).\(range.from.minor)" : range.from.description
                let differs = Set(adapter.ranges.map(\.permission)).count > 1
                let modes: [String] = [.standard, .plan, .acceptEdits, .delegate].map { (mode: WorkflowStep.PermissionMode) in
                    guard let flags = range.permission[mode] else { return "refused" }
                    return flags.isEmpty ? "nothing" : "`\(flags.joined(separator: " "))`"
                }
                let tools =
                    switch range.tools {
                    case .each(let flag): "`\(flag)=TOOL`, each"
                    case .joined(let flag): "`\(flag)=TOOL,TOOL`"
                    case nil: "refused"
                    }
                return ["`\(adapter.name)`\(differs ? " \(version)" : "")"] + modes + [tools]
            }
        }
        // Pi's ranges differ in how the prompt goes, not in their modes.
        let unique = expected.enumerated().filter { index, row in index == 0 || expected[index - 1] != row }.map(\.element)
        #expect(try rows("Permission modes") == unique)
    }

    @Test func `the levels of delegators, in their order`() throws {
        let words = try rows("Delegators").map { $0[0] }
        let levels = DelegatorChoice.Level.allCases.map { "`\($0.rawValue)`" }
        #expect(Array(words.dropFirst(4).prefix(levels.count)) == levels)
    }

    @Test func `every contradiction in the table has a case`() throws {
        let cases: [(String, AgentKind, LaunchPlan.Form, LaunchWishes)] = [
            ("a flag that only Reeve sends: session ids, resume, headless", .claude, .start, LaunchWishes(flags: ["--resume"])),
            (
                "a permission flag beside a permission mode", .codex, .start,
                LaunchWishes(permission: .plan, flags: ["--approve-for-me"])
            ),
            ("a model flag beside a model", .gemini, .start, LaunchWishes(model: "a", flags: ["-m", "b"])),
            ("a flag twice that is not meant to be repeated", .codex, .start, LaunchWishes(flags: ["--cd=/a", "-C", "/b"])),
            (
                "two flags that the program does not take together", .codex, .start,
                LaunchWishes(flags: ["-s", "read-only", "--approve-for-me"])
            ),
            ("a flag that the form does not have", .codex, .headless, LaunchWishes(flags: ["--search"])),
            ("a word that would be taken for the prompt", .claude, .start, LaunchWishes(flags: ["hello"])),
        ]
        #expect(try rows("Delegators").dropFirst(4 + DelegatorChoice.Level.allCases.count).map { $0[0] } == cases.map(\.0))
        for (row, kind, form, wishes) in cases {
            #expect(throws: ReeveError.self, "\(row)") {
                try LaunchLine(kind: kind, form: form, installed: nil, wishes: wishes, conversation: "a")
            }
        }
    }

    @Test func `the variables of each agent`() throws {
        let expected = ShippedAdapters.all.map { adapter in
            ["`\(adapter.name)`"]
                + [true, false].map { secret in
                    adapter.variables.filter { $0.isSecret == secret }.map { "`\($0.name)`" }.joined(separator: " ")
                }
        }
        #expect(try rows("Environment") == expected)
    }

    @Test func `what doctor finds, and which of it is a fault`() throws {
        let version = ToolVersion(1, 0, 0)
        let findings: [(String, AdapterCheck.Finding)] = [
            ("the version is not printed as this program prints it", .unreadableVersion("x")),
            ("older than all that is known", .tooOld(version, oldest: version)),
            ("older than promised", .unsupported(version, supported: version)),
            ("newer than all that is known", .newer(version, newest: version)),
            ("a flag that Reeve sends has another name in the help", .renamed("--a", command: [], others: ["--b"])),
            ("a flag that Reeve sends is not in the help", .missing("--a", command: [])),
            ("a help without any flag", .unreadableHelp(command: [])),
        ]
        let expected = findings.map { row, finding -> [String] in
            var check = AdapterCheck(.pi, version: "1.0.4", helps: [:])
            check.findings = [finding]
            return [row, check.isFine ? "no" : "yes"]
        }
        #expect(try rows("What doctor checks") == expected)
    }

    @Test func `the placeholders`() throws {
        #expect(try rows("An agent of your own").map { $0[0] } == LaunchLine.placeholders.map { "`{\($0)}`" })
    }
}
