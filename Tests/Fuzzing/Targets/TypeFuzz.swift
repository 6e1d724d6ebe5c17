import ReeveModel
import ReeveWorkflows

extension FuzzTarget {
    /// A type's file, JSON if it begins like that: faults whose places are in it, or a type that comes to an end and whose every prompt
    /// can be written.
    static let type = FuzzTarget(name: "type", longest: 2048) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return nil }
        let reading = TypeFile.read(text, file: "f", form: text.hasPrefix("{") ? .json : .toml)
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        for fault in reading.faults + reading.notes {
            if let line = fault.line, !(1...lines).contains(line) { return "line \(line) of \(lines): \(fault)" }
            if fault.path.unicodeScalars.contains(where: { InertText.isActive($0) }) { return "an active path: \(fault)" }
        }
        guard let type = reading.type else { return reading.faults.isEmpty ? "refused without a reason" : nil }
        guard reading.faults.isEmpty else { return "accepted with faults" }
        guard let id = TicketID("T-1") else { return nil }
        let ticket = Ticket(
            id: id, sequence: 1, title: "t", body: "b", type: type.name, agent: "a", createdAt: .init(milliseconds: 0))
        let writer = PromptWriter(type: type, setting: PromptSetting(now: .init(milliseconds: 0)))
        for start in type.steps {
            var step: WorkflowStep? = start
            for _ in type.steps.indices { step = step.flatMap { type.following($0) } }
            if let step { return "never ends: \(start.name) … \(step.name)" }
            do throws(ReeveError) {
                _ = try writer.artifacts(of: start, ticket)
                _ = try writer.visualURL(of: start, ticket)
                _ = try writer.prompt(for: ticket, in: StepProgress(step: start.name))
                _ = try writer.prompt(
                    for: ticket, in: StepProgress(step: start.name, visit: 2, feedback: "f", rejected: start.name))
            } catch {
                // A text may well be empty for this ticket; what it names was looked at when the file was read.
                if error.kind != .tooLarge, !error.message.contains("says nothing") { return "\(error)" }
            }
        }
        return nil
    }

    /// A template: a fault in one of its lines, or a text.
    static let template = FuzzTarget(name: "template", longest: 512) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return nil }
        var values = PromptVariables()
        values[text: "title"] = "{{ body }}"
        values["previous_files"] = .list(["{{/each}}", "b"])
        do throws(PromptTemplate.Fault) {
            let template = try PromptTemplate(text, names: PromptNames(steps: ["plan"], fields: ["x"]))
            do throws(ReeveError) {
                _ = try template.render(PromptVariables())
                _ = try template.render(values)
            } catch {
                return error.kind == .tooLarge ? nil : "\(error)"
            }
            return nil
        } catch {
            if error.message.contains("cannot be read") { return "only the library refuses it: \(error)" }
            return (1...(text.count { $0.isNewline } + 1)).contains(error.line) ? nil : "no such line: \(error)"
        }
    }
}
