import Processes
package import ReeveModel

/// A program that gets each notice: as JSON on its standard input, and in short in its environment.
package struct CommandDoor: NotificationDoor {
    package static let longest: Duration = .seconds(10)

    private let arguments: [String]
    private let environment: [String: String]
    private let limit: Duration
    private let time: any TimeSource

    /// - Parameters:
    ///   - arguments: an argument vector; nothing is passed through a shell, and nothing of the notice is put in it.
    ///   - environment: complete but for `REEVE_NOTICE_*`.
    ///   - limit: then it is ended with all that it started.
    package init(
        arguments: [String], environment: [String: String], limit: Duration = Self.longest, time: any TimeSource
    ) {
        self.arguments = arguments
        self.environment = environment
        self.limit = limit
        self.time = time
    }

    package func deliver(_ notice: Notice) async throws(ReeveError) {
        let environment = environment.merging(Self.variables(notice)) { $1 }
        let output: ProcessRunner.Output
        do {
            output = try await ProcessRunner.run(
                arguments, environment: environment, input: notice.json, timeLimit: .init(limit, time))
        } catch let error as ReeveError {
            throw error
        } catch {
            throw .unavailable("'\(arguments.first ?? "")' was not run to its end: \(error)")
        }
        guard output.status == 0 else {
            let said = InertText.clean(String(output.errors.prefix(200)))
            throw .unavailable(
                "'\(arguments.first ?? "")' exited with \(output.status)" + (said.isEmpty ? "" : ": \(said)"),
                hint: "run it by hand with a notice on its standard input")
        }
    }

    package static func variables(_ notice: Notice) -> [String: String] {
        var variables = [
            "REEVE_NOTICE_KEY": notice.key, "REEVE_NOTICE_KIND": notice.kind.rawValue,
            "REEVE_NOTICE_URGENCY": notice.urgency.rawValue, "REEVE_NOTICE_TITLE": notice.title,
            "REEVE_NOTICE_BODY": notice.body,
        ]
        variables["REEVE_TICKET"] = notice.ticket?.text
        return variables
    }
}
