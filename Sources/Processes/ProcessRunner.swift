package import ReeveModel
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The one place that starts helper processes. Agents are not started here: their keepers do that.
package enum ProcessRunner {
    package struct Output: Sendable, Hashable {
        /// The exit code; 128 and the signal's number where a signal ended it.
        package var status: Int
        package var text: String
        package var errors: String

        package init(status: Int, text: String, errors: String) {
            self.status = status
            self.text = text
            self.errors = errors
        }
    }

    /// How long a command may take, by whose clock.
    package struct TimeLimit: Sendable {
        package var duration: Duration
        package var time: any TimeSource

        package init(_ duration: Duration, _ time: any TimeSource) {
            self.duration = duration
            self.time = time
        }
    }

    /// Runs a command to its end and collects what it says.
    /// - Parameters:
    ///   - environment: complete; nothing is inherited. The program is looked for in its `PATH`.
    ///   - directory: where it runs; nil is where this process is.
    ///   - input: what it reads; nil is an empty input. It may stop reading where it likes.
    ///   - outputLimit: most bytes of each of its two outputs.
    ///   - timeLimit: with it the command gets a session of its own, so no terminal to ask a person on, and is killed with all that it has
    ///     started once the time is over.
    /// - Throws: `unavailable` when it cannot be started or says more than the limit (it is killed then), `timeout`.
    package static func run(
        _ arguments: [String], environment: [String: String], directory: String? = nil, input: [UInt8]? = nil,
        outputLimit: Int = 1 << 20, timeLimit: TimeLimit? = nil
    ) async throws -> Output {
        try await within(timeLimit, arguments) {
            let source = try StandardInput.open(input)
            defer { try? source.close() }
            let result = try await Subprocess.run(
                executable(arguments), arguments: Arguments(Array(arguments.dropFirst())), environment: custom(environment),
                workingDirectory: directory.map { FilePath($0) }, platformOptions: options(timeLimit),
                input: .fileDescriptor(source, closeAfterSpawningProcess: false),
                output: .string(limit: outputLimit), error: .string(limit: outputLimit))
            return Output(
                status: code(result.terminationStatus), text: result.standardOutput, errors: result.standardError)
        }
    }

    /// Runs a command that may say as much as it likes, and keeps the end of it: both its outputs, as they came.
    /// - Parameter kept: most bytes of that.
    /// - Throws: as `run`.
    package static func runKeepingEnd(
        _ arguments: [String], environment: [String: String], directory: String? = nil, kept: Int, timeLimit: TimeLimit? = nil
    ) async throws -> (status: Int, end: String) {
        try await within(timeLimit, arguments) {
            let result = try await Subprocess.run(
                executable(arguments), arguments: Arguments(Array(arguments.dropFirst())), environment: custom(environment),
                workingDirectory: directory.map { FilePath($0) }, platformOptions: options(timeLimit),
                input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                var end: [UInt8] = []
                for try await chunk in execution.standardOutput {
                    chunk.withUnsafeBytes { end += $0.suffix(kept) }
                    // Twice as much may gather, so that a long output is not moved with each of its chunks.
                    if end.count > 2 * kept { end.removeFirst(end.count - kept) }
                }
                return String(decoding: end.suffix(kept), as: UTF8.self)
            }
            return (code(result.terminationStatus), result.closureResult)
        }
    }

    /// Runs a long-lived command with `descriptor` as its standard input and output, until it ends; cancelling kills it.
    /// The descriptor is closed here once the command has its own.
    /// - Parameter leave: how long a cancelled one may take to end by itself before it is killed; nil: it is killed at once.
    package static func attach(
        _ arguments: [String], environment: [String: String], descriptor: Int32, leave: Duration? = nil
    ) async throws -> Int {
        let end = FileDescriptor(rawValue: descriptor)
        defer { try? end.close() }
        var options = PlatformOptions()
        if let leave {
            // A step has to have a signal, and this one nobody minds.
            options.teardownSequence = [.send(signal: .windowSizeChange, allowedDurationToNextStep: leave)]
        }
        do {
            let result = try await Subprocess.run(
                executable(arguments), arguments: Arguments(Array(arguments.dropFirst())), environment: custom(environment),
                platformOptions: options, input: .fileDescriptor(end, closeAfterSpawningProcess: false),
                output: .fileDescriptor(end, closeAfterSpawningProcess: false), error: .discarded)
            return code(result.terminationStatus)
        } catch let error as SubprocessError {
            throw failure(arguments, error)
        }
    }

    /// Whether a failure means that there is no such program, in what `run` throws.
    package static func isMissing(_ error: ReeveError) -> Bool { error.kind == .unavailable && error.hint == missingHint }

    private static let missingHint = "is it installed and in the PATH?"

    private static func within<Result: Sendable>(
        _ limit: TimeLimit?, _ arguments: [String], _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            guard let limit else { return try await body() }
            return try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await limit.time.sleep(for: limit.duration)
                    throw ReeveError(
                        .timeout,
                        "'\(shown(arguments))' was not done after \(DurationText.format(limit.duration)) and was stopped")
                }
                // Whoever is first; the other one is cancelled, and for the command that is its end.
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                try Task.checkCancellation()
                return first
            }
        } catch let error as SubprocessError {
            throw failure(arguments, error)
        }
    }

    private static func options(_ limit: TimeLimit?) -> PlatformOptions {
        var options = PlatformOptions()
        // A session only where there is a limit: tmux servers are started without one and look after themselves.
        guard limit != nil else { return options }
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        return options
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

    /// Program and first word: `git fetch`. What follows may be long, or somebody's.
    private static func shown(_ arguments: [String]) -> String {
        let second = arguments.dropFirst().first.flatMap { $0.hasPrefix("-") ? nil : " \($0)" } ?? ""
        return InertText.clean((arguments.first ?? "") + second)
    }

    private static func failure(_ arguments: [String], _ error: SubprocessError) -> ReeveError {
        switch error.code {
        case .outputLimitExceeded:
            .unavailable("'\(shown(arguments))' said more than is read, and was stopped", hint: "run it yourself")
        case .failedToChangeWorkingDirectory:
            .unavailable("'\(shown(arguments))' cannot be run: \(error)", hint: "is its directory there, and yours?")
        default: .unavailable("'\(arguments.first ?? "")' cannot be run: \(error)", hint: missingHint)
        }
    }
}
