import ReeveJSON
import ReeveModel
import ReeveWire

/// Tickets, agents and sessions as text for people.
enum Sentences {
    static func tickets(_ tickets: [TicketShape]) -> String {
        guard !tickets.isEmpty else { return "no tickets" }
        return Table(
            header: ["ID", "PRI", "STATE", "AGENT", "TITLE"],
            rows: tickets.map {
                let told = $0.metadata.flatMap { brief($0) }.map { "  \($0)" } ?? ""
                return [
                    $0.id, $0.priority.word, $0.state.rawValue, $0.agent, $0.title + told + ($0.reason.map { "  (\($0))" } ?? ""),
                ]
            }
        ).render(width: Terminal.width)
    }

    static func agents(_ agents: [AgentShape]) -> String {
        guard !agents.isEmpty else { return "no agents" }
        return Table(
            header: ["TICKET", "AGENT", "STATE", "PID", "SESSION", "SINCE"],
            rows: agents.map {
                [
                    $0.ticket, $0.kind, $0.state.rawValue, $0.pid.map(String.init) ?? "-", $0.session,
                    clock($0.since) + ($0.reason.map { "  (\($0))" } ?? ""),
                ]
            }
        ).render(width: Terminal.width)
    }

    static func steps(_ steps: [StepShape]) -> String {
        guard !steps.isEmpty else { return "no steps yet" }
        return Table(
            header: ["N", "STEP", "AGENT", "OUTCOME", "SINCE", ""],
            rows: steps.map {
                let said = $0.verdict.map { verdict in "“\(verdict)”" } ?? $0.summary ?? ""
                let by = $0.reviewer.map { reviewer in "\(reviewer): " } ?? ""
                return ["\($0.visit)", $0.step, $0.agent, $0.outcome.rawValue, clock($0.startedAt), by + said]
            }
        ).render(width: Terminal.width)
    }

    static func reviewed(_ ticket: TicketShape, _ verdict: String) -> String {
        let then =
            ticket.state == .done
            ? "done"
            : ticket.reason == AgentIntent.finishing
                ? "that was the last step; its agent leaves, then it is done"
                : ticket.step.map { "step \(Terminal.clean($0)) comes next" } ?? ticket.state.rawValue
        return "\(Terminal.clean(ticket.id)) \(verdict): \(then)"
    }

    static func sessions(_ sessions: [SessionShape]) -> String {
        guard !sessions.isEmpty else { return "no sessions" }
        return Table(
            header: ["NAME", "BACKEND", "ID", "SIZE", "PANES", "SEEN BY", "TICKET"],
            rows: sessions.map {
                [$0.name, $0.backend, $0.id, "\($0.width)x\($0.height)", "\($0.panes)", "\($0.attached)", $0.ticket ?? "-"]
            }
        ).render(width: Terminal.width)
    }

    static func ticket(_ ticket: TicketShape) -> String {
        var lines = [Terminal.fit(Terminal.clean("\(ticket.id)  \(ticket.title)"), Terminal.width)]
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            lines.append(
                "  " + name + String(repeating: " ", count: max(1, 10 - name.count))
                    + Terminal.fit(Terminal.clean(value), Terminal.width - 13))
        }
        add("state", ticket.state.rawValue + (ticket.reason.map { " (\($0))" } ?? ""))
        add("type", ticket.type)
        add("step", ticket.step.map { step in step + (ticket.review.map { " (\($0.rawValue) review)" } ?? "") })
        add("priority", ticket.priority.word)
        add("agent", ticket.agent)
        add("project", ticket.project)
        add("branch", ticket.branch)
        add("worktree", ticket.worktree)
        add("kept", ticket.worktreeKept)
        add("after", ticket.after?.joined(separator: ", "))
        add("created", ticket.createdAt)
        add("started", ticket.startedAt)
        add("finished", ticket.finishedAt)
        add("attempts", "\(ticket.attempts)")
        if let status = ticket.metadata?.status { add("says", "\(MetadataTone(word: status.tone).sign) \(status.text)") }
        if let progress = ticket.metadata?.progress { add("progress", words(progress)) }
        if let log = ticket.metadata?.log, !log.isEmpty {
            lines.append("")
            lines += log.suffix(MetadataBoard.linesShown).map { "  " + Terminal.fit(line($0), Terminal.width - 2) }
        }
        if let body = ticket.body, !body.isEmpty { lines += ["", Terminal.clean(body, keepingLines: true)] }
        return lines.joined(separator: "\n")
    }

    static func status(_ status: SystemStatus.Result) -> String {
        let c = status.counts
        var parts: [String] = []
        for (number, word) in [
            (c.running - c.waiting, "running"), (c.waiting, "waiting for you"), (c.review, "in review"), (c.queued, "queued"),
            (c.done, "done"),
            (c.failed, "failed"), (c.lost, "lost"), (c.cancelled, "cancelled"),
        ] where number > 0 || word == "running" || word == "queued" {
            parts.append("\(number) \(word)")
        }
        var lines = [Terminal.fit(parts.joined(separator: " · "), Terminal.width)]
        if status.paused { lines.append("the queue is paused; reeve queue resume lets it launch again") }
        lines += brakes(status)
        for backend in status.backends {
            lines.append(
                Terminal.fit(
                    Terminal.clean("\(backend.name): \(backend.state.rawValue)" + (backend.detail.map { " (\($0))" } ?? "")),
                    Terminal.width))
        }
        lines.append("reeved \(Terminal.clean(status.version)), pid \(status.pid), since \(clock(status.startedAt))")
        return lines.joined(separator: "\n")
    }

    /// What Reeve does not do by itself any more, and how a person lets it go on.
    private static func brakes(_ status: SystemStatus.Result) -> [String] {
        var lines: [String] = []
        for brake in status.brakes ?? [] {
            let what = brake.agent.map { "no \(Terminal.clean($0)) is" } ?? "nothing is"
            let next = brake.nextTry.map { "one is tried at \(clock($0))" } ?? "one is being tried"
            lines.append(
                "\(what) launched since \(clock(brake.since)): \(brake.failures) launches in a row failed, the last because "
                    + "\(Terminal.clean(brake.reason)); \(next); reeve queue resume launches at once")
        }
        let retries = status.retries ?? SystemStatus.Retries()
        if retries.waiting > 0 {
            let first = retries.nextTry.map { ", the first at \(clock($0))" } ?? ""
            lines.append("\(retries.waiting) put off until the next try" + first)
        }
        if retries.down > 0 {
            let rest = retries.down - min(3, retries.downTickets.count)
            let shown = retries.downTickets.prefix(3).joined(separator: ", ")
            let names = Terminal.clean(shown) + (rest > 0 ? " and \(rest) more" : "")
            lines.append("started too often, stays down: \(names); reeve retry ID starts it again")
        }
        return lines.map { Wrapping.wrap($0, Terminal.width) }
    }

    static func switched(_ result: AgentSwitch.Result) -> String {
        let rungs = result.rungs.map { "\($0.rung.rawValue) \(DurationText.spoken($0.ms))\($0.ended ? ", left" : "")" }
        return Terminal.clean("\(result.ticket): \(result.from) → \(result.to) by \(result.rung.rawValue)")
            + (rungs.isEmpty ? "" : "\n  " + rungs.joined(separator: "; "))
    }

    static func event(_ view: JSONView) -> String {
        let params = view.member("params") ?? view
        let seq = params.member("seq")?.integer.map(String.init) ?? "?"
        let kind = params.member("kind")?.string ?? "?"
        let ticket = params.member("ticket")?.string ?? ""
        let time = clock(params.member("time")?.string ?? "")
        let data = params.member("data")
        let agent = data?.member("agent")
        var detail = [
            agent?.member("kind")?.string, agent?.member("state")?.string ?? data?.member("ticket")?.member("state")?.string,
            agent?.member("reason")?.string ?? data?.member("ticket")?.member("reason")?.string,
            data?.member("rung")?.string, data?.member("session")?.string, data?.member("detail")?.string,
            data?.member("what")?.string,
        ].compactMap(\.self)
        if let from = data?.member("from")?.string, let to = data?.member("to")?.string {
            detail.insert("\(from) → \(to)", at: 0)
        }
        var line = Terminal.clean("\(seq)  \(time)  \(kind)  \(ticket)  \(detail.joined(separator: " "))")
        while line.last == " " { line.removeLast() }
        return Terminal.fit(line, Terminal.width)
    }

    static func lagged(_ cursor: Int64?) -> String {
        "   reader was too slow; reading on from the log" + (cursor.map { " at \($0)" } ?? "")
    }

    /// `09:05:07` of an RFC 3339 time; UTC, as everything in Reeve.
    static func clock(_ time: String) -> String {
        guard time.count >= 19 else { return Terminal.clean(time) }
        return Terminal.clean(String(time.dropFirst(11).prefix(8)))
    }
}
