import ReeveModel
import ReeveWorkflows

/// The configuration in force, as TOML: `reeve config show`. Secrets are references (`$NAME`) and stay so; a literal value of an
/// agent's environment is not shown.
package enum ConfigurationText {
    package static func render(_ c: Configuration) -> String { render(c, showsValues: false) }

    /// - Parameter showsValues: literal values too; for comparing, not for showing.
    static func render(_ c: Configuration, showsValues: Bool) -> String {
        var lines = [
            "[queue]", "max_parallel = \(c.limits.maxParallel)", "max_per_project = \(c.limits.maxPerProject)",
            "max_per_agent = { "
                + c.limits.maxPerAgent.sorted { $0.key < $1.key }.map { "\(name($0.key)) = \($0.value)" }
                .joined(separator: ", ") + " }",
            "auto_launch = \(c.limits.autoLaunch)", "default_agent = \(quote(c.defaultAgent))", "", "[tickets]",
            "directory = \(quote(c.ticketDirectory))", "", "[retry]",
            "attempts = \(c.retry.attempts)", "backoff = \(quote(DurationText.format(c.retry.backoff)))",
            "intensity = \(c.retry.intensity)", "period = \(quote(DurationText.format(c.retry.period)))", "", "[breaker]",
            "failures = \(c.breaker.failures)", "early = \(quote(DurationText.format(c.early)))",
            "cooldown = \(quote(DurationText.format(c.breaker.cooldown)))", "", "[sessions]",
            "wrapper = \(quote(c.wrapper))", "prefix = \(quote(c.prefix))", "linger = \(quote(DurationText.format(c.linger)))",
            "directory = \(quote(c.directory))", "", "[sessions.tmux]", "binary_path = \(quote(c.tmuxBinary))",
            "socket_name = \(quote(c.tmuxSocket))", "config_file = \(quote(c.tmuxConfig))",
        ]
        lines += backends(c.backends) + panes(c.panes)
        lines += [
            "", "[switch]",
            "rung_timeout = \(quote(DurationText.format(c.rungTimeout)))", "last_resort = \(quote(c.lastResort.rawValue))",
            "ready_timeout = \(quote(DurationText.format(c.readyTimeout)))", "", "[retention]",
            "events = \(quote(DurationText.format(c.retention.events)))", "max_events = \(c.retention.maxEvents)",
            "finished_tickets = \(quote(c.retention.finishedTickets.map(DurationText.format) ?? "never"))", "", "[workflows]",
            "acceptance_criteria = \(quote(c.workflows.criteria.acceptance))",
            "definition_of_done = \(quote(c.workflows.criteria.done))",
            "definition_of_ready = \(quote(c.workflows.criteria.ready))", "open_command = \(list(c.workflows.openCommand))",
        ]
        lines += git(c.git) + notifications(c.notifications)
        for delegator in c.delegators.values.sorted(by: { $0.name < $1.name }) {
            lines += ["", "[delegators.\(name(delegator.name))]", "agent = \(quote(delegator.agent))"]
            if let model = delegator.model { lines.append("model = \(quote(model))") }
            lines += ["flags = \(list(delegator.flags))", "permission_mode = \(quote(delegator.permission.rawValue))"]
        }
        for kind in c.agents.values.sorted(by: { $0.name < $1.name }) {
            lines += [
                "", "[agents.\(name(kind.name))]", "start = \(list(kind.start))",
                "resume = \(list(kind.resume))", "headless = \(list(kind.headless))", "prompt = \(quote(kind.prompt.rawValue))",
                "exit = \(keys(kind.exit))", "interrupt = \(keys(kind.interrupt))", "interrupt_repeat = \(kind.interruptRepeat)",
                "eof = \(keys(kind.eof))",
                "memory_max = \(quote(kind.memoryMax.map(DurationText.formatSize) ?? ""))",
                "enter_delay = \(quote(DurationText.format(kind.enterDelay)))",
                "env = { "
                    + kind.environment.sorted { $0.key < $1.key }
                    .map {
                        "\(quote($0.key)) = \(showsValues || $0.value.hasPrefix("$") ? quote($0.value) : quote("(not shown)"))"
                    }
                    .joined(separator: ", ") + " }",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func backends(_ b: BackendKeys) -> [String] {
        [
            "", "[sessions.reeve]", "scrollback = \(b.scrollback)", "detach_key = \(quote(b.detachKey))", "", "[sessions.zellij]",
            "binary_path = \(quote(b.zellijBinary))", "session = \(quote(b.zellijSession))",
            "require_in_zellij = \(b.requiresZellij)", "", "[sessions.cmux]", "binary_path = \(quote(b.cmuxBinary))",
            "require_in_cmux = \(b.requiresCmux)", "placement = \(quote(b.placement))", "", "[sessions.screen]",
            "binary_path = \(quote(b.screenBinary))", "", "[sessions.wezterm]", "binary_path = \(quote(b.weztermBinary))", "",
            "[sessions.kitty]", "binary_path = \(quote(b.kittyBinary))", "listen_on = \(quote(b.kittyListenOn))",
        ]
    }

    private static func panes(_ p: PaneSettings) -> [String] {
        [
            "", "[panes]", "enabled = \(p.sizes.enabled)", "layout = \(quote(p.layout.rawValue))",
            "isolation = \(quote(p.isolation.rawValue))", "main_pane_size = \(p.sizes.mainPaneSize)",
            "main_pane_min_width = \(p.sizes.mainPaneMinWidth)", "main_pane_min_height = \(p.sizes.mainPaneMinHeight)",
            "agent_pane_min_width = \(p.sizes.agentPaneMinWidth)", "agent_pane_min_height = \(p.sizes.agentPaneMinHeight)",
            "keep_main_size = \(p.sizes.keepMainSize)", "evict = \(quote(p.sizes.evict.rawValue))",
            "queue_size = \(p.queue.capacity)", "retry = \(quote(DurationText.format(p.queue.retry)))",
            "wait_at_most = \(quote(DurationText.format(p.queue.lifetime)))", "poll = \(quote(DurationText.format(p.poll)))",
            "waiting_poll = \(quote(DurationText.format(p.waitingPoll)))",
            "ready_poll = \(quote(DurationText.format(p.readyPoll)))",
            "ready_timeout = \(quote(DurationText.format(p.readyTimeout)))", "linger = \(quote(DurationText.format(p.linger)))",
        ]
    }

    private static func git(_ g: GitKeys) -> [String] {
        [
            "", "[git]", "use_worktrees = \(g.usesWorktrees)", "branch = \(quote(g.branch))",
            "worktree_directory = \(quote(g.directory))", "remote = \(quote(g.remote))", "fetch = \(g.fetch)",
            "fetch_timeout = \(quote(DurationText.format(g.fetchTimeout)))", "setup = \(list(g.setup))",
            "setup_timeout = \(quote(DurationText.format(g.setupTimeout)))", "provider = \(quote(g.provider))",
            "poll_interval = \(quote(DurationText.format(g.pollInterval)))",
        ]
    }

    private static func notifications(_ n: NotificationKeys) -> [String] {
        var lines = [
            "", "[notifications]", "desktop = \(n.desktop)", "desktop_events = \(kinds(n.desktopEvents))", "bell = \(n.bell)",
            "bell_events = \(kinds(n.bellEvents))", "command = \(list(n.command))", "command_events = \(kinds(n.commandEvents))",
            "command_timeout = \(quote(DurationText.format(n.commandTimeout)))", "quiet_hours = \(list(n.quietHours))",
            "quiet_pass = \(kinds(n.quietPass))", "window = \(quote(DurationText.format(n.window)))",
        ]
        for (key, hook) in n.webhooks.sorted(by: { $0.key < $1.key }) {
            lines += [
                "", "[notifications.webhook.\(name(key))]", "url = \(quote(hook.url))", "secret = \(quote(hook.secret))",
                "token = \(quote(hook.token))", "events = \(kinds(hook.events))",
                "timeout = \(quote(DurationText.format(hook.timeout)))",
            ]
        }
        return lines
    }

    private static func kinds(_ kinds: Set<NoticeKind>) -> String {
        list(NoticeKind.choices.filter { kinds.contains($0) }.map(\.rawValue))
    }

    /// A bare key ends at a dot.
    private static func name(_ text: String) -> String { text.contains(".") ? quote(text) : text }

    private static func list(_ words: [String]) -> String { "[" + words.map(quote).joined(separator: ", ") + "]" }

    private static func keys(_ items: [KeyInput]) -> String {
        let words = items.map { item in
            switch item {
            case .key(let key): quote(key.name)
            case .text(let text): Key(name: text) == nil ? quote(text) : "{ text = \(quote(text)) }"
            }
        }
        return "[" + words.joined(separator: ", ") + "]"
    }

    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where InertText.isActive(scalar):
                let digits = String(scalar.value, radix: 16)
                let isShort = digits.count <= 4
                result += (isShort ? "\\u" : "\\U") + String(repeating: "0", count: (isShort ? 4 : 8) - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
