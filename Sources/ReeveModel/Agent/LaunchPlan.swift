/// Turns an agent kind and a ticket into the argument vector of a launch. Pure: nothing is split, quoted or passed to a shell.
package struct LaunchPlan: Sendable, Hashable {
    /// The kernel's limit for one argument is 128 KiB with its NUL (Linux, `MAX_ARG_STRLEN`); above this the prompt is pasted.
    package static let longestArgument = 120 * 1024

    /// What `{name}` in an argument vector may name.
    package static let placeholders = ["ticket", "session_id", "prompt", "prompt_file", "project"]

    package enum Form: Sendable, Hashable { case start, resume }

    package var arguments: [String]
    /// The prompt must be written to its file before the launch.
    package var needsPromptFile: Bool
    /// The file is the program's standard input.
    package var promptIsStandardInput: Bool
    /// The text to paste once the agent is ready; nil when the prompt goes another way.
    package var paste: String?

    /// - Parameters:
    ///   - prompt: nil when a resumed agent is to be told nothing.
    ///   - promptFile: where the prompt would be written; only a name until `needsPromptFile` says otherwise.
    package init(
        kind: AgentKind, form: Form, ticket: TicketID, conversation: String, project: String, prompt: String?, promptFile: String
    ) {
        let template = form == .resume && !kind.resume.isEmpty ? kind.resume : kind.start
        let text = prompt ?? ""
        let mentionsPrompt = template.contains { $0.contains("{prompt}") }
        let fitsArgument = text.utf8.count <= Self.longestArgument
        let values = [
            "ticket": ticket.text, "session_id": conversation, "prompt": fitsArgument ? text : "", "prompt_file": promptFile,
            "project": project,
        ]
        arguments = template.compactMap { argument in
            // An argument that is nothing but an absent prompt would be an empty word that most programs read as a prompt.
            if argument == "{prompt}", text.isEmpty || !fitsArgument { return nil }
            return Self.fill(argument, values)
        }
        needsPromptFile = template.contains { $0.contains("{prompt_file}") }
        promptIsStandardInput = false
        paste = nil
        guard !text.isEmpty else { return }
        switch kind.prompt {
        case .none: break
        case .argument where !fitsArgument: paste = text
        case .argument: if !mentionsPrompt && !needsPromptFile { arguments.append(text) }
        case .paste: paste = text
        case .stdin:
            needsPromptFile = true
            promptIsStandardInput = true
        }
    }

    /// Replaces `{name}` inside one argument, once, left to right: what a value brings in is never expanded again.
    static func fill(_ argument: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = Substring(argument)
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let name = String(rest[rest.index(after: open)..<close])
            if let value = values[name] {
                result += value
                rest = rest[rest.index(after: close)...]
            } else {
                result.append("{")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
