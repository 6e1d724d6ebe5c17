/// Turns the words of a launch into its argument vector. Pure: nothing is split, quoted or passed to a shell.
package struct LaunchPlan: Sendable, Hashable {
    /// The kernel's limit for one argument is 128 KiB with its NUL (Linux, `MAX_ARG_STRLEN`); above this the prompt is pasted.
    package static let longestArgument = 120 * 1024

    /// What `{name}` in an argument vector may name.
    package static let placeholders = ["ticket", "session_id", "prompt", "prompt_file", "project"] + LaunchLine.placeholders

    package enum Form: String, Sendable, Hashable, CaseIterable { case start, resume, headless }

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
    ///   - line: the words, as an adapter or the configuration has them; nil: those of the kind as they stand, without any flags.
    package init(
        kind: AgentKind, form: Form, ticket: TicketID, conversation: String, project: String, prompt: String?, promptFile: String,
        line: LaunchLine? = nil
    ) {
        let line = line ?? LaunchLine(plain: kind, form: form)
        let text = prompt ?? ""
        let isTaken = line.pastesBeginnings.contains { text.hasPrefix($0) }
        let fitsArgument = text.utf8.count <= Self.longestArgument && !isTaken
        // An argument that is nothing but an absent prompt would be an empty word that most programs read as a prompt.
        let omitsPrompt = text.isEmpty || !fitsArgument || (line.isOfAdapter && line.prompt != .argument)
        let values = [
            "ticket": ticket.text, "session_id": conversation, "prompt": fitsArgument ? text : "", "prompt_file": promptFile,
            "project": project,
        ]
        var mentionsPrompt = false
        arguments = []
        needsPromptFile = false
        for word in line.words {
            guard case .template(let word) = word else {
                arguments.append(word.text)
                continue
            }
            mentionsPrompt = mentionsPrompt || word.contains("{prompt}")
            needsPromptFile = needsPromptFile || word.contains("{prompt_file}")
            if omitsPrompt, word == "{prompt}" || (line.isOfAdapter && word.contains("{prompt}")) {
                // What stood before the prompt was there for it alone.
                if line.isOfAdapter, arguments.last == "--" { arguments.removeLast() }
                continue
            }
            arguments.append(Self.fill(word, values))
        }
        promptIsStandardInput = false
        paste = nil
        guard !text.isEmpty else { return }
        switch line.prompt {
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
