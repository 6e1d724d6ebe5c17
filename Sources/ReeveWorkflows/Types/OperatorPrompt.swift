/// Operator sends more than a step's prompt: the type's before it, the ticket and the words about reporting after it. A type of its own
/// making counts on that, so they are put around the prompt, but for what it names itself.
enum OperatorPrompt {
    static func whole(_ prompt: String, preamble: String?, _ names: PromptNames) -> String {
        let parts = [preamble, prompt].compactMap { $0?.trimmingLastNewlines }
        let body = parts.joined(separator: "\n\n")
        let used: Set<String>
        do throws(PromptTemplate.Fault) { used = try PromptTemplate(body, names: names).names } catch {
            // Said where the file's own text is read.
            return body
        }
        var whole = body
        if used.isDisjoint(with: ["prompt", "body", "content"]) {
            whole += "\n\n## Ticket {{ id }}\n\n{{ prompt }}"
        }
        if used.isDisjoint(with: ["previous_summary"]) {
            whole += "\n{{#if previous_summary}}\n\n## What the step before this one reported\n\n{{ previous_summary }}\n{{/if}}"
        }
        if used.isDisjoint(with: PromptWriter.reportNames) {
            whole += "\n\n{{ report_instructions }}"
        }
        return whole
    }
}
