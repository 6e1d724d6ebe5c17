import ReeveModel
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The one place that starts helper processes. Agents are not started here: their keepers do that.
package enum ProcessRunner {
    package struct Output: Sendable {
        package var status: Int
        package var text: String
        package var errors: String
    }

    /// Runs a short command to its end and collects what it says (at most 1 MiB each).
    /// - Parameter environment: complete; nothing is inherited.
    package static func run(_ arguments: [String], environment: [String: String]) async throws -> Output {
        do {
            let result = try await Subprocess.run(
                executable(arguments), arguments: Arguments(Array(arguments.dropFirst())), environment: custom(environment),
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            return Output(
                status: code(result.terminationStatus), text: result.standardOutput, errors: result.standardError)
        } catch let error as SubprocessError {
            throw failure(arguments, error)
        }
    }

    /// Runs a long-lived command with `descriptor` as its standard input and output, until it ends; cancelling kills it.
    /// The descriptor is closed here once the command has its own.
    package static func attach(_ arguments: [String], environment: [String: String], descriptor: Int32) async throws -> Int {
        let end = FileDescriptor(rawValue: descriptor)
        defer { try? end.close() }
        do {
            let result = try await Subprocess.run(
                executable(arguments), arguments: Arguments(Array(arguments.dropFirst())), environment: custom(environment),
                input: .fileDescriptor(end, closeAfterSpawningProcess: false),
                output: .fileDescriptor(end, closeAfterSpawningProcess: false), error: .discarded)
            return code(result.terminationStatus)
        } catch let error as SubprocessError {
            throw failure(arguments, error)
        }
    }

    private static func executable(_ arguments: [String]) -> Executable {
        let name = arguments.first ?? ""
        return name.contains("/") ? .path(FilePath(name)) : .name(name)
    }

    private static func custom(_ environment: [String: String]) -> Environment {
        .custom(
            Dictionary(
                uniqueKeysWithValues: environment.compactMap { name, value in
                    Environment.Key(rawValue: name).map { ($0, value) }
                }))
    }

    private static func code(_ status: TerminationStatus) -> Int {
        switch status {
        case .exited(let code): Int(code)
        case .signaled(let number): 128 + Int(number)
        }
    }

    private static func failure(_ arguments: [String], _ error: SubprocessError) -> ReeveError {
        .unavailable("'\(arguments.first ?? "")' cannot be run: \(error)", hint: "is it installed and in the PATH?")
    }
}
