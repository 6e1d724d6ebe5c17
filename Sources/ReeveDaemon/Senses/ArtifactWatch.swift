import Dispatch
import ReeveEngine
import ReeveModel
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends steps whose files are there. Looked at once a second: the globs may go anywhere below the directory, and to watch all of a
/// working tree would cost more than that.
struct ArtifactWatch: Service {
    static let interval = Duration.seconds(1)
    let queue: QueueActor
    let time: any TimeSource
    let recovered: Gate

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await recovered.pass()
            while !Task.isCancelled {
                for awaited in await queue.awaitedArtifacts() {
                    let (directory, globs) = (awaited.directory, awaited.globs)
                    let isThere = await DispatchQueue.global(qos: .utility).blocking {
                        globs.allSatisfy { Self.matches("\(Self.escape(directory))/\($0)") }
                    }
                    if isThere { await queue.artifactsAreThere(awaited.ticket, visit: awaited.visit) }
                }
                try? await time.sleep(for: Self.interval)
            }
        }
    }

    private static func matches(_ pattern: String) -> Bool {
        var found = glob_t()
        defer { globfree(&found) }
        return glob(pattern, GLOB_NOSORT, nil, &found) == 0 && found.gl_pathc > 0
    }

    /// The directory is a name, whatever signs are in it.
    private static func escape(_ path: String) -> String {
        path.reduce(into: "") { result, sign in
            if "*?[\\".contains(sign) { result += "\\" }
            result.append(sign)
        }
    }
}
