import ReeveModel

/// Makes a launch ready to be committed: ids, argument vector, prompt file. Everything that can be refused is refused here, before
/// anything is written down or anybody is made to leave.
struct LaunchPreparer: Sendable {
    var journal: any Journal
    var workflows: any Workflows
    var environment: any LaunchEnvironment
    var settings: LiveSettings
    /// Nil: every agent works in its ticket's own directory.
    var worktrees: (any Worktrees)?
    var ids: any IDGenerator
    var time: any TimeSource

    /// What the agent is told when it starts.
    enum Telling: Sendable {
        /// The prompt of the step that the ticket is in, or enters.
        case step
        /// A person's own words instead.
        case words(String)
        /// The step's prompt, unless it resumes a conversation that has had it.
        case stepUnlessResumed
    }

    /// The disk has not taken what the agent would be told, or its worktree: nothing is wrong with its ticket.
    struct DiskFull: Error {
        var cause: ReeveError
    }

    /// - Parameter conversation: of the agent to be resumed; nil begins a new one.
    func prepare(
        _ ticket: Ticket, kind: AgentKind, session: SessionID, conversation: String?, telling: Telling
    ) async throws -> PreparedLaunch {
        do {
            return try await prepareFromQueue(ticket, kind: kind, session: session, conversation: conversation, telling: telling)
        } catch let error as DiskFull {
            throw error.cause
        }
    }

    /// For who can wait.
    /// - Throws: `DiskFull` when the same may work once the disk has room again; anything else is the ticket's own.
    func prepareFromQueue(
        _ ticket: Ticket, kind: AgentKind, session: SessionID, conversation: String?, telling: Telling
    ) async throws -> PreparedLaunch {
        guard let id = LaunchID(ids.token(16)) else { throw ReeveError(.internal, "the id generator made an invalid id") }
        let place: WorktreePlace?
        do { place = try await worktree(of: ticket) } catch let error as ReeveError where error.isWantOfRoom {
            throw DiskFull(cause: error)
        }
        let directory = place?.directory ?? directory(of: ticket)
        if let reason = environment.badDirectory(directory) {
            throw ReeveError.conflict(
                "the directory \(directory) cannot be used: \(reason)", hint: "reeve edit \(ticket.id) --project DIR")
        }
        let installed = await environment.installedVersion(of: kind)
        let resumes = kind.canResume(conversation.flatMap { $0.isEmpty ? nil : $0 }, installed: installed)
        let talk = resumes ? conversation ?? "" : ids.uuid()
        let delegation = settings.current.delegation
        let written = try workflows.type(ticket.type)
        let type = try delegation.resolved(written, for: ticket)
        let progress = StepMachine(type: type, progress: ticket.progress).progress.entered
        let choice = try delegation.choice(progress.step, of: written, for: ticket)
        // A person who switched to another agent meant that one, without what the delegator says of its own.
        let delegator = choice.agent == kind.name ? choice.delegator : nil
        let line = try LaunchLine(
            kind: kind, form: resumes ? .resume : .start, installed: installed,
            wishes: LaunchWishes(delegator: delegator, step: type.step(progress.step)), conversation: talk)
        let prompt: String? =
            switch telling {
            case .words(let words): words
            case .stepUnlessResumed where resumes: nil
            case .step, .stepUnlessResumed: try await self.prompt(ticket, type, progress, isNewcomer: !resumes)
            }
        let plan = LaunchPlan(
            kind: kind, form: resumes ? .resume : .start, ticket: ticket.id, conversation: talk, project: directory,
            prompt: prompt, promptFile: environment.promptPath(for: id), line: line)
        let launch = Launch(
            id: id, ticket: ticket.id, session: session, kind: kind.name, arguments: plan.arguments, directory: directory,
            environment: kind.environment, conversation: line.isNamedByUs || resumes ? talk : "",
            standardInput: plan.promptIsStandardInput ? environment.promptPath(for: id) : nil,
            prompt: plan.paste == nil ? .none : .pending, createdAt: time.wall())
        let values = try environment.environment(for: launch)
        if let reason = environment.missingProgram(plan.arguments.first ?? "", environment: values, directory: directory) {
            throw ReeveError.unavailable(
                "\(kind.name) cannot be started: \(reason)", hint: "reeve doctor shows which agents are installed")
        }
        if plan.needsPromptFile || plan.paste != nil {
            do { try await environment.writePrompt(prompt ?? "", for: id) } catch let error as ReeveError {
                throw DiskFull(cause: error)
            }
        }
        return PreparedLaunch(launch: launch, kind: kind, type: type, progress: progress, place: place)
    }

    /// Where the ticket's work is, made if it must be; nil when it works in its own directory.
    private func worktree(of ticket: Ticket) async throws -> WorktreePlace? {
        guard let worktrees, settings.current.usesWorktrees, let project = ticket.project else { return ticket.extras.place }
        return try await worktrees.prepare(
            WorktreeWish(ticket: ticket.id, type: ticket.type, project: project, branch: ticket.extras.place?.branch))
    }

    func directory(of ticket: Ticket) -> String {
        ticket.extras.place?.directory ?? ticket.project ?? environment.defaultDirectory
    }

    /// The words for the step that `progress` is in.
    func prompt(_ ticket: Ticket, _ type: TicketType, _ progress: StepProgress, isNewcomer: Bool) async throws -> String {
        try workflows.prompt(
            ticket, type: type, progress: progress, directory: directory(of: ticket),
            file: try await journal.file(of: ticket.id).flatMap { environment.path(of: $0) },
            runs: try await journal.stepRuns(of: ticket.id), isNewcomer: isNewcomer)
    }
}
