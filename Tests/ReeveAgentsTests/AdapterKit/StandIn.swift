import Foundation
import ReeveAgents
import ReeveModel
import ReeveTestSupport
import Testing

/// One version of one agent's program, as a table that `tool.sh` acts. The tables say at their top where they come from; the real
/// programs were not run.
struct StandIn: Sendable, CustomTestStringConvertible {
    var tool: String
    var version: ToolVersion

    static let all: [StandIn] = [
        StandIn("claude", 2, 1, 0), StandIn("claude", 2, 1, 112), StandIn("claude", 2, 1, 292), StandIn("codex", 0, 101, 0),
        StandIn("codex", 0, 144, 0), StandIn("codex", 0, 160, 1), StandIn("gemini", 0, 61, 0), StandIn("opencode", 1, 17, 10),
        StandIn("opencode", 1, 18, 31), StandIn("opencode", 2, 0, 18), StandIn("amp", 0, 0, 1_780_000_000),
        StandIn("amp", 0, 0, 1_790_452_833), StandIn("aider", 0, 86, 2), StandIn("pi", 1, 0, 4),
    ]

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

    init(_ tool: String, _ major: Int, _ minor: Int, _ patch: Int) {
        self.tool = tool
        version = ToolVersion(major, minor, patch)
    }

    var testDescription: String { "\(tool) \(version)" }
    var name: String { "\(tool)-\(version).table" }
    var path: String { "\(Self.directory)/Tools/\(name)" }

    var kind: AgentKind {
        get throws {
            guard let kind = ShippedKinds.all.first(where: { $0.name == tool }) else { throw ReeveError.notFound("kind", tool) }
            return kind
        }
    }

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - input: a file for its standard input.
    func run(_ arguments: some Sequence<String>, input: String = "/dev/null") async -> ProgramRun {
        await ProgramRun.of(
            ["/bin/sh", "-c", #"input=$1; shift; exec /bin/sh "$@" <"$input""#, "sh", input, "\(Self.directory)/tool.sh", path]
                + arguments,
            environment: ["PATH": "/usr/bin:/bin"])
    }
}

/// A launch as it would be made, and what the stand-in says to it.
struct Trial {
    static let conversation = "5f2b7c1e-9a40-4a57-9d5c-0a4f0c1d2e3f"
    /// Begins like a flag and has what a shell would act on: it must come through as it is.
    static let prompt = "- fix it; $(touch x) \"now\" {model_flags}"

    var standIn: StandIn
    var form: LaunchPlan.Form
    var wishes = LaunchWishes()

    func plan(prompt: String? = Self.prompt, kind: AgentKind? = nil, file: String = "/nowhere") throws -> (LaunchPlan, LaunchLine)
    {
        let kind = try kind ?? standIn.kind
        let line = try LaunchLine(
            kind: kind, form: form, installed: standIn.version, wishes: wishes, conversation: Self.conversation)
        let plan = LaunchPlan(
            kind: kind, form: form, ticket: Samples.id("T"), conversation: Self.conversation, project: "/w", prompt: prompt,
            promptFile: file, line: line)
        return (plan, line)
    }
}
