package import ReeveModel
import Synchronization

/// The types in force: what ships and the user's folder, read at the start and at each reload.
package final class LiveWorkflows: Workflows {
    private struct InForce {
        var catalog: TypeCatalog
        var criteria: PromptCriteria
    }

    private let inForce: Mutex<InForce>
    private let time: any TimeSource

    package init(catalog: TypeCatalog, criteria: PromptCriteria = PromptCriteria(), time: any TimeSource) {
        inForce = Mutex(InForce(catalog: catalog, criteria: criteria))
        self.time = time
    }

    package var current: TypeCatalog { inForce.withLock { $0.catalog } }
    package func replace(_ catalog: TypeCatalog, _ criteria: PromptCriteria) {
        inForce.withLock { $0 = InForce(catalog: catalog, criteria: criteria) }
    }

    package func type(_ name: String) throws(ReeveError) -> TicketType { try current.type(name) }

    package func artifacts(_ ticket: Ticket) throws(ReeveError) -> [String] {
        let type = try type(ticket.type)
        guard let progress = ticket.progress, progress.advance == nil, let step = type.step(progress.step),
            step.doneWhen.contains(.artifacts)
        else { return [] }
        return try PromptWriter(type: type, setting: PromptSetting(now: time.wall())).artifacts(of: step, ticket)
    }

    package func page(_ ticket: Ticket, directory: String) throws(ReeveError) -> VisualPage? {
        let type = try type(ticket.type)
        guard let progress = ticket.progress, progress.review?.kind == .visual, let step = type.step(progress.step),
            let visual = step.visual
        else { return nil }
        let setting = PromptSetting(directory: directory, branch: ticket.extras.place?.branch.text, now: time.wall())
        guard let url = try PromptWriter(type: type, setting: setting).visualURL(of: step, ticket) else { return nil }
        return try VisualPage(command: visual.command, directory: directory, url: url, timeout: visual.timeout)
    }

    package func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, file: String?, runs: [StepRun],
        isNewcomer: Bool
    ) throws(ReeveError) -> String {
        let writer = PromptWriter(
            type: type,
            setting: PromptSetting(
                directory: directory, branch: ticket.extras.place?.branch.text, ticketPath: file, now: time.wall(),
                criteria: inForce.withLock { $0.criteria }, fields: ticket.extras.fields))
        return try writer.prompt(for: ticket, in: progress, runs: runs, reader: isNewcomer ? .newcomer : .worker)
    }
}
