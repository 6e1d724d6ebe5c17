/// What a screen of each agent shows, as data. The last resort: every release may change it, so whatever is read here is a guess.
///
/// Seen in Claude Code 2.1, Codex 0.99, Gemini 0.20, OpenCode 1.1, Aider 0.86.
package struct ScreenRule: Sendable {
    /// How the text of a marked line goes on.
    package enum Line: Sendable { case option, prompt }

    /// Which lines are looked at; empty ones do not count.
    package enum Region: Sendable {
        case bottom(Int)
        /// The lines right above the last one that begins with one of these marks.
        case above([String], Int)
    }

    package enum Test: Sendable {
        /// The words are there, whatever line breaks are between them.
        case contains([String])
        /// A line begins, in the first column, with one of these characters, and ends with, or holds, the words.
        case line(starts: String, holds: String)
        /// Of the lines of the region that begin with one of the marks, the last begins with `mark` and is an option of a dialog, or not.
        case last([String], mark: String, Line)
        /// The last line holds the words.
        case lastLine(String)
        /// The last line begins with them.
        case lastLineStarts(String)
        /// The line above the last one with this mark is a rule: the prompt stands in its box.
        case boxed(String)
    }

    package var state: String
    package var detail: String?
    package var name: String
    package var region: Region
    package var tests: [Test]

    package init(_ state: String, _ detail: String? = nil, _ name: String, _ region: Region, _ tests: [Test]) {
        self.state = state
        self.detail = detail
        self.name = name
        self.region = region
        self.tests = tests
    }
}

package enum ScreenRules {
    /// Blocked before working before idle.
    package static let all: [String: [ScreenRule]] = [
        "claude": [
            ScreenRule(
                "waiting", "permission", "a dialog with options at the bottom", .bottom(16),
                [.last(["❯"], mark: "❯", .option), .contains(["Do you want to", "Would you like to"])]),
            ScreenRule(
                "waiting", "question", "a question with options at the bottom", .bottom(24),
                [.last(["❯"], mark: "❯", .option), .contains(["Enter to select"])]),
            ScreenRule(
                "running", nil, "the busy line above the prompt", .above(["❯"], 8),
                [.line(starts: "✻✶✽✢✳·*∗", holds: "esc to interrupt")]),
            ScreenRule("idle", nil, "an empty prompt in its box", .bottom(8), [.last(["❯"], mark: "❯", .prompt), .boxed("❯")]),
        ],
        "codex": [
            ScreenRule(
                "waiting", "permission", "a dialog with options at the bottom", .bottom(16),
                [
                    .last(["›"], mark: "›", .option),
                    .contains(["Would you like to", "Press enter to confirm", "Do you want to", "Allow command"]),
                ]),
            ScreenRule(
                "running", nil, "the busy line above the prompt", .above(["›"], 4),
                [.line(starts: "•◦", holds: "esc to interrupt)")]),
            ScreenRule("idle", nil, "an empty prompt", .bottom(6), [.last(["›"], mark: "›", .prompt)]),
        ],
        "gemini": [
            ScreenRule(
                "waiting", "permission", "a dialog with options at the bottom", .bottom(16),
                [.last(["●", ">"], mark: "●", .option), .contains(["Allow execution", "Allow once", "Apply this change"])]),
            ScreenRule(
                "running", nil, "the busy line above the prompt", .above([">"], 4),
                [.line(starts: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", holds: "(esc to cancel")]),
            ScreenRule("idle", nil, "an empty prompt in its box", .bottom(8), [.last(["●", ">"], mark: ">", .prompt)]),
        ],
        "opencode": openCode,
        "kilo": openCode,
        "aider": [
            ScreenRule("waiting", "permission", "a yes-no question on the last line", .bottom(1), [.lastLine("(Y)es/(N)o")]),
            ScreenRule("running", nil, "the busy line at the bottom", .bottom(1), [.line(starts: "░█", holds: "Waiting for ")]),
            ScreenRule("idle", nil, "a prompt on the last line", .bottom(1), [.lastLineStarts(">")]),
        ],
    ]

    private static let openCode = [
        ScreenRule(
            "waiting", "permission", "the permission panel", .bottom(12),
            [.contains(["Permission required"]), .contains(["Allow once"])]),
        ScreenRule("running", nil, "the busy line below the prompt", .bottom(2), [.contains(["esc interrupt"])]),
        ScreenRule("idle", nil, "the prompt without a busy line", .bottom(6), [.contains(["ctrl+p commands", "tab agents"])]),
    ]
}
