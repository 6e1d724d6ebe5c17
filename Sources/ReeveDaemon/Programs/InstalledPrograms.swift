import Processes
package import ReeveAgents
package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks agent programs what they are: their version before a launch, and for people also whether they have the flags that are sent.
/// Answers hold for as long as the program's file is the same.
package actor InstalledPrograms {
    /// What a file is, as far as can be told without reading it.
    private struct Identity: Hashable {
        var path: String
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var changed: Int64
    }

    /// A program that has not answered is asked again after that.
    private static let patienceWithSilence = Duration.seconds(60)
    /// For a version: a launch waits for it.
    private static let versionLimit = Duration.seconds(5)
    private static let helpLimit = Duration.seconds(20)
    private static let longestAnswer = 1 << 20

    private let environment: [String: String]
    private let time: any TimeSource
    private var versions: [Identity: (version: ToolVersion?, at: Duration)] = [:]

    /// - Parameter environment: complete, and the same for all programs.
    package init(environment: [String: String], time: any TimeSource) {
        self.environment = environment
        self.time = time
    }

    package nonisolated func path(of program: String) -> String? { ProgramFile.find(program, in: environment["PATH"] ?? "") }

    /// - Returns: nil when there is no such program, or it does not say.
    package func version(of program: String, _ adapter: LaunchAdapter) async -> ToolVersion? {
        guard let path = path(of: program), let identity = Self.identity(path) else { return nil }
        if let known = versions[identity], known.version != nil || time.uptime() - known.at < Self.patienceWithSilence {
            return known.version
        }
        let version = adapter.version.read(await ask([path, "--version"], Self.versionLimit) ?? "")
        // Of what the file was before nothing will be asked again.
        versions = versions.filter { $0.key.path != path }
        versions[identity] = (version, time.uptime())
        return version
    }

    /// Runs the program's version and helps. Nil when there is no such program.
    package func check(_ program: String, _ adapter: LaunchAdapter) async -> AdapterCheck? {
        guard let path = path(of: program) else { return nil }
        var version = ""
        var helps: [[String]: String] = [:]
        for probe in AdapterCheck.probes(adapter) {
            let words = Array(probe.dropFirst())
            if words == ["--version"] {
                version = await ask([path] + words, Self.helpLimit) ?? ""
            } else if let help = await ask([path] + words, Self.helpLimit) {
                helps[Array(words.dropLast())] = help
            }
        }
        return AdapterCheck(adapter, version: version, helps: helps)
    }

    /// What the program prints, on whichever of its outputs; nil when it does not end well in time.
    private func ask(_ arguments: [String], _ limit: Duration) async -> String? {
        let output = try? await ProcessRunner.run(
            arguments, environment: environment, directory: "/", outputLimit: Self.longestAnswer, timeLimit: .init(limit, time))
        guard let output, output.status == 0 else { return nil }
        return output.text.isEmpty ? output.errors : output.text + "\n" + output.errors
    }

    private static func identity(_ path: String) -> Identity? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        #if canImport(Darwin)
        let changed = info.st_mtimespec
        #else
        let changed = info.st_mtim
        #endif
        return Identity(
            path: path, device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(info.st_ino), size: Int64(info.st_size),
            changed: Int64(changed.tv_sec) * 1_000_000_000 + Int64(changed.tv_nsec))
    }
}
