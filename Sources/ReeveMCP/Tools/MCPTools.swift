import ReeveModel
import ReeveWire

/// The tools, always in this order and always the same.
package enum MCPTools {
    package static let all: [MCPTool] = [ticket, step, report, ask, status, progress, log]

    private static let ticket = MCPTool(
        "ticket", title: "Your ticket", isReading: true,
        "The ticket you work on: its title, what is to be done, and where it stands.", Empty.self
    ) { _, desk throws(ReeveError) in
        let ticket = try desk.call(TicketGet.self, TicketReference(try desk.ticket())).ticket
        var lines = ["\(ticket.id): \(ticket.title)", "State: \(ticket.state.rawValue)", "Type: \(ticket.type)"]
        if let step = ticket.step { lines.append("Step: \(step)") }
        if let project = ticket.project { lines.append("Project: \(project)") }
        if let after = ticket.after { lines.append("Comes after: \(after.joined(separator: ", "))") }
        if let reason = ticket.reason { lines.append("Reason: \(reason)") }
        if let body = ticket.body, !body.isEmpty { lines += ["", body] }
        return lines.joined(separator: "\n")
    }

    private static let step = MCPTool(
        "step", title: "Your step", isReading: true,
        """
        The step you are in: what you were told, what you are to produce, what ends it and who looks at it then, and what came of \
        the steps before.
        """, Empty.self
    ) { _, desk throws(ReeveError) in
        let reference = TicketReference(try desk.ticket())
        let step = try desk.call(TicketStep.self, reference)
        let earlier = try desk.call(TicketSteps.self, reference).steps.filter { $0.visit < step.visit }
        var lines = ["Step: \(step.step)" + (step.title.map { " (\($0))" } ?? ""), "Entry: \(step.visit)"]
        if let outputs = step.outputs { lines.append("To produce: \(outputs.joined(separator: ", "))") }
        lines.append("Ends: " + ending(step))
        lines.append(step.review == .none ? "Review: none" : "Review: \(step.review.rawValue), by a person")
        lines.append("Then: " + (step.next.map { "step \($0)" } ?? "the ticket is done"))
        if let feedback = step.feedback { lines += ["", "It was rejected; the reviewer said:", feedback] }
        lines += ["", "You were told:", step.prompt]
        for run in earlier {
            lines += ["", "Before, in step \(run.step) by \(run.agent): \(run.outcome.rawValue)"]
            if let summary = run.summary { lines.append(summary) }
            if let files = run.files { lines.append("Files: " + files.joined(separator: ", ")) }
            if let verdict = run.verdict { lines.append("The reviewer said: \(verdict)") }
        }
        return lines.joined(separator: "\n")
    }

    private static let report = MCPTool(
        "report", title: "Report on your step",
        """
        Says how your step stands: done, blocked, or failed, with a summary and the files you made or changed. Done ends the step; what \
        comes next is then typed into your terminal, so end your turn after it. Call it once, when you have finished.
        """, ReportArguments.self
    ) { arguments, desk throws(ReeveError) in
        let state = try send(arguments.status.status, arguments.summary, arguments.files, desk)
        switch arguments.status {
        case .done: return "Recorded: done. What comes next is typed into your terminal; end your turn now. (agent: \(state))"
        case .blocked: return "Recorded: blocked. Your person is shown that you wait; end your turn now. (agent: \(state))"
        case .failed: return "Recorded: failed. The step is given up; end your turn now. (agent: \(state))"
        }
    }

    private static let ask = MCPTool(
        "ask", title: "Ask your person",
        """
        Puts a question to the person you work for. It does not wait and does not return the answer: you are shown as waiting with your \
        question, which is also kept in the ticket's log, and the answer is typed into your terminal when somebody gives it. End your \
        turn after it. Use it when you cannot go on without the answer.
        """, AskArguments.self
    ) { arguments, desk throws(ReeveError) in
        let state = try send(.blocked, arguments.question, nil, desk)
        var params = MetadataLog.Params()
        params.ticket = try desk.ticket()
        params.message = arguments.question
        params.tone = MetadataTone.warn.rawValue
        params.source = "question"
        // The question is out: that its copy in the log is missing does not make it unasked.
        let isLogged = (try? desk.call(MetadataLog.self, params)) != nil
        return """
            Recorded: your question is shown to your person (agent: \(state))\(isLogged ? " and kept in the log" : ""). \
            End your turn now; the answer is typed into this terminal.
            """
    }

    private static let status = MCPTool(
        "status", title: "Say what you are at",
        "Shows a few words beside your ticket: what you are doing now. The next one replaces it.", StatusArguments.self
    ) { arguments, desk throws(ReeveError) in
        var params = MetadataSetStatus.Params()
        params.ticket = try desk.ticket()
        params.text = arguments.text
        params.tone = arguments.tone.rawValue
        return "Shown: \(try desk.call(MetadataSetStatus.self, params).status.text)"
    }

    private static let progress = MCPTool(
        "progress", title: "Say how far you are",
        "Shows how far your work is: percent, or fraction, or current of total; exactly one of the three.", ProgressArguments.self
    ) { arguments, desk throws(ReeveError) in
        var params = MetadataSetProgress.Params()
        params.ticket = try desk.ticket()
        params.percent = arguments.percent
        params.fraction = arguments.fraction
        params.current = arguments.current
        params.total = arguments.total
        params.label = arguments.label
        return "Shown: \(try desk.call(MetadataSetProgress.self, params).progress.percent)%"
    }

    private static let log = MCPTool(
        "log", title: "Add to the log",
        "Adds a line to the ticket's log: a decision, a finding, a result. Your person reads it later; nobody is told at once.",
        LogArguments.self
    ) { arguments, desk throws(ReeveError) in
        var params = MetadataLog.Params()
        params.ticket = try desk.ticket()
        params.message = arguments.message
        params.tone = arguments.tone.rawValue
        params.source = arguments.source
        return "Kept as line \(try desk.call(MetadataLog.self, params).line.number)"
    }

    private static func send(
        _ status: StepReport.Status, _ summary: String, _ files: [String]?, _ desk: MCPDesk
    ) throws(ReeveError) -> String {
        var params = AgentReport.Params()
        params.ticket = try desk.ticket()
        params.launch = desk.surroundings.launch
        params.status = status
        params.summary = summary
        params.files = files
        let agent = try desk.call(AgentReport.self, params).agent
        return agent.state.rawValue + (agent.reason.map { ", \($0)" } ?? "")
    }

    private static func ending(_ step: TicketStep.Result) -> String {
        let words = step.doneWhen.map { way in
            switch way {
            case .report: "you say so with the tool report"
            case .exit: "your program exits with 0"
            case .artifacts: "these files exist: \((step.artifacts ?? []).joined(separator: ", "))"
            case .idle: "you end your turn"
            }
        }
        return words.isEmpty ? "when a person says so" : "when " + words.joined(separator: ", or ")
    }
}
