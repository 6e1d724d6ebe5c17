import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveMultiplexers
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// All multiplexers looked at beside each other, each within its time.
enum MultiplexerChecks {
    typealias Named = (name: String, check: @Sendable () async -> MultiplexerCheck)

    static let patience: Duration = .seconds(10)

    /// - Parameter all: that for new sessions first.
    static func result(_ all: [Named], time: any TimeSource) async -> BackendCheck.Result {
        var checks: [String: MultiplexerCheck] = [:]
        await withTaskGroup(of: (String, MultiplexerCheck).self) { group in
            for (name, check) in all { group.addTask { (name, await inTime(name, time, check)) } }
            for await (name, check) in group { checks[name] = check }
        }
        var result = BackendCheck.Result()
        result.findings = all.enumerated().flatMap { index, one in
            shapes(one.name, isWanted: index == 0, checks[one.name] ?? MultiplexerCheck(isInstalled: false, findings: []))
        }
        return result
    }

    private static func inTime(
        _ name: String, _ time: any TimeSource, _ check: @escaping @Sendable () async -> MultiplexerCheck
    ) async -> MultiplexerCheck {
        let late = MultiplexerCheck(
            isInstalled: true,
            findings: [.fault("no answer within \(DurationText.format(patience))", mend: "docs/multiplexers.md")])
        return await withTaskGroup(of: MultiplexerCheck?.self) { group in
            group.addTask { await check() }
            group.addTask {
                try? await time.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next().flatMap(\.self) ?? late
        }
    }

    private static func shapes(_ name: String, isWanted: Bool, _ check: MultiplexerCheck) -> [BackendFindingShape] {
        check.findings.map { finding in
            var shape = BackendFindingShape()
            shape.backend = name
            shape.wanted = isWanted
            shape.installed = check.isInstalled
            shape.fine = finding.isFine
            shape.detail = finding.detail
            shape.mend = finding.mend
            return shape
        }
    }
}

/// What a daemon that is started from here would find: `reeve doctor` asks this program while none runs.
package struct OfflineMultiplexers: Sendable {
    private let configuration: Configuration
    private let directories: Directories
    private let programs: String
    private let environment: [String: String]

    package init(
        configuration: Configuration, directories: Directories, programs: String, environment: [String: String]
    ) {
        self.configuration = configuration
        self.directories = directories
        self.programs = programs
        self.environment = environment
    }

    /// The JSON of `backend.check`'s result.
    package func check() async -> String {
        // Whoever listens at a socket may go in the middle of a question.
        signal(SIGPIPE, SIG_IGN)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let surroundings = AgentEnvironment(
            environment: environment, directories: directories, programs: programs,
            defaultDirectory: configuration.directory)
        let time = SystemTime()
        let multiplexers = Multiplexers(
            configuration: configuration, instance: "", directories: directories, programs: programs,
            environment: environment, inherited: surroundings.base, hasUserManager: false, group: loops, time: time,
            logger: Logger(label: "reeved") { _ in SwiftLogNoOpLogHandler() })
        let editors = multiplexers.editors { _ in false }
        let chosen = multiplexers.all(with: editors)
        let result = await MultiplexerChecks.result(
            ([chosen.primary] + chosen.others).map { multiplexer in
                let isEditor = editors.contains { $0.name == multiplexer.name }
                return (multiplexer.name, { isEditor ? Self.editor : await multiplexer.check() })
            }, time: time)
        // The process ends next: what cannot be shut down ends with it.
        try? await loops.shutdownGracefully()
        return String(decoding: result.json, as: UTF8.self)
    }

    /// Its windows connect to a daemon, and there is none.
    private static let editor = MultiplexerCheck(
        isInstalled: false, findings: [.advice("its windows connect once reeved runs")])
}
