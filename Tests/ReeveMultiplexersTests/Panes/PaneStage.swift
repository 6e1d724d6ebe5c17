import Foundation
import Processes
import ReeveModel
import ReeveTestSupport

/// A private tmux server that reads no configuration, with windows in which nobody looks. Ends with everything killed.
struct PaneStage: Sendable {
    /// The option of a pane that says whose it is.
    static let tag = "@reeve-owner"
    /// What every pane runs.
    private static let command = ["sleep", "100000"]

    private let program: [String]
    private let environment: [String: String]

    static func with(_ body: (PaneStage) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            let stage = PaneStage(in: scratch)
            try await stage.must(["new-session", "-d", "-s", "keep"] + command)
            do {
                try await body(stage)
            } catch {
                _ = try? await stage.must(["kill-server"])
                throw error
            }
            try await stage.must(["kill-server"])
        }
    }

    private init(in scratch: Scratch) {
        program = ["tmux", "-u", "-S", "\(scratch.path)/tmux", "-f", "/dev/null"]
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LANG": "C.UTF-8",
        ]
    }

    // MARK: - A window and a person in it

    /// - Returns: the id of a new session with one window of one pane, which is of that size.
    func window(width: Int, height: Int, border: PaneBorderStatus) async throws -> String {
        let session = try await must(
            ["new-session", "-d", "-P", "-F", "#{session_id}", "-x", "\(width)", "-y", "\(height)"] + Self.command)
        try await must(["set-option", "-w", "-t", session + ":", "pane-border-status", border.rawValue])
        return session
    }

    func end(_ session: String) async throws { try await must(["kill-session", "-t", session]) }

    /// What a person does, who may be refused.
    func attempt(_ arguments: [String]) async throws {
        _ = try await run(arguments[0] == "split-window" ? arguments + Self.command : arguments)
    }

    func read(_ session: String) async throws -> WindowReading {
        let text = try await must(["list-panes", "-t", session + ":", "-F", WindowReading.format])
        guard let reading = WindowReading(text) else { throw StageFault("list-panes printed: \(text)") }
        return reading
    }

    // MARK: - Carrying out

    /// Does what a plan says, with one call of tmux for the new pane, which prints its id, and one for all that comes behind it.
    ///
    /// - Returns: the id of the pane that was made, if one was.
    func carryOut(_ plan: PanePlan, owner: String) async throws -> String? {
        var made: String?
        var together: [String] = []
        func add(_ arguments: [String]) { together += (together.isEmpty ? [] : [";"]) + arguments }
        for step in plan.steps {
            let arguments = step.arguments.map { $0 == PanePlan.newPane ? made ?? $0 : $0 }
            switch arguments.first {
            case "split-window":
                if !together.isEmpty { try await must(together) }
                together = []
                let pane = try await must(arguments + Self.command)
                made = pane
                add(["set-option", "-p", "-t", pane, Self.tag, owner])
            case "respawn-pane": add(arguments + Self.command)
            default: add(arguments)
            }
        }
        if !together.isEmpty { try await must(together) }
        return made
    }

    /// - Returns: what it says, without the last line's end.
    @discardableResult
    func must(_ arguments: [String]) async throws -> String {
        let output = try await run(arguments)
        guard output.status == 0, output.errors.isEmpty else {
            throw StageFault("\(arguments.joined(separator: " ")): \(output.errors)")
        }
        return output.text.hasSuffix("\n") ? String(output.text.dropLast()) : output.text
    }

    private func run(_ arguments: [String]) async throws -> ProcessRunner.Output {
        try await ProcessRunner.run(
            program + arguments, environment: environment, timeLimit: ProcessRunner.TimeLimit(.seconds(40), RealTime()))
    }
}

/// tmux refused what it must not.
struct StageFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
