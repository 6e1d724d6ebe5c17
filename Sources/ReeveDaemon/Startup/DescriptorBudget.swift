#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Who may have the process's file descriptors. What connections cannot have is left for launching, committing and logging, so that a
/// crowd of clients stops none of these.
enum DescriptorBudget {
    /// As many as are worth their memory.
    static let mostConnections = 10_000
    /// Even where descriptors are scarce somebody must be able to ask why.
    static let fewestConnections = 16

    /// - Parameters:
    ///   - limit: of the process.
    ///   - agents: that may be at work together. Each costs a descriptor for its keeper, and some more for a moment when it is launched;
    ///     the daemon itself has about forty.
    static func connections(limit: Int, agents: Int) -> Int {
        let reserve = max(200, 100 + 2 * agents)
        return max(fewestConnections, min(mostConnections, limit - reserve))
    }

    /// The process's soft limit; 1024, which is what it usually is, when the kernel does not say.
    static var limit: Int { limits.map { Int(clamping: $0.rlim_cur) } ?? 1024 }

    /// Raises the soft limit to `wanted`, or as far as the hard one lets it.
    static func raiseLimit(to wanted: rlim_t) {
        guard var limit = limits else { return }
        limit.rlim_cur = min(limit.rlim_max, wanted)
        setrlimit(resource, &limit)
    }

    #if canImport(Glibc)
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
    private static var resource: Int32 { RLIMIT_NOFILE }
    #endif

    private static var limits: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }
}
