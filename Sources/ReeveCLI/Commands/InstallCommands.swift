import ArgumentParser
import ReeveHooks
import ReeveJSON
import ReeveModel

struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make agents tell Reeve what they do.", subcommands: [Hooks.self])

    struct Hooks: HookSetUp {
        static let configuration = CommandConfiguration(
            commandName: "hooks", abstract: "Put Reeve's hooks into the settings of agents; what is there stays.",
            discussion: "Without a name, for every agent whose directory is there. Again after an update of either.")
        static let isRemoval = false
        @OptionGroup var output: OutputOptions
        @OptionGroup var options: HookOptions
    }
}

struct Uninstall: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take out what reeve install has put in.", subcommands: [Hooks.self])

    struct Hooks: HookSetUp {
        static let configuration = CommandConfiguration(
            commandName: "hooks", abstract: "Take Reeve's hooks out of the settings of agents; nothing else changes.")
        static let isRemoval = true
        @OptionGroup var output: OutputOptions
        @OptionGroup var options: HookOptions
    }
}

struct HookOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Agents.", valueName: "agent"), completion: .list(HookKind.allCases.map(\.rawValue)))
    var agents: [String] = []
    @Flag(help: "Print the differences, and write nothing.") var dryRun = false
}

protocol HookSetUp: ParsableCommand {
    static var isRemoval: Bool { get }
    var output: OutputOptions { get }
    var options: HookOptions { get }
}

extension HookSetUp {
    func run() throws {
        do throws(ReeveError) { try setUp() } catch { throw Failure(error: error, json: output.json) }
    }

    private func setUp() throws(ReeveError) {
        var environment: [String: String] = [:]
        for name in HookPlanner.variables { environment[name] = Environment[name] }
        let planner = try HookPlanner(environment: environment, program: try program())
        var kinds: [HookKind] = []
        for name in options.agents { kinds.append(try HookKind.named(name)) }
        if kinds.isEmpty { kinds = HookKind.allCases.filter { planner.isUsed($0) } }
        var plans: [HookPlan] = []
        // All are worked out before anything is written: a file that is refused stops everything.
        for kind in kinds {
            plans.append(try Self.isRemoval ? planner.uninstall(kind) : planner.install(kind, version: version(of: kind)))
        }
        if !options.dryRun { for plan in plans { try plan.apply() } }
        tell(plans)
    }

    /// The installed program by its own path; hooks call it for years.
    private func program() throws(ReeveError) -> String {
        let path = "\(Files.programs)/reeve"
        guard path.hasPrefix("/"), Files.isProgram(path) else {
            throw .unavailable("the path of this program cannot be found out", hint: "call reeve by its absolute path")
        }
        return path
    }

    private func version(of kind: HookKind) -> ProgramVersion? {
        ProgramRun.of([kind.rawValue, "--version"], within: .seconds(3)).flatMap { ProgramVersion(printed: $0.output) }
    }

    private func tell(_ plans: [HookPlan]) {
        if output.json {
            var writer = JSONWriter()
            writer.beginArray()
            for plan in plans {
                writer.beginObject()
                writer.key("agent")
                writer.value(plan.kind.rawValue)
                writer.key("files")
                writer.beginArray()
                for change in plan.changes { writer.value(change.path) }
                writer.endArray()
                writer.key("notes")
                writer.beginArray()
                for note in plan.notes { writer.value(note) }
                writer.endArray()
                writer.key("diff")
                writer.value(plan.diff)
                writer.endObject()
            }
            writer.endArray()
            return Terminal.printJSON(writer.bytes)
        }
        if plans.isEmpty, !output.quiet {
            let names = HookKind.allCases.map(\.rawValue).joined(separator: ", ")
            return Terminal.print(Wrapping.wrap("none of the agents' directories is there; name one: \(names)", Terminal.width))
        }
        for plan in plans {
            if options.dryRun {
                Terminal.print(Terminal.clean(plan.diff, keepingLines: true))
            } else if !output.quiet {
                let paths = plan.changes.map(\.path).joined(separator: ", ")
                let what =
                    plan.changes.isEmpty ? "nothing to change" : "\(Self.isRemoval ? "removed from" : "installed in") \(paths)"
                Terminal.print(Wrapping.wrap("\(plan.kind.title): \(what)", Terminal.width))
            }
            if !output.quiet {
                for note in plan.notes { Terminal.print(Wrapping.wrap("  \(note)", Terminal.width, indent: 2)) }
            }
        }
    }
}
