package import ReeveModel
import Synchronization

/// The types in force: what ships and the user's folder, read at the start and at each reload.
package final class LiveWorkflows: Workflows {
    private let catalog: Mutex<TypeCatalog>
    private let time: any TimeSource

    package init(catalog: TypeCatalog, time: any TimeSource) {
        self.catalog = Mutex(catalog)
        self.time = time
    }

    package var current: TypeCatalog { catalog.withLock { $0 } }
    package func replace(_ new: TypeCatalog) { catalog.withLock { $0 = new } }

    package func type(_ name: String) throws(ReeveError) -> TicketType { try current.type(name) }

    package func artifacts(_ ticket: Ticket) throws(ReeveError) -> [String] {
        let type = try type(ticket.type)
        guard let progress = ticket.progress, progress.advance == nil, let step = type.step(progress.step),
            step.doneWhen.contains(.artifacts)
        else { return [] }
        return try PromptWriter(type: type, setting: PromptSetting(now: time.wall())).artifacts(of: step, ticket)
    }

    package func prompt(
        _ ticket: Ticket, type: TicketType, progress: StepProgress, directory: String, runs: [StepRun], isNewcomer: Bool
    ) throws(ReeveError) -> String {
        let writer = PromptWriter(
            type: type,
            setting: PromptSetting(
                directory: directory, branch: ticket.extras.place?.branch.text, now: time.wall(), fields: ticket.extras.fields))
        return try writer.prompt(for: ticket, in: progress, runs: runs, reader: isNewcomer ? .newcomer : .worker)
    }
}
