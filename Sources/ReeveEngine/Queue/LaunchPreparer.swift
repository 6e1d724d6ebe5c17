import ReeveModel

/// Makes a launch ready to be committed: ids, argument vector, prompt file. Everything that can be refused is refused here, before
/// anything is written down or anybody is made to leave.
struct LaunchPreparer: Sendable {
    var environment: any LaunchEnvironment
    var ids: any IDGenerator
    var time: any TimeSource

    /// - Parameters:
    ///   - conversation: of the agent to be resumed; nil begins a new one.
    ///   - prompt: nil tells the agent nothing.
    func prepare(
        _ ticket: Ticket, kind: AgentKind, session: SessionID, conversation: String?, prompt: String?
    ) async throws -> PreparedLaunch {
        guard let id = LaunchID(ids.token(16)) else { throw ReeveError(.internal, "the id generator made an invalid id") }
        let directory = ticket.project ?? environment.defaultDirectory
        if let reason = environment.badDirectory(directory) {
            throw ReeveError.conflict(
                "the directory \(directory) cannot be used: \(reason)", hint: "reeve edit \(ticket.id) --project DIR")
        }
        let talk = conversation ?? ids.uuid()
        let resumes = conversation != nil && !kind.resume.isEmpty
        let plan = LaunchPlan(
            kind: kind, form: resumes ? .resume : .start, ticket: ticket.id, conversation: talk, project: directory,
            prompt: resumes ? nil : prompt, promptFile: environment.promptPath(for: id))
        let launch = Launch(
            id: id, ticket: ticket.id, session: session, kind: kind.name, arguments: plan.arguments, directory: directory,
            environment: kind.environment, conversation: talk,
            standardInput: plan.promptIsStandardInput ? environment.promptPath(for: id) : nil,
            prompt: plan.paste == nil ? .none : .pending, createdAt: time.wall())
        let values = try environment.environment(for: launch)
        if let reason = environment.missingProgram(plan.arguments.first ?? "", environment: values, directory: directory) {
            throw ReeveError.unavailable(
                "\(kind.name) cannot be started: \(reason)", hint: "reeve doctor shows which agents are installed")
        }
        if plan.needsPromptFile || plan.paste != nil { try await environment.writePrompt(prompt ?? "", for: id) }
        return PreparedLaunch(launch: launch, kind: kind)
    }
}
