import Processes
import ReeveModel

/// What Zellij says when it refuses, translated. Its exit codes are no evidence: an unknown session ends with 0 once two or more
/// sessions run (0.43.1 to 0.45.0). So its words count, whatever the code; they are always kept in the message.
enum ZellijError {
    /// The refusal in what a call has said; nil when there is none.
    static func refusal(in output: ProcessRunner.Output) -> ReeveError? {
        if let known = known(output.errors) { return known }
        guard output.status != 0 else { return nil }
        return known(output.text)
            ?? .unavailable("zellij: \(spoken(output))", hint: "run it yourself: docs/zellij.md says what is asked of it")
    }

    /// For an answer that does not look like one: in the words that came instead, or an error of its own. An action that its
    /// server has not carried out within a second says nothing and ends with 0.
    static func misshapen(_ output: ProcessRunner.Output, to question: String) -> ReeveError {
        if let known = known(output.text) { return known }
        let said = output.text.allSatisfy(\.isWhitespace) ? "nothing" : "'\(oneLine(output.text))'"
        return .unavailable(
            "zellij answered \(said) to \(question)", hint: "its server may be busy or hang; try again in a moment")
    }

    /// No session at all, from `list-sessions`: an empty list and no failure.
    static func isEmptyList(_ output: ProcessRunner.Output) -> Bool {
        (output.errors + output.text).lowercased().contains("no active zellij sessions found")
    }

    private static func known(_ text: String) -> ReeveError? {
        let lower = text.lowercased()
        func says(_ fragments: String...) -> Bool { fragments.contains { lower.contains($0) } }
        let message = "zellij: \(oneLine(text))"
        if says("there is no active session", "no session named", "no active zellij sessions found") {
            return ReeveError(.notFound, message)
        }
        if says("not found"), says("session", "pane", "tab") { return ReeveError(.notFound, message) }
        if says("session already exists", "already exists") {
            return .conflict(message, hint: "a session of this name exists and is not ours")
        }
        if says("malformed pane id") { return ReeveError(.notFound, message) }
        if says("wasn't expected", "wasn't recognized", "unexpected argument") {
            return .unavailable(message, hint: "this zellij does not know what is asked of it: reeve doctor, docs/zellij.md")
        }
        return nil
    }

    /// The beginning, for a message.
    private static func oneLine(_ text: String) -> String {
        InertText.clean(text.prefix(200).split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    private static func spoken(_ output: ProcessRunner.Output) -> String {
        let text = output.errors.allSatisfy(\.isWhitespace) ? output.text : output.errors
        let clean = oneLine(text)
        return clean.isEmpty ? "ended with \(output.status) and said nothing" : clean
    }
}
